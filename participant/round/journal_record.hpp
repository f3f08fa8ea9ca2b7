#pragma once

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

#include "protocol/messages.hpp"

/// What a participant makes durable before the first byte that depends on it (docs/protocol.md,
/// "Restarts"). No record holds a secret of the round.
namespace guildsum::participant {

/// Before a check-in is sent: the counter never repeats.
struct CheckedIn {
  protocol::Epoch epoch;
  protocol::RoundId round;
  protocol::Attempt attempt;
  std::uint64_t counter = 0;
};
/// The first descriptor accepted for a check-in; any other one for it is refused from here on.
struct BoundToDescriptor {
  protocol::RoundDigest rd;
  Bytes descriptor;  ///< canonical bytes
};
/// U1 as first received.
struct FrozenSharers {
  protocol::RoundDigest rd;
  std::vector<protocol::MemberDigest> sharers;
};
/// The masked input lies in the spool, complete and fsynced: from here the contribution counts,
/// until `AbandonCertified`.
struct SpooledInput {
  protocol::RoundDigest rd;
  Bytes header;  ///< the signed MaskedInput as framed
};
/// The one 3a signature for rd.
struct SignedSurvivors {
  protocol::RoundDigest rd;
  Bytes message;  ///< the SurvivorSignature as framed
};
/// The one 3b answer for rd was given (its bytes are not stored: they are shares).
struct AnsweredUnmask {
  protocol::RoundDigest rd;
  protocol::Digest message;
};
struct SignedAbandon {
  protocol::RoundDigest rd;
  Bytes message;  ///< the Abandon as framed
};
/// The round is over for this participant and its secrets are gone.
struct RoundClosed {
  protocol::RoundId round;
  protocol::Attempt attempt;
  protocol::RoundDigest rd;     ///< zero when no descriptor was accepted
  bool opened = false;          ///< a result was received
  bool counted = false;         ///< this shop's input is in the sum or, when not opened, may be
  /// Of the result, or of the attempt that q members abandoned; zero when neither was seen.
  protocol::Digest transcript;
};
/// q members abandoned rd, which was closed as perhaps counted: nothing of it can open any more.
struct AbandonCertified {
  protocol::RoundDigest rd;
};
/// The owner accepts that one further lineage of this task kind asks again for sums that were
/// contributed to before, or that one of deltas is joined ("ease-join", as `approval_for`).
struct LineageApproved {
  std::string approval;
};
/// The lineage that an approval to join was spent on: what compaction keeps of it.
struct JoinApproved {
  protocol::Digest lineage;
};
/// Before `SpooledInput`: when the input was put together, by this shop's clock, in milliseconds
/// since 1970.
struct ContributedAt {
  protocol::RoundDigest rd;
  std::uint64_t at_ms = 0;
};
/// What an unsettled contribution answers, for a repair: written when older records are summed up.
struct ContributionHeld {
  protocol::RoundDigest rd;
  protocol::Digest request;
  protocol::BlobId model_root;  ///< of its step's state
  protocol::BlobId public_inputs;
};
/// A survivor certificate for an unsettled contribution was verified, and the faults beside it.
struct ContributionCertified {
  protocol::RoundDigest rd;
  std::vector<protocol::ParticipantId> survivors;
  std::vector<protocol::ParticipantId> faulty;
  bool names_this_shop = false;  ///< else this shop is in no sum of rd
};

/// The roster that a round of this epoch went by: what compaction keeps of `BoundToDescriptor`.
struct AcceptedRoster {
  protocol::Epoch epoch;
  protocol::Digest head;
};

/// The coordinator acknowledged the vote on rd: it counts.
struct VoteTaken {
  protocol::RoundDigest rd;
};

/// The last attempt that this shop bound itself to, and how it saw it end: from here it follows the
/// chain of transcripts (docs/protocol.md section 7). What compaction keeps of the attempt's
/// records. With a zero rd: from nowhere, by the owner's approval.
struct BoundAttempt {
  protocol::RoundId round;
  protocol::Attempt attempt;
  protocol::RoundDigest rd;
  protocol::Digest previous;    ///< the transcript that its descriptor names
  bool opened = false;          ///< a result was seen
  protocol::Digest transcript;  ///< as in `RoundClosed`
  bool vote_taken = false;
};

/// The state that this shop's next delta of a lineage is the difference to: what compaction keeps
/// of the counted round.
struct CountedState {
  protocol::Digest lineage;
  std::string step_kind;
  std::uint64_t step_number = 0;
  protocol::RoundDigest rd;  ///< under which the state is kept
};

using JournalRecord =
    std::variant<CheckedIn, BoundToDescriptor, FrozenSharers, SpooledInput, SignedSurvivors,
                 AnsweredUnmask, SignedAbandon, RoundClosed, AbandonCertified, LineageApproved,
                 ContributionHeld, ContributionCertified, AcceptedRoster, VoteTaken,
                 BoundAttempt, CountedState, JoinApproved, ContributedAt>;

}  // namespace guildsum::participant
