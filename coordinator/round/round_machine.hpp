#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <variant>
#include <vector>

#include "coordinator/round/round_plan.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/mask_stream.hpp"
#include "protocol/checks.hpp"
#include "protocol/messages.hpp"
#include "protocol/roster.hpp"

/// One attempt of one round as the coordinator lives it: events in, effects out.
///
/// Pure and event-sourced: the shell writes every accepted event to the ledger before it carries
/// out the effects, and after a restart replays them; all messages are functions of the state, so
/// their bytes are the same again (docs/decisions, event-sourced rounds).
namespace guildsum::coordinator {

/// What does not change during a round; must outlive the machine.
struct RoundContext {
  const RoundPlan& plan;
  const protocol::Roster& roster;
  const crypto::Signer& signer;
};

/// The round as all its members see it.
struct DescribedRound {
  protocol::RoundDescription description;
  protocol::RoundView view;  ///< what messages are checked against
};
/// U1's shares and everything before them.
struct SharedRound {
  DescribedRound described;
  std::vector<protocol::ShareKeys> share_keys;                    ///< of U1, in cohort order
  std::vector<std::vector<protocol::Digest>> ciphertext_digests;  ///< one list per member of U1
  std::vector<protocol::MemberDigest> sharers;                    ///< U1
  std::vector<protocol::Complaint> complaints;
};
struct ProposedRound {
  SharedRound shared;
  std::vector<protocol::MaskedInput> headers;  ///< of U2, in cohort order
  protocol::Survivors survivors;               ///< U2
};
struct CertifiedRound {
  ProposedRound proposed;
  protocol::SurvivorCertificate certificate;
};
struct OpenedRound {
  CertifiedRound certified;
  std::vector<protocol::RevealedSecret> secrets;
  std::vector<protocol::MemberDigest> answers;  ///< the 3b answers that opened them
};

using Abandons = std::map<protocol::ParticipantId, protocol::Abandon>;

struct CollectingCheckIns {
  std::map<protocol::ParticipantId, protocol::CheckIn> check_ins;
};
struct CollectingShares {
  DescribedRound round;
  std::map<protocol::ParticipantId, protocol::ShareKeys> received;
  Abandons abandons;
};
struct CollectingMaskedInputs {
  SharedRound round;
  std::map<protocol::ParticipantId, protocol::MaskedInputUpload> begun;  ///< one per shop, for ever
  std::map<protocol::ParticipantId, protocol::MaskedInput> complete;
  Abandons abandons;
};
struct Certifying {
  ProposedRound round;
  std::map<protocol::ParticipantId, protocol::SurvivorSignature> signatures;
  Abandons abandons;
};
struct Unmasking {
  CertifiedRound round;
  std::map<protocol::ParticipantId, protocol::Unmask>
      answers;  ///< every share of them opens its commitment
  Abandons abandons;
};
/// All secrets are known; the sum is being computed (`OpenSum`).
struct Opening {
  OpenedRound round;
};
struct CollectingVotes {
  OpenedRound round;
  protocol::RoundResult result;
  std::map<protocol::ParticipantId, protocol::Vote> votes;
};
struct Completed {
  OpenedRound round;
  protocol::RoundResult result;
  std::vector<protocol::Vote> votes;
  protocol::Digest transcript;  ///< votes included; the next descriptor names it
};
/// The attempt ends without a sum, and masked inputs may be on their way: only q "abandoned"
/// signatures show the shops that none of them can open any more (docs/protocol.md, "Abandoning").
struct CollectingAbandons {
  DescribedRound round;
  protocol::RoundAborted message;              ///< what the shops are told, without a certificate
  std::set<protocol::ParticipantId> answered;  ///< gave their 3b answer and can not abandon
  Abandons abandons;
  std::optional<protocol::UnopenedRound> unopened{};  ///< see `Aborted`
};
struct Aborted {
  protocol::RoundAborted message;
  /// What the message's rd is the digest of, for the transcript; nothing when it is zero.
  std::optional<protocol::RoundDescription> description{};
  /// What its members need to repair it: it was certified, did not open, and has no abandon
  /// certificate.
  std::optional<protocol::UnopenedRound> unopened{};
};

using Phase =
    std::variant<CollectingCheckIns, CollectingShares, CollectingMaskedInputs, Certifying,
                 Unmasking, Opening, CollectingVotes, CollectingAbandons, Completed, Aborted>;

// Events -----------------------------------------------------------------------------------------

/// The shop's header arrived: from here on any other header of it for this round is refused.
struct InputBegun {
  protocol::MaskedInputUpload upload;
};
/// All chunks are verified and durable.
struct InputCompleted {
  protocol::ParticipantId sender;
};
struct SumOpened {
  protocol::BlobId sum;
  protocol::BlobId model_root;
  protocol::ModelVersion model_version;
};
struct OpeningFailed {
  protocol::AbortReason reason;
};
/// The deadline of the phase with this index (`Phase::index()`); one of another phase is ignored.
struct DeadlinePassed {
  std::uint32_t phase = 0;
};
struct AbortRequested {
  protocol::AbortReason reason;
};
using Event =
    std::variant<protocol::CheckIn, protocol::ShareKeys, protocol::Complaint, InputBegun,
                 InputCompleted, protocol::SurvivorSignature, protocol::Unmask, SumOpened,
                 OpeningFailed, protocol::Vote, protocol::Abandon, DeadlinePassed, AbortRequested>;

// Effects ----------------------------------------------------------------------------------------

/// Wake the waiting shops: `message_for` answers differently now.
struct PublishPhase {};
/// Deliver `DeadlinePassed{phase}` after this long, unless the phase is over by then.
struct ArmDeadline {
  std::uint32_t phase = 0;
  std::chrono::milliseconds after{};
};
/// Add the inputs of U2, remove these masks, apply the model step; answer `SumOpened` or
/// `OpeningFailed`.
struct OpenSum {
  struct Term {
    crypto::MaskSeed seed;
    bool subtract = true;
  };
  std::vector<protocol::MaskedInput> inputs;
  std::vector<Term> masks;
};
/// A signed message proves this participant at fault.
struct RecordFault {
  protocol::ParticipantId participant;
  Error reason;
};
using Effect = std::variant<PublishPhase, ArmDeadline, OpenSum, RecordFault>;

struct Step {
  Phase next;
  std::vector<Effect> effects;
  /// Why the event was refused; then `next` is the phase as it was and nothing is to be stored.
  std::optional<Error> refused;
  /// The event was seen before, byte for byte: answer as the first time, store nothing.
  bool repeated = false;
};

[[nodiscard]] Step begin(const RoundContext& context);
[[nodiscard]] Step advance(Phase phase, Event event, const RoundContext& context);

/// What a phase that was reached by a replay is waiting for: its deadline, and the opening of its
/// sum.
[[nodiscard]] std::vector<Effect> pending_effects(const Phase& phase, const RoundContext& context);

/// The next phase message for this shop with a number above `after`: 1 RoundDescription, 2
/// ShareDelivery, 3 SurvivorProposal, 4 SurvivorCertificate, 5 RoundResult, 6 RoundAborted, 7
/// RoundAborted with its abandon certificate; nothing while there is none.
struct PhaseMessage {
  std::uint32_t number = 0;
  Bytes frame;
};
[[nodiscard]] std::optional<PhaseMessage> message_for(const Phase& phase,
                                                      const protocol::ParticipantId& shop,
                                                      std::uint32_t after,
                                                      const RoundContext& context);

/// What the operator sees: phase name and, for each roster member concerned, how far it is.
enum class ShopProgress : std::uint8_t {
  invited,
  checked_in,
  shared,
  uploading,
  uploaded,
  certified,
  unmasked,
  voted,
  abandoned
};
struct RoundProgress {
  std::string_view phase;
  std::map<protocol::ParticipantId, ShopProgress> shops;
  std::vector<protocol::ParticipantId> waiting_for;
  std::vector<protocol::ParticipantId>
      recovered;  ///< sharers without an input whose masks were removed
};
[[nodiscard]] RoundProgress progress(const Phase& phase, const RoundContext& context);
[[nodiscard]] std::string_view phase_name(const Phase& phase) noexcept;
[[nodiscard]] bool is_over(const Phase& phase) noexcept;
/// Events carry into the ledger as bytes.
[[nodiscard]] Bytes encode_event(const Event& event);
[[nodiscard]] Result<Event> decode_event(ByteView bytes);

}  // namespace guildsum::coordinator
