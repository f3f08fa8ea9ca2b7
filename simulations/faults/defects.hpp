#pragma once

#include <cstdint>
#include <optional>

namespace guildsum::simulations {

/// Defects that tests put into a run, to see that the checker finds them and that a failing run is
/// shrunk. None of them is in the product.
struct Defects {
  std::optional<std::uint32_t> counts_twice{};    ///< this shop masks its input added to itself
  std::optional<std::uint32_t> missing_in_sum{};  ///< the published sum lacks this shop's own place
  /// Shops lose the last records of their journal in a crash, though they were durable.
  bool forgetful_disk = false;
  /// How attempts ended is told without this shop's vote.
  std::optional<std::uint32_t> forgets_vote_of{};
  /// The first deadline after each restart of the coordinator never comes.
  bool loses_deadline = false;
};

}  // namespace guildsum::simulations
