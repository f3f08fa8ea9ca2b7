#include "participant/journal/record_codec.hpp"

#include <utility>

#include "protocol/archive.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

/// A member of U1 as it is stored; the protocol's own type has no public encoding.
struct StoredMember {
  protocol::ParticipantId member;
  protocol::Digest message;
};
template <class Archive>
void serialize(Archive& archive, StoredMember& value) {
  archive(value.member, value.message);
}
struct StoredSharers {
  protocol::RoundDigest rd;
  std::vector<StoredMember> sharers;
};
template <class Archive>
void serialize(Archive& archive, StoredSharers& value) {
  archive(value.rd, protocol::sequence(value.sharers, protocol::kCohortMax));
}

StoredSharers stored(const FrozenSharers& record) {
  StoredSharers out{record.rd, {}};
  for (const auto& member : record.sharers) out.sharers.push_back({member.member, member.message});
  return out;
}

FrozenSharers restored(const StoredSharers& record) {
  FrozenSharers out{record.rd, {}};
  for (const auto& member : record.sharers) out.sharers.push_back({member.member, member.message});
  return out;
}

constexpr std::size_t kCountedStepsMax = 1'000'000;

}  // namespace

// cereal finds these beside their types.
template <class Archive>
void serialize(Archive& archive, JournalSummary::CountedStep& value) {
  archive(value.lineage, protocol::utf8(value.step_kind, protocol::kNameBytesMax),
          value.step_number);
}
template <class Archive>
void serialize(Archive& archive, JournalSummary::UnsettledStep& value) {
  archive(value.rd, value.round, value.attempt, value.step);
}
/// One word of a list, as the archive wants it.
struct StoredName {
  std::string text;
};
template <class Archive>
void serialize(Archive& archive, StoredName& value) {
  archive(protocol::utf8(value.text, protocol::kNameBytesMax));
}
template <class Archive>
void serialize(Archive& archive, JournalSummary& value) {
  std::vector<StoredName> approvals;
  for (const std::string& kind : value.approvals) approvals.push_back({kind});
  archive(value.counter, value.round, value.attempt,
          protocol::sequence(value.counted, kCountedStepsMax),
          protocol::sequence(value.unsettled, kCountedStepsMax),
          protocol::sequence(value.approved_lineages, kCountedStepsMax),
          protocol::sequence(approvals, protocol::kCohortMax));
  value.approvals.clear();
  for (StoredName& name : approvals) value.approvals.push_back(std::move(name.text));
}
template <class Archive>
void serialize(Archive& archive, CheckedIn& value) {
  archive(value.epoch, value.round, value.attempt, value.counter);
}
template <class Archive>
void serialize(Archive& archive, BoundToDescriptor& value) {
  archive(value.rd, protocol::blob(value.descriptor, protocol::kMessageBytesMax));
}
template <class Archive>
void serialize(Archive& archive, SpooledInput& value) {
  archive(value.rd, protocol::blob(value.header, protocol::kMessageBytesMax));
}
template <class Archive>
void serialize(Archive& archive, SignedSurvivors& value) {
  archive(value.rd, protocol::blob(value.message, protocol::kMessageBytesMax));
}
template <class Archive>
void serialize(Archive& archive, AnsweredUnmask& value) {
  archive(value.rd, value.message);
}
template <class Archive>
void serialize(Archive& archive, SignedAbandon& value) {
  archive(value.rd, protocol::blob(value.message, protocol::kMessageBytesMax));
}
template <class Archive>
void serialize(Archive& archive, RoundClosed& value) {
  archive(value.round, value.attempt, value.rd, value.opened, value.counted, value.transcript);
}
template <class Archive>
void serialize(Archive& archive, AbandonCertified& value) {
  archive(value.rd);
}
template <class Archive>
void serialize(Archive& archive, ContributionHeld& value) {
  archive(value.rd, value.request, value.model_root, value.public_inputs);
}
template <class Archive>
void serialize(Archive& archive, ContributionCertified& value) {
  archive(value.rd, protocol::sequence(value.survivors, protocol::kCohortMax),
          protocol::sequence(value.faulty, protocol::kCohortMax), value.names_this_shop);
}
template <class Archive>
void serialize(Archive& archive, LineageApproved& value) {
  archive(protocol::utf8(value.approval, protocol::kNameBytesMax));
}
template <class Archive>
void serialize(Archive& archive, AcceptedRoster& value) {
  archive(value.epoch, value.head);
}
template <class Archive>
void serialize(Archive& archive, VoteTaken& value) {
  archive(value.rd);
}
template <class Archive>
void serialize(Archive& archive, BoundAttempt& value) {
  archive(value.round, value.attempt, value.rd, value.previous, value.opened, value.transcript,
          value.vote_taken);
}
template <class Archive>
void serialize(Archive& archive, CountedState& value) {
  archive(value.lineage, protocol::utf8(value.step_kind, protocol::kNameBytesMax),
          value.step_number, value.rd);
}
template <class Archive>
void serialize(Archive& archive, JoinApproved& value) {
  archive(value.lineage);
}
template <class Archive>
void serialize(Archive& archive, ContributedAt& value) {
  archive(value.rd, value.at_ms);
}

