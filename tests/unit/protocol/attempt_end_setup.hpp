#pragma once

#include "protocol/attempt_end.hpp"
#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::protocol::test {

/// The round opened the sum of its first five shops; they answered and the first `votes` voted.
[[nodiscard]] inline AttemptEnd opened_end(const RoundSetup& round, std::uint32_t votes = 3) {
  const Survivors u2 = round.survivors(5);
  const RoundResult result = round.result(u2);
  AttemptEnd end{.round = round.description.descriptor.round,
                 .attempt = round.description.descriptor.attempt,
                 .outcome = encode(result),
                 .certificate = message_digest(round.certificate(u2)),
                 .unmask_answers = {},
                 .votes = {}};
  for (std::uint32_t shop = 0; shop < 5; ++shop) {
    end.unmask_answers.push_back(
        {round.shops[shop].id(), message_digest(round.unmask(shop, u2))});
    if (shop < votes) end.votes.push_back(round.vote(shop, result));
  }
  return end;
}

/// An attempt that nobody checked in to.
[[nodiscard]] inline AttemptEnd aborted_end(const RoundSetup& setup, RoundId round,
                                            Attempt attempt) {
  RoundAborted aborted;
  aborted.round = round;
  aborted.attempt = attempt;
  aborted.reason = AbortReason::too_few_check_ins;
  sign(aborted, setup.federation, setup.coordinator);
  return {.round = round,
          .attempt = attempt,
          .outcome = encode(aborted),
          .certificate = {},
          .unmask_answers = {},
          .votes = {}};
}

/// The chain hash after `end`, by the formulas alone.
[[nodiscard]] inline Digest hash_after(const AttemptEnd& end, const Digest& previous) {
  if (const auto aborted = decode<RoundAborted>(end.outcome)) {
    return aborted_transcript(previous, *aborted);
  }
  std::vector<MemberDigest> votes;
  for (const Vote& vote : end.votes) votes.push_back({vote.sender, message_digest(vote)});
  return closed_transcript(decode<RoundResult>(end.outcome).value(), end.certificate,
                           end.unmask_answers, votes);
}

}  // namespace guildsum::protocol::test
