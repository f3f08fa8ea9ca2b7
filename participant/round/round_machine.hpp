#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/mask_stream.hpp"
#include "crypto/seed_stream.hpp"
#include "crypto/x25519.hpp"
#include "participant/round/contribution_history.hpp"
#include "participant/round/journal_record.hpp"
#include "participant/round/policy.hpp"
#include "participant/vocabulary/vocabulary_view.hpp"
#include "protocol/checks.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/messages.hpp"
#include "protocol/roster.hpp"

/// One round as a participant lives it: events in, effects out (docs/protocol.md section 4).
///
/// Pure: no clock, socket, file or randomness. The agent, the simulator and the tests run the same
/// function. Effects are carried out in order; a `WriteJournal` must be durable before the next
/// one.
namespace guildsum::participant {

/// All randomness of one attempt. `expansion` seeds the Shamir coefficients and commitment salts.
struct RoundSecrets {
  crypto::X25519SecretKey mask_key;   ///< e
  crypto::X25519SecretKey share_key;  ///< s
  protocol::SelfSeed self_seed;       ///< b
  crypto::ExpansionSeed expansion;

  [[nodiscard]] static RoundSecrets generate(Random& random);
};

/// The first sum of an evaluation, as this shop verified it.
struct FirstSum {
  std::vector<protocol::ParticipantId> survivors;  ///< U2
  std::uint32_t measurable = 0;  ///< shops with held-out purchases among them, by the opened sum
  std::uint32_t shops_min = 0;   ///< of the plan
};

/// Who may not be missing from the second sum of an evaluation: of these shops all but so many.
struct KeptShops {
  std::vector<protocol::ParticipantId> shops;
  std::uint32_t missing_max = 0;
};

/// What does not change during a round; must outlive the machine.
struct RoundContext {
  protocol::FederationId federation;
  protocol::ParticipantId self;
  const crypto::Signer& identity;
  crypto::VerifyKey coordinator;
  const protocol::Roster& roster;
  const ParticipantPolicy& policy;
  const ContributionHistory& history;
  const VocabularyView* vocabulary = nullptr;  ///< none where the item list is published
  /// What the descriptor must name as the transcript before it, or why that could not be followed;
  /// nothing where this shop took part in no round before.
  std::optional<Result<protocol::Digest>> past{};
  /// By this shop's clock, milliseconds since 1970; 0 where nothing depends on time.
  std::int64_t now_ms = 0;
  /// Whether this shop still has the state that a delta would be against; none where it is sure to.
  std::function<bool(const protocol::RoundDigest&)> holds_state{};
  /// The first sum of the evaluation that a description asks the second one of, or why this shop
  /// does not know it; none where it keeps no sums.
  std::function<Result<FirstSum>(const protocol::RoundDescription&)> first_sum{};
};

/// What each member of U1 dealt to this participant, in U1's order; empty once it is gone for good
/// (after a restart), and then 3b cannot be answered.
using HeldShares = std::vector<protocol::DealtShares>;

/// The round as this participant accepted it, and what decides how it may be left.
struct AcceptedRound {
  protocol::RoundView view;
  protocol::CohortPosition own;
  /// The masked input is spooled: its first byte may be out, and the contribution counts until an
  /// abandon certificate says otherwise.
  bool input_sent = false;
  bool answered = false;            ///< 3b was answered: abandoning is no longer possible
  std::optional<Repair> repair{};   ///< set when this attempt repairs one that did not open
  std::optional<DeltaBase> base{};  ///< what the own values are sent as the difference to
  std::optional<KeptShops> kept{};  ///< set in the second sum of an evaluation
};

struct AwaitingDescription {
  protocol::CheckIn check_in;
  RoundSecrets secrets;
};
struct AwaitingShares {
  AcceptedRound round;
  RoundSecrets secrets;
  protocol::DealtShares own_share;
  protocol::Digest own_message;              ///< of the ShareKeys sent
  std::vector<crypto::SharedSecret> agreed;  ///< with every other member's share key, for opening
};
/// U1 is frozen; the masked input is being trained, encoded, masked and spooled.
struct Masking {
  AcceptedRound round;
  std::vector<protocol::MemberDigest> sharers;
  HeldShares held;
};
/// The spooled input is on its way. `signed_survivors` is set after a restart that found a 3a
/// signature.
struct Uploading {
  AcceptedRound round;
  std::vector<protocol::MemberDigest> sharers;
  HeldShares held;
  protocol::MaskedInput header;
  Bytes signed_survivors;
};
struct AwaitingProposal {
  AcceptedRound round;
  std::vector<protocol::MemberDigest> sharers;
  HeldShares held;
  protocol::MaskedInput header;
  Bytes signed_survivors;
};
struct AwaitingCertificate {
  AcceptedRound round;
  std::vector<protocol::MemberDigest> sharers;
  protocol::Survivors survivors;
  HeldShares held;
};
struct AwaitingResult {
  AcceptedRound round;
  std::vector<protocol::MemberDigest> sharers;
  protocol::Survivors survivors;
};
struct CheckingResult {
  AcceptedRound round;
  protocol::Survivors survivors;
  protocol::RoundResult result;
};
struct Finished {
  bool accepted = false;
  bool counted = false;  ///< this shop's input is in the sum
};
/// Left, or told that the attempt ended, after the first byte of the input may have gone out. The
/// secrets are wiped; only an abandon certificate shows that the input is in no sum.
struct AwaitingAbandonCertificate {
  AcceptedRound round;
  bool told = false;  ///< the coordinator said that the attempt ended
};
/// Left before the 3b answer; secrets are wiped.
struct Abandoned {
  Error reason;
};
/// The coordinator ended the attempt.
struct Ended {
  protocol::AbortReason reason;
};

using Phase = std::variant<AwaitingDescription, AwaitingShares, Masking, Uploading,
                           AwaitingProposal, AwaitingCertificate, AwaitingResult, CheckingResult,
                           AwaitingAbandonCertificate, Finished, Abandoned, Ended>;

// Events -----------------------------------------------------------------------------------------

/// The masked input is in the spool, fsynced.
struct MaskedInputSpooled {
  protocol::BlobId chunk_root;
  std::uint32_t chunk_count = 0;
};
/// Training or masking failed; the attempt is abandoned.
struct MaskingFailed {
  Error reason;
};
/// The coordinator acknowledged the complete upload.
struct UploadCompleted {};
/// The model step was recomputed from the opened sum.
struct ResultChecked {
  protocol::VoteReason reason = protocol::VoteReason::none;  ///< none = reproduced: accept
};
/// The owner or a deadline wants out.
struct AbandonRequested {
  Error reason;
};
using Event = std::variant<protocol::RoundDescription, protocol::ShareDelivery, MaskedInputSpooled,
                           MaskingFailed, UploadCompleted, protocol::SurvivorProposal,
                           protocol::SurvivorCertificate, protocol::RoundResult, ResultChecked,
                           protocol::RoundAborted, AbandonRequested>;

// Effects ----------------------------------------------------------------------------------------

struct WriteJournal {
  JournalRecord record;
};
/// Send this frame to the coordinator; resend byte-identically until it is acknowledged or the
/// round is over.
struct Send {
  protocol::MessageType type;
  Bytes frame;
};
/// One pairwise or self mask of this participant.
struct MaskTerm {
  crypto::MaskSeed seed;
  bool subtract = false;
};
/// Train, encode, add all masks, pack and spool; answer with `MaskedInputSpooled` or
/// `MaskingFailed`.
struct MaskInput {
  std::vector<MaskTerm> masks;
  /// The vector is the one kept of this round, byte for byte; nothing is trained.
  std::optional<protocol::RoundDigest> repairs{};
  /// The vector is the difference to the state that was kept of this round. In a repair the kept
  /// vector is one already.
  std::optional<DeltaBase> base{};
};
/// Upload the spooled input under this header; answer with `UploadCompleted`.
struct UploadInput {
  protocol::MaskedInput header;
};
/// Fetch the sum, recompute the step, compare roots; answer with `ResultChecked`.
struct CheckResult {
  protocol::RoundResult result;
};
/// Something was refused; shown to the owner and logged. The round goes on unless the phase says
/// otherwise.
struct Refused {
  Error reason;
};
using Effect = std::variant<WriteJournal, Send, MaskInput, UploadInput, CheckResult, Refused>;

struct Step {
  Phase next;
  std::vector<Effect> effects;
};

/// Begins an attempt: the counter is journalled, the signed check-in sent.
[[nodiscard]] Step begin(const protocol::RoundInvitation& invitation, std::uint64_t counter,
                         RoundSecrets secrets, const RoundContext& context);

/// Resumes an attempt from its journal records after a restart: a spooled upload is finished, and
/// 3a or abandoned can still be signed; 3b cannot. Without a spooled input the attempt is
/// abandoned.
///
/// @param records      of one attempt, from its `CheckedIn` on, without a `RoundClosed`.
/// @param description  fetched again; must hash to the journalled rd. Absent: the attempt is
/// abandoned.
[[nodiscard]] Step resume(const std::vector<JournalRecord>& records,
                          const std::optional<protocol::RoundDescription>& description,
                          const RoundContext& context);

/// The round machine. Repeated messages change nothing. Another U1, U2, certificate or result than
/// the one taken is refused as `conflicting_message`, one that skips a phase as `wrong_phase`.
[[nodiscard]] Step advance(Phase phase, Event event, const RoundContext& context);

/// Number of the last phase message this phase has taken in (1 description ... 5 result, 6 ended
/// without a sum), for polling.
[[nodiscard]] std::uint32_t phase_number(const Phase& phase) noexcept;
[[nodiscard]] std::string_view phase_name(const Phase& phase) noexcept;
[[nodiscard]] bool is_over(const Phase& phase) noexcept;

}  // namespace guildsum::participant
