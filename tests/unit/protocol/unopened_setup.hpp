#pragma once

#include <algorithm>

#include "protocol/unopened_round.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::protocol::test {

/// What the first `holders` shops hold of `dealer`, as a proof that it misdealt; with the check-ins
/// of `misdealt_by` it is one.
[[nodiscard]] inline DealerFault fault_of(const RoundSetup& round, std::uint32_t dealer,
                                          ShareKind kind, std::uint32_t holders) {
  DealerFault fault{.dealt = round.delivery(dealer).shares[dealer], .kind = kind, .shares = {}};
  for (std::uint32_t holder = 0; holder < holders; ++holder) {
    const DealtShares& shares = round.dealt[dealer][holder];
    const bool seed = kind == ShareKind::self_seed;
    OpenedShare opened{CohortPosition{holder}, seed ? shares.self_seed : shares.mask_key, {}};
    std::ranges::copy((seed ? shares.self_seed_salt : shares.mask_key_salt).expose(),
                      opened.salt.begin());
    fault.shares.push_back(opened);
  }
  return fault;
}

/// Certified with the first `count` shops as U2.
[[nodiscard]] inline UnopenedRound unopened(const RoundSetup& round, std::uint32_t count) {
  return {.rd = round.view.rd,
          .proposal = round.proposal(count),
          .certificate = round.certificate(round.survivors(count)),
          .faults = {}};
}

/// The round, but `dealer` announced other secrets than it dealt.
[[nodiscard]] inline RoundView misdealt_by(const RoundSetup& round, std::uint32_t dealer) {
  RoundView other = round.view;
  other.check_ins[dealer].self_seed_digest = sample<Digest>(41);
  other.check_ins[dealer].mask_key = other.check_ins[dealer == 0 ? 1 : 0].mask_key;
  return other;
}

}  // namespace guildsum::protocol::test
