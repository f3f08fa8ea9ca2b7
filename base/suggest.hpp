#pragma once

#include <span>
#include <string>
#include <string_view>

namespace guildsum {

/// The candidate nearest to a mistyped word, or empty if none is near: at most a third of its
/// letters, and at least one, may differ. Distance: insertions, deletions, substitutions and swaps
/// of neighbours (optimal string alignment).
[[nodiscard]] std::string nearest_word(std::string_view word,
                                       std::span<const std::string> candidates);

/// `; did you mean "x"?` or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace guildsum
