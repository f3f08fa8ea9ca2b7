#pragma once

#include <span>
#include <string>
#include <string_view>

namespace guildsum::cli {

/// The candidate nearest to a mistyped word, or empty if none is near (more than a third of its
/// letters differ). Distance: insertions, deletions, substitutions and swaps of neighbours (optimal
/// string alignment).
[[nodiscard]] std::string nearest(std::string_view word, std::span<const std::string> candidates);

/// `; did you mean "x"?` or empty.
[[nodiscard]] std::string did_you_mean(std::string_view word,
                                       std::span<const std::string> candidates);

}  // namespace guildsum::cli
