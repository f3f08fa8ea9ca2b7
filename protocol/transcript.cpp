#include "protocol/transcript.hpp"

#include <algorithm>
#include <map>
#include <set>

#include "protocol/archive.hpp"
#include "protocol/detail/fields.hpp"
#include "protocol/digests.hpp"
#include "protocol/intake.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::protocol {

namespace {

constexpr std::string_view kMagic = "GSAUDIT1";
constexpr std::size_t kAttemptsMax = 1U << 20;
constexpr std::size_t kAttemptBytesMax = 64U << 20;

/// Bytes of one attempt in the file's list.
struct StoredAttempt {
  Bytes bytes;
};
template <class A>
void serialize(A& a, StoredAttempt& v) {
  a(blob(v.bytes, kAttemptBytesMax));
}

}  // namespace

template <class A>
void serialize(A& a, std::optional<RoundDescription>& v) {
  bool present = v.has_value();
  a(present);
  if (!present) return v.reset();
  if (!v) v.emplace();
  a(*v);
}

template <class A>
void serialize(A& a, AttemptTranscript& v) {
  a(v.previous, v.round, v.attempt);
  serialize(a, v.description);
  a(sequence(v.sharers, kCohortMax), sequence(v.shares, kCohortMax));
  a(sequence(v.headers, kCohortMax), v.certificate, sequence(v.unmask_answers, kCohortMax));
  a(sequence(v.votes, kCohortMax));
  a(blob(v.result, kMessageBytesMax), blob(v.aborted, kMessageBytesMax));
}

namespace {

template <class A>
void fields_of(A& a, AuditFile& v, std::vector<StoredAttempt>& attempts) {
  a(v.federation, sequence(v.roster, kRosterEntriesMax), sequence(attempts, kAttemptsMax));
}

Error in_attempt(const AttemptTranscript& attempt, const Error& error) {
  return {error.code(), "round " + std::to_string(attempt.round.value()) + "." +
                            std::to_string(attempt.attempt.value()) + ": " + error.message()};
}

/// The roster as it was at each of its entries.
class RosterHistory {
 public:
  static Result<RosterHistory> of(const AuditFile& file, const AuditKeys& keys) {
    RosterHistory history;
    Roster roster{keys.federation, keys.registrar};
    for (const RosterEntry& entry : file.roster) {
      GS_CHECK(roster.append(entry));
      history.at_head_.emplace(roster.head(), roster);
      if (entry.change == RosterChange::join) ++history.joined_;
    }
    return history;
  }
  [[nodiscard]] Result<const Roster*> at(const Digest& head) const {
    const auto found = at_head_.find(head);
    if (found == at_head_.end()) return Error{ProtocolErrc::roster_fork, "roster_head"};
    return &found->second;
  }
  [[nodiscard]] std::uint64_t joined() const noexcept { return joined_; }

 private:
  std::map<Digest, Roster> at_head_;
  std::uint64_t joined_ = 0;
};

/// One pass over the attempts, in order.
class Replay {
 public:
  Replay(const AuditKeys& keys, const RosterHistory& rosters) : keys_{keys}, rosters_{rosters} {
    report_.members_joined = rosters.joined();
  }

  Result<> take(const AttemptTranscript& attempt) {
    if (attempt.previous != report_.last) {
      return Error{ProtocolErrc::digest_mismatch, "it does not continue the attempt before it"};
    }
    if (attempt.result.empty() == attempt.aborted.empty()) {
      return Error{ProtocolErrc::malformed, "neither a result nor an abort, or both"};
    }
    ++report_.attempts;
    return attempt.result.empty() ? take_aborted(attempt) : take_opened(attempt);
  }
  [[nodiscard]] const AuditReport& report() const noexcept { return report_; }

 private:
  Result<> take_aborted(const AttemptTranscript& attempt) {
    GS_TRY(const auto message, decode<RoundAborted>(attempt.aborted));
    if (message.round != attempt.round || message.attempt != attempt.attempt) {
      return ProtocolErrc::wrong_round;
    }
    GS_CHECK(verify(message, keys_.federation, keys_.coordinator));
    if (message.rd.is_zero()) {
      const bool empty = message.certificate.empty() && !attempt.description.has_value();
      if (!empty) return Error{ProtocolErrc::malformed, "it was never described"};
    } else {
      GS_TRY(const RoundView view, check_described(attempt));
      if (view.rd != message.rd) return Error{ProtocolErrc::digest_mismatch, "description"};
      if (!message.certificate.empty()) {
        GS_CHECK(check_abandon_certificate(message.certificate, view));
        ++report_.abandoned;
      }
    }
    ++report_.aborted;
    report_.last = aborted_transcript(attempt.previous, message);
    return {};
  }

