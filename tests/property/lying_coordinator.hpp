#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "protocol/ids.hpp"
#include "simulations/faults/mask_span.hpp"

/// A coordinator that sends every shop what suits it. The shops are the production machine of
/// participant/round; only the coordinator and the shops that collude with it are scripted.
namespace guildsum::property {

enum class Strategy : std::uint8_t {
  plain,              ///< the same lists for everybody, with dropouts
  split_sharers,      ///< one victim is shown a smaller U1 (docs/protocol.md section 4)
  split_survivors,    ///< one U1, but every shop another U2 around a few targets
  split_descriptors,  ///< two or three descriptors for the same check-ins
  random_lists,       ///< U1 and U2 at random, from a few lists or fresh for each shop
};
inline constexpr Strategy kStrategies[] = {Strategy::plain, Strategy::split_sharers,
                                           Strategy::split_survivors, Strategy::split_descriptors,
                                           Strategy::random_lists};

struct Script {
  Strategy strategy = Strategy::plain;
  std::uint32_t shops = 8;
  std::uint32_t colluders = 1;
  std::uint64_t seed = 1;  ///< of keys, choices, order, lost and repeated messages
  /// As if phase 3a did not exist: the coordinator may sign headers and survivor lists in every
  /// shop's name, so that a certificate proves nothing.
  bool without_certificate = false;
};

using simulations::Mask;
using simulations::MaskedRow;

/// What the coordinator and its colluders have in the end.
struct Loot : simulations::MaskKnowledge {
  std::size_t answers = 0;               ///< 3b messages of honest shops
  std::size_t refusals = 0;              ///< attempts that an honest shop left
  std::size_t recovered = 0;             ///< secrets put together from honest shares alone
  bool recovered_right = true;           ///< and each fitted its check-in
  std::size_t survivors_min = SIZE_MAX;  ///< fewest honest rows of any certificate
};

/// Plays one script to its end. Never fails: shops that refuse go on without the coordinator.
[[nodiscard]] Loot play(const Script& script);

}  // namespace guildsum::property
