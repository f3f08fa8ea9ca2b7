#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "models/interactions.hpp"

namespace guildsum::simulations {

/// Titles by item from lines `index TAB code TAB title`; items without a line have none.
/// ModelsErrc::malformed with "file:line: reason".
[[nodiscard]] Result<std::vector<std::string>> parse_titles(std::string_view text,
                                                            std::string_view file,
                                                            std::uint32_t items);

/// Draws about `share` of the items that have a title, the same for the same seed, ascending.
[[nodiscard]] std::vector<models::ItemIndex> draw_withheld(const std::vector<std::string>& titles,
                                                           double share, std::uint64_t seed);

}  // namespace guildsum::simulations