  /// The description is of this attempt, continues the chain, and is signed with all its check-ins.
  [[nodiscard]] Result<RoundView> check_described(const AttemptTranscript& attempt) const {
    if (!attempt.description) return Error{ProtocolErrc::malformed, "it has no description"};
    const RoundDescriptor& d = attempt.description->descriptor;
    if (d.round != attempt.round || d.attempt != attempt.attempt) return ProtocolErrc::wrong_round;
    if (d.previous_transcript != attempt.previous) {
      return Error{ProtocolErrc::digest_mismatch, "previous_transcript"};
    }
    GS_TRY(const Roster* roster, rosters_.at(d.roster_head));
    GS_CHECK(check_description_signed(*attempt.description,
                                      {keys_.federation, keys_.coordinator, *roster}));
    return RoundView::of(*attempt.description);
  }

  Result<> take_opened(const AttemptTranscript& attempt) {
    GS_TRY(const RoundView view, check_described(attempt));
    GS_CHECK(check_sharers(attempt, view));
    GS_TRY(const Survivors survivors,
           read_survivors({view.rd, attempt.sharers, attempt.headers}, view, attempt.sharers));
    GS_CHECK(
        check_certificate(attempt.certificate, view, sharers_digest(attempt.sharers), survivors));
    GS_TRY(const auto result, decode<RoundResult>(attempt.result));
    GS_CHECK(check_round_result(result, view, keys_.coordinator, attempt.sharers, survivors));
    GS_CHECK(check_answers(attempt, view));
    GS_TRY(const auto votes, check_votes(attempt, view, result));
    report_.last = closed_transcript(result, message_digest(attempt.certificate),
                                     attempt.unmask_answers, votes);
    const bool least = report_.opened == 0 || survivors.count() < report_.survivors_least;
    if (least) report_.survivors_least = survivors.count();
    ++report_.opened;
    return {};
  }

  static Result<> check_sharers(const AttemptTranscript& attempt, const RoundView& view) {
    if (attempt.shares.size() != attempt.sharers.size()) {
      return Error{ProtocolErrc::malformed, "not one share message per member of U1"};
    }
    for (std::size_t i = 0; i < attempt.shares.size(); ++i) {
      GS_CHECK(check_share_message(attempt.shares[i], attempt.sharers[i], view));
    }
    return {};
  }

  /// At least t members of U1 answered 3b, each once.
  static Result<> check_answers(const AttemptTranscript& attempt, const RoundView& view) {
    std::set<ParticipantId> members;
    for (const MemberDigest& answer : attempt.unmask_answers) {
      const bool sharer = std::ranges::find(attempt.sharers, answer.member,
                                            &MemberDigest::member) != attempt.sharers.end();
      if (!sharer) return Error{ProtocolErrc::not_a_member, answer.member.hex()};
      if (!members.insert(answer.member).second) return ProtocolErrc::duplicate;
    }
    if (members.size() >= view.descriptor.t) return {};
    return Error{ProtocolErrc::below_threshold, std::to_string(members.size()) + " unmask answers"};
  }

  Result<std::vector<MemberDigest>> check_votes(const AttemptTranscript& attempt,
                                                const RoundView& view, const RoundResult& result) {
    std::vector<MemberDigest> votes;
    const Digest about = message_digest(result);
    for (const Vote& vote : attempt.votes) {
      GS_CHECK(check_vote(vote, view, about));
      votes.push_back({vote.sender, message_digest(vote)});
      ++(vote.accept ? report_.votes_for : report_.votes_against);
    }
    return votes;
  }

  const AuditKeys& keys_;
  const RosterHistory& rosters_;
  AuditReport report_;
};

}  // namespace

Bytes print_attempt(const AttemptTranscript& attempt) { return to_canonical(attempt); }

Result<AttemptTranscript> parse_attempt(ByteView bytes) {
  return from_canonical<AttemptTranscript>(bytes);
}

Bytes print_audit_file(const AuditFile& file) {
  Bytes bytes = to_bytes(kMagic);
  std::vector<StoredAttempt> attempts;
  for (const Bytes& attempt : file.attempts) attempts.push_back({attempt});
  CanonicalOut out{bytes};
  fields_of(out, const_cast<AuditFile&>(file), attempts);  // An output archive only reads.
  return bytes;
}

Result<AuditFile> parse_audit_file(ByteView bytes) {
  if (bytes.size() < kMagic.size() || as_text(bytes.first(kMagic.size())) != kMagic) {
    return Error{ProtocolErrc::malformed, "not a file of `audit export`"};
  }
  BoundedIn in{bytes.subspan(kMagic.size())};
  AuditFile file;
  std::vector<StoredAttempt> attempts;
  fields_of(in, file, attempts);
  GS_CHECK(in.finish());
  for (StoredAttempt& attempt : attempts) file.attempts.push_back(std::move(attempt.bytes));
  return file;
}

Result<AuditReport> verify_audit_file(const AuditFile& file, const AuditKeys& keys) {
  if (file.federation != keys.federation) return ProtocolErrc::wrong_federation;
  GS_TRY(const RosterHistory rosters, RosterHistory::of(file, keys));
  Replay replay{keys, rosters};
  for (const Bytes& bytes : file.attempts) {
    GS_TRY(const AttemptTranscript attempt, parse_attempt(bytes));
    const auto taken = replay.take(attempt);
    if (taken.has_error()) return in_attempt(attempt, taken.error());
  }
  return replay.report();
}

}  // namespace guildsum::protocol
