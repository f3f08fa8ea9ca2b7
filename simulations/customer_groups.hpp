#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/histories.hpp"

namespace guildsum::simulations {

/// Which group each customer belongs to, for a fairness audit.
struct CustomerGroups {
  std::vector<std::string> names;            ///< by group number
  std::vector<std::uint32_t> group_of_user;  ///< by user index
};

/// By how many different items a customer bought: under 10, 10 to 29, 30 to 99, 100 and more.
[[nodiscard]] CustomerGroups groups_by_activity(const models::Histories& histories);

/// Reads a groups file: lines `user TAB group`, further columns between them are passed over (so
/// that users.tsv of `data prepare` groups by country). Every user below `users` has exactly one
/// group; groups are numbered in the order of their names. ModelsErrc::malformed with
/// "file:line: reason".
[[nodiscard]] Result<CustomerGroups> parse_groups(std::string_view text, std::string_view file,
                                                  std::size_t users);

}  // namespace guildsum::simulations