namespace {

template <class T>
Result<JournalEntry> decode_as(ByteView body) {
  GS_TRY(T value, protocol::from_canonical<T>(body));
  return JournalEntry{JournalRecord{std::move(value)}};
}

EncodedEntry encode_record(const JournalRecord& record) {
  struct Encode {
    EncodedEntry operator()(const CheckedIn& r) const {
      return {EntryKind::checked_in, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const BoundToDescriptor& r) const {
      return {EntryKind::bound_to_descriptor, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const FrozenSharers& r) const {
      return {EntryKind::frozen_sharers, protocol::to_canonical(stored(r))};
    }
    EncodedEntry operator()(const SpooledInput& r) const {
      return {EntryKind::spooled_input, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const SignedSurvivors& r) const {
      return {EntryKind::signed_survivors, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const AnsweredUnmask& r) const {
      return {EntryKind::answered_unmask, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const SignedAbandon& r) const {
      return {EntryKind::signed_abandon, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const RoundClosed& r) const {
      return {EntryKind::round_closed, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const AbandonCertified& r) const {
      return {EntryKind::abandon_certified, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const LineageApproved& r) const {
      return {EntryKind::lineage_approved, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const ContributionHeld& r) const {
      return {EntryKind::contribution_held, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const ContributionCertified& r) const {
      return {EntryKind::contribution_certified, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const AcceptedRoster& r) const {
      return {EntryKind::accepted_roster, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const VoteTaken& r) const {
      return {EntryKind::vote_taken, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const BoundAttempt& r) const {
      return {EntryKind::bound_attempt, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const CountedState& r) const {
      return {EntryKind::counted_state, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const JoinApproved& r) const {
      return {EntryKind::join_approved, protocol::to_canonical(r)};
    }
    EncodedEntry operator()(const ContributedAt& r) const {
      return {EntryKind::contributed_at, protocol::to_canonical(r)};
    }
  };
  return std::visit(Encode{}, record);
}

}  // namespace

EncodedEntry encode_entry(const JournalEntry& entry) {
  if (const auto* summary = std::get_if<JournalSummary>(&entry)) {
    return {EntryKind::summary, protocol::to_canonical(*summary)};
  }
  return encode_record(std::get<JournalRecord>(entry));
}

Result<JournalEntry> decode_entry(std::uint16_t kind, ByteView body) {
  switch (static_cast<EntryKind>(kind)) {
    case EntryKind::summary: {
      GS_TRY(JournalSummary summary, protocol::from_canonical<JournalSummary>(body));
      return JournalEntry{std::move(summary)};
    }
    case EntryKind::checked_in:
      return decode_as<CheckedIn>(body);
    case EntryKind::bound_to_descriptor:
      return decode_as<BoundToDescriptor>(body);
    case EntryKind::frozen_sharers: {
      GS_TRY(const auto sharers, protocol::from_canonical<StoredSharers>(body));
      return JournalEntry{JournalRecord{restored(sharers)}};
    }
    case EntryKind::spooled_input:
      return decode_as<SpooledInput>(body);
    case EntryKind::signed_survivors:
      return decode_as<SignedSurvivors>(body);
    case EntryKind::answered_unmask:
      return decode_as<AnsweredUnmask>(body);
    case EntryKind::signed_abandon:
      return decode_as<SignedAbandon>(body);
    case EntryKind::round_closed:
      return decode_as<RoundClosed>(body);
    case EntryKind::abandon_certified:
      return decode_as<AbandonCertified>(body);
    case EntryKind::lineage_approved:
      return decode_as<LineageApproved>(body);
    case EntryKind::contribution_held:
      return decode_as<ContributionHeld>(body);
    case EntryKind::contribution_certified:
      return decode_as<ContributionCertified>(body);
    case EntryKind::accepted_roster:
      return decode_as<AcceptedRoster>(body);
    case EntryKind::vote_taken:
      return decode_as<VoteTaken>(body);
    case EntryKind::bound_attempt:
      return decode_as<BoundAttempt>(body);
    case EntryKind::counted_state:
      return decode_as<CountedState>(body);
    case EntryKind::join_approved:
      return decode_as<JoinApproved>(body);
    case EntryKind::contributed_at:
      return decode_as<ContributedAt>(body);
  }
  return Error{protocol::ProtocolErrc::unknown_type,
               "journal entry of kind " + std::to_string(kind)};
}

std::string_view name_of(const JournalRecord& record) noexcept {
  struct Name {
    std::string_view operator()(const CheckedIn&) const { return "checked_in"; }
    std::string_view operator()(const BoundToDescriptor&) const { return "bound_to_descriptor"; }
    std::string_view operator()(const FrozenSharers&) const { return "frozen_sharers"; }
    std::string_view operator()(const SpooledInput&) const { return "spooled_input"; }
    std::string_view operator()(const SignedSurvivors&) const { return "signed_survivors"; }
    std::string_view operator()(const AnsweredUnmask&) const { return "answered_unmask"; }
    std::string_view operator()(const SignedAbandon&) const { return "signed_abandon"; }
    std::string_view operator()(const RoundClosed&) const { return "round_closed"; }
    std::string_view operator()(const AbandonCertified&) const { return "abandon_certified"; }
    std::string_view operator()(const LineageApproved&) const { return "lineage_approved"; }
    std::string_view operator()(const ContributionHeld&) const { return "contribution_held"; }
    std::string_view operator()(const ContributionCertified&) const {
      return "contribution_certified";
    }
    std::string_view operator()(const AcceptedRoster&) const { return "accepted_roster"; }
    std::string_view operator()(const VoteTaken&) const { return "vote_taken"; }
    std::string_view operator()(const BoundAttempt&) const { return "bound_attempt"; }
    std::string_view operator()(const CountedState&) const { return "counted_state"; }
    std::string_view operator()(const JoinApproved&) const { return "join_approved"; }
    std::string_view operator()(const ContributedAt&) const { return "contributed_at"; }
  };
  return std::visit(Name{}, record);
}

}  // namespace guildsum::participant
