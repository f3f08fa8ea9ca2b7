// Phase 3a: q members of U2 sign exactly the same U1 and U2.
#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {
namespace {

using protocol::ParticipantId;
using protocol::ProtocolErrc;
using protocol::SurvivorSignature;

Step certify(Certifying phase, const RoundContext& context) {
  CertifiedRound round{std::move(phase.round), {}};
  round.certificate.rd = round.proposed.shared.described.view.rd;
  for (auto& [sender, signature] : phase.signatures) {
    round.certificate.signatures.push_back(signature);
  }
  return enter(Unmasking{std::move(round), {}, std::move(phase.abandons)}, context);
}

}  // namespace

Step on(Certifying phase, SurvivorSignature message, const RoundContext& context) {
  if (phase.abandons.contains(message.sender))
    return refuse(std::move(phase), ProtocolErrc::round_over);
  if (const auto known = phase.signatures.find(message.sender); known != phase.signatures.end()) {
    if (protocol::encode(known->second) == protocol::encode(message))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  const SharedRound& shared = phase.round.shared;
  if (auto error = failure(protocol::check_survivor_signature(
          message, shared.described.view, protocol::sharers_digest(shared.sharers),
          phase.round.survivors))) {
    return refuse(std::move(phase), *std::move(error));
  }
  const ParticipantId sender = message.sender;
  phase.signatures.emplace(sender, std::move(message));
  const std::uint32_t q = phase.round.shared.described.view.descriptor.q;
  return phase.signatures.size() >= q ? certify(std::move(phase), context) : stay(std::move(phase));
}

Step on(Certifying phase, DeadlinePassed, const RoundContext& context) {
  std::vector<ParticipantId> missing;
  for (const protocol::MaskedInput& header : phase.round.headers) {
    if (!phase.signatures.contains(header.sender)) missing.push_back(header.sender);
  }
  return end_without_sum({protocol::AbortReason::not_certified, std::move(missing), {}},
                         std::move(phase.round.shared.described), std::move(phase.abandons),
                         context);
}

}  // namespace guildsum::coordinator::detail
