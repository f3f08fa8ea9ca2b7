// Phase 2: masked inputs arrive; whose input is complete becomes U2.
#include <algorithm>

#include "coordinator/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::detail {
namespace {

using protocol::MaskedInput;
using protocol::ParticipantId;
using protocol::ProtocolErrc;

bool has_complained(const CollectingMaskedInputs& phase, const ParticipantId& member) {
  return std::ranges::any_of(phase.round.complaints, [&](const protocol::Complaint& complaint) {
    return complaint.sender == member;
  });
}

/// A complaint names the bytes that its dealer signed for its sender: about others there is nothing
/// to complain to anybody.
bool names_sent_ciphertext(const SharedRound& round, const protocol::Complaint& complaint) {
  const auto& cohort = round.described.view.cohort;
  const auto dealer =
      std::ranges::find(round.sharers, complaint.dealer, &protocol::MemberDigest::member);
  const auto& digests = round.ciphertext_digests[static_cast<std::size_t>(
      std::distance(round.sharers.begin(), dealer))];
  const auto index = protocol::ciphertext_index(*cohort.position_of(complaint.dealer),
                                                *cohort.position_of(complaint.sender));
  return digests[index] == complaint.ciphertext;
}

std::vector<ParticipantId> without_input(const CollectingMaskedInputs& phase) {
  std::vector<ParticipantId> missing;
  for (const protocol::MemberDigest& sharer : phase.round.sharers) {
    if (!phase.complete.contains(sharer.member)) missing.push_back(sharer.member);
  }
  return missing;
}

Step settle(CollectingMaskedInputs phase, const RoundContext& context) {
  return inputs_are_complete(phase) ? propose(std::move(phase), context) : stay(std::move(phase));
}

}  // namespace

bool inputs_are_complete(const CollectingMaskedInputs& phase) {
  return std::ranges::all_of(phase.round.sharers, [&](const protocol::MemberDigest& sharer) {
    return phase.complete.contains(sharer.member) || phase.abandons.contains(sharer.member) ||
           has_complained(phase, sharer.member);
  });
}

Step propose(CollectingMaskedInputs phase, const RoundContext& context) {
  const DescribedRound& described = phase.round.described;
  if (phase.complete.size() < described.view.descriptor.s_min) {
    return end_without_sum({protocol::AbortReason::too_few_masked_inputs, without_input(phase), {}},
                           described, std::move(phase.abandons), context);
  }
  ProposedRound round;
  for (auto& [sender, header] : phase.complete) round.headers.push_back(header);
  round.survivors.members = protocol::survivors_list(round.headers);
  round.survivors.digest = protocol::survivors_digest(round.survivors.members);
  round.shared = std::move(phase.round);
  return enter(Certifying{std::move(round), {}, std::move(phase.abandons)}, context);
}

Step on(CollectingMaskedInputs phase, InputBegun event, const RoundContext&) {
  const ParticipantId sender = event.upload.header.sender;
  if (const auto known = phase.begun.find(sender); known != phase.begun.end()) {
    if (protocol::encode(known->second) == protocol::encode(event.upload))
      return repeat(std::move(phase));
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  if (phase.abandons.contains(sender) || has_complained(phase, sender)) {
    return refuse(std::move(phase), ProtocolErrc::round_over);
  }
  if (auto error = failure(protocol::check_masked_input(event.upload, phase.round.described.view,
                                                        phase.round.sharers))) {
    return refuse(std::move(phase), *std::move(error));
  }
  phase.begun.emplace(sender, std::move(event.upload));
  return stay(std::move(phase));
}

Step on(CollectingMaskedInputs phase, InputCompleted event, const RoundContext& context) {
  if (phase.complete.contains(event.sender)) return repeat(std::move(phase));
  const auto begun = phase.begun.find(event.sender);
  if (begun == phase.begun.end()) return refuse(std::move(phase), ProtocolErrc::wrong_phase);
  phase.complete.emplace(event.sender, begun->second.header);
  return settle(std::move(phase), context);
}

Step on(CollectingMaskedInputs phase, protocol::Complaint message, const RoundContext& context) {
  if (!is_sharer(phase.round, message.sender) || !is_sharer(phase.round, message.dealer)) {
    return refuse(std::move(phase), ProtocolErrc::not_a_member);
  }
  for (const protocol::Complaint& known : phase.round.complaints) {
    if (protocol::encode(known) == protocol::encode(message)) return repeat(std::move(phase));
  }
  if (has_complained(phase, message.sender) || phase.complete.contains(message.sender)) {
    return refuse(std::move(phase), ProtocolErrc::conflicting_message);
  }
  if (auto error = failure(protocol::check_complaint(message, phase.round.described.view))) {
    return refuse(std::move(phase), *std::move(error));
  }
  if (!names_sent_ciphertext(phase.round, message)) {
    return refuse(std::move(phase), ProtocolErrc::digest_mismatch);
  }
  phase.round.complaints.push_back(std::move(message));
  return settle(std::move(phase), context);
}

Step on(CollectingMaskedInputs phase, DeadlinePassed, const RoundContext& context) {
  return propose(std::move(phase), context);
}

}  // namespace guildsum::coordinator::detail
