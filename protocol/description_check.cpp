#include <algorithm>
#include <set>

#include "protocol/archive.hpp"
#include "protocol/checks.hpp"
#include "protocol/detail/fields.hpp"
#include "protocol/digests.hpp"
#include "protocol/intake.hpp"
#include "protocol/signing.hpp"

// check_round_description: what a shop demands before it shares keys.
namespace guildsum::protocol {
namespace {

/// Every check-in is signed by a member, for this round, with keys of its own.
Result<> check_check_ins(const RoundDescription& description, const Roster& roster) {
  const RoundDescriptor& d = description.descriptor;
  const OpenRound open{d.federation, d.epoch, d.round, d.attempt, d.roster_head};
  std::set<crypto::X25519PublicKey> keys;
  std::set<Digest> seeds;
  for (const CheckIn& check_in : description.check_ins) {
    GS_CHECK(check_check_in(check_in, open, roster));
    if (!keys.insert(check_in.mask_key).second || !keys.insert(check_in.share_key).second ||
        !seeds.insert(check_in.self_seed_digest).second) {
      return Error{ProtocolErrc::duplicate, "E, S or H(b) of " + check_in.sender.hex()};
    }
  }
  return {};
}

/// The own check-in is in the list, byte for byte, and binds to this round.
Result<> check_own_entry(const RoundView& round, const CheckIn& own) {
  const RoundDescriptor& d = round.descriptor;
  if (own.epoch != d.epoch || own.round != d.round || own.attempt != d.attempt) {
    return ProtocolErrc::wrong_round;
  }
  if (own.roster_head != d.roster_head) {
    return Error{ProtocolErrc::digest_mismatch, "roster_head"};
  }
  const auto position = round.cohort.position_of(own.sender);
  if (!position) return Error{ProtocolErrc::not_a_member, "this shop of the cohort"};
  if (to_canonical(round.check_ins[position->value()]) != to_canonical(own)) {
    return Error{ProtocolErrc::digest_mismatch, "this shop's own check-in"};
  }
  return {};
}

Result<> check_content(const RoundDescription& description) {
  const RoundDescriptor& d = description.descriptor;
  const auto differs = [](const char* field) {
    return Error{ProtocolErrc::digest_mismatch, field};
  };
  if (check_ins_digest(description.check_ins) != d.check_ins) return differs("check_ins");
  if (content_digest(description.layout) != d.codec.layout) return differs("codec.layout");
  if (content_digest(description.training_plan) != d.training_plan) return differs("training_plan");
  if (content_digest(as_bytes(description.purpose)) != d.purpose) return differs("purpose");
  return {};
}

/// The owner's floors on how large the cohort is and how many of it may be corrupt.
Result<> check_floors(const RoundDescriptor& d, const Roster& roster,
                      const DescriptionPolicy& policy) {
  const bool tiny = policy.allow_tiny_cohorts && d.n < kSurvivorsFloor;
  if (!tiny && d.n < policy.cohort_min) {
    return Error{ProtocolErrc::too_few, "cohort of " + std::to_string(d.n)};
  }
  if (!tiny && d.s_min < policy.survivors_min) {
    return Error{ProtocolErrc::too_few, "s_min of " + std::to_string(d.s_min)};
  }
  const auto active = static_cast<std::uint32_t>(roster.members().size());
  const std::uint32_t own_c =
      policy.corrupt_min == 0 ? default_corrupt(active) : policy.corrupt_min;
  if (d.c < own_c) {
    return Error{ProtocolErrc::understated_corruption,
                 "c is " + std::to_string(d.c) + ", this shop assumes " + std::to_string(own_c)};
  }
  return {};
}

Result<> check_policy(const RoundView& round, const Roster& roster,
                      const DescriptionPolicy& policy) {
  const RoundDescriptor& d = round.descriptor;
  if (std::ranges::find(policy.task_kinds, d.task_kind) == policy.task_kinds.end()) {
    return Error{ProtocolErrc::policy_refused, "task kind " + d.task_kind};
  }
  if (!policy.purposes.empty() &&
      std::ranges::find(policy.purposes, d.purpose) == policy.purposes.end()) {
    return Error{ProtocolErrc::policy_refused, "purpose"};
  }
  // Whoever reads the transcript would believe in noise that no shop of this version adds.
  if (d.privacy.enabled) return Error{ProtocolErrc::policy_refused, "differential privacy"};
  GS_CHECK(check_floors(d, roster, policy));
  const auto trusted = std::ranges::count_if(
      policy.trusted, [&](const ParticipantId& id) { return round.cohort.contains(id); });
  if (trusted < static_cast<std::ptrdiff_t>(policy.trusted_min)) {
    return Error{ProtocolErrc::trusted_missing, std::to_string(trusted) + " in the cohort"};
  }
  return {};
}

}  // namespace

Result<> check_description_signed(const RoundDescription& description, const FederationView& view) {
  const RoundDescriptor& d = description.descriptor;
  if (d.federation != view.federation) return ProtocolErrc::wrong_federation;
  GS_CHECK(verify(description, view.coordinator));
  GS_CHECK(check_descriptor(d, true));
  if (d.roster_head != view.roster.head()) {
    return Error{ProtocolErrc::digest_mismatch, "roster_head"};
  }
  GS_CHECK(check_check_ins(description, view.roster));
  return check_content(description);
}

Result<> check_round_description(const RoundDescription& description, const CheckIn& own,
                                 const FederationView& view, const DescriptionPolicy& policy) {
  const RoundDescriptor& d = description.descriptor;
  if (d.federation != view.federation) return ProtocolErrc::wrong_federation;
  GS_CHECK(verify(description, view.coordinator));
  GS_CHECK(check_descriptor(d, policy.allow_tiny_cohorts));
  GS_TRY(const RoundView round, RoundView::of(description));
  GS_CHECK(check_own_entry(round, own));
  GS_CHECK(check_check_ins(description, view.roster));
  GS_CHECK(check_content(description));
  return check_policy(round, view.roster, policy);
}

}  // namespace guildsum::protocol
