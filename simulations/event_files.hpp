#pragma once

#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/histories.hpp"

namespace guildsum::simulations {

/// Purchases by user index; users without a line have none.
using UserPurchases = std::vector<std::vector<models::PastPurchase>>;

/// Whether `text` is an event file: its first line has a tab or a comma.
[[nodiscard]] bool is_event_file(std::string_view text) noexcept;

/// Adds the lines `user item [timestamp] [weight]` of an event file, separated by tabs or commas; a
/// first line that does not begin with a number is a header. Users and items are indexes;
/// timestamps count seconds (fractions are cut off), by default 0; weights are above 0, by default
/// 1. ModelsErrc::malformed with "file:line: reason".
[[nodiscard]] Result<> add_events(std::string_view text, std::string_view file,
                                  UserPurchases& rows);

}  // namespace guildsum::simulations
