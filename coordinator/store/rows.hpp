#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/x509.hpp"
#include "protocol/ids.hpp"
#include "protocol/messages.hpp"
#include "protocol/vocabulary_messages.hpp"

/// What the coordinator remembers, as plain rows. Times are Unix milliseconds (wall clock), for
/// people and expiry only; no deadline of a round depends on them.
namespace guildsum::coordinator {

using protocol::BlobId;
using protocol::Digest;
using protocol::ParticipantId;

/// Whose ledger this is.
struct FederationRow {
  std::string name;
  protocol::FederationId id;
  std::int64_t created_unix_ms = 0;
};

/// `revoked`: its certificate is refused until it is renewed. `left`: off the roster for good.
enum class ShopStatus : std::uint8_t { active = 1, revoked = 2, left = 3 };

/// A shop that was enrolled, with the one certificate it may present.
struct ShopRow {
  ParticipantId identity;
  std::string name;
  ShopStatus status = ShopStatus::active;
  std::string certificate_pem;
  crypto::CertificateDigest certificate;
  std::int64_t certificate_expires_unix_ms = 0;
  std::int64_t joined_unix_ms = 0;
  std::int64_t last_seen_unix_ms = 0;
};

/// A change of the roster that waits for an external registrar's signature.
struct RosterProposalRow {
  protocol::RosterProposal proposal;
  std::int64_t created_unix_ms = 0;
};

/// Why a shop took no part in an attempt, as it said itself.
struct RefusalRow {
  ParticipantId identity;
  protocol::RoundId round;
  protocol::Attempt attempt;
  std::string code;
  std::int64_t at_unix_ms = 0;
};

using InvitationId = FixedBytes<struct InvitationIdTag, 16>;

/// A join token without its secret.
struct InvitationRow {
  InvitationId id;
  std::string name;
  Digest secret_digest;  ///< SHA-256 of the token's secret
  std::int64_t created_unix_ms = 0;
  std::int64_t expires_unix_ms = 0;
  std::optional<ParticipantId> used_by;
  Digest request;  ///< SHA-256 of the certificate request that used it
};

enum class TaskStatus : std::uint8_t { running = 1, completed = 2, failed = 3 };

/// One training task; its epoch is its id.
struct TaskRow {
  protocol::Epoch epoch;
  std::string kind;
  Bytes plan;  ///< canonical bytes of the training plan
  TaskStatus status = TaskStatus::running;
  std::string reason;      ///< why it failed
  BlobId first_root;       ///< names the lineage, with the epoch of the task that began it
  protocol::Epoch origin;  ///< that epoch: the own one, unless the task goes on with a model
  BlobId checkpoint;       ///< the state after the last opened sum
  Digest survivors;        ///< of the last opened sum; zero before the first
  std::uint64_t sums_done = 0;
  std::uint64_t sums_total = 0;
  std::int64_t created_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;  ///< 0 while it runs
};

/// One attempt of one round.
struct RoundKey {
  protocol::RoundId round;
  protocol::Attempt attempt;
  friend auto operator<=>(const RoundKey&, const RoundKey&) = default;
};

/// `lost`: masked inputs were out and no abandon certificate came together, so that its sum, and
/// nothing but it, may open one day: the step must not be asked for again.
enum class RoundStatus : std::uint8_t { running = 1, completed = 2, aborted = 3, lost = 4 };

struct RoundRow {
  RoundKey key;
  protocol::Epoch epoch;
  std::string step_kind;
  std::uint64_t step_number = 0;
  Bytes plan;  ///< `encode_plan`
  RoundStatus status = RoundStatus::running;
  std::string reason;   ///< why it was aborted, for people
  Digest transcript;    ///< of the ended attempt; the next descriptor names it
  Bytes outcome;        ///< the framed RoundResult or RoundAborted that ended it
  std::string summary;  ///< JSON of the operator's view at the end
  std::int64_t started_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;  ///< 0 while it runs
};

/// An accepted event of a round. `kind` is the event's alternative, so that messages which must not
/// outlive their round can be deleted without being read.
struct EventRow {
  std::uint64_t sequence = 0;  ///< from 1 without gaps
  std::uint32_t kind = 0;
  Bytes bytes;
};

/// The same with the attempt that it belongs to.
struct AttemptEventRow {
  RoundKey attempt;
  EventRow event;
};

enum class AgreementStatus : std::uint8_t { running = 1, agreed = 2, failed = 3 };

/// One key agreement of a private vocabulary. The key itself is nowhere here.
struct AgreementRow {
  protocol::AgreementId id;
  Digest roster_head;  ///< of the roster when it began
  Bytes invited;       ///< ascending identities, 32 bytes each
  AgreementStatus status = AgreementStatus::running;
  std::string reason;  ///< why it failed, for people
  Bytes members;       ///< who has the key, as `invited`; empty before it ended
  Digest key;          ///< SHA-256("vocab-key" || K); zero unless agreed
  std::int64_t started_unix_ms = 0;
  std::int64_t ended_unix_ms = 0;  ///< 0 while it runs
};

struct ModelRow {
  protocol::ModelVersion version;
  std::string kind;
  BlobId checkpoint;
  Bytes plan;  ///< canonical bytes of the training plan
  Digest lineage;
  protocol::Epoch epoch;
  protocol::RoundId round;      ///< whose sum completed it
  std::uint32_t survivors = 0;  ///< shops in that sum
  std::int64_t created_unix_ms = 0;
};

/// One link of the append-only audit chain: `digest = SHA-256(previous || at || actor || action ||
/// detail)`.
struct AuditRow {
  std::uint64_t sequence = 0;  ///< from 1 without gaps
  std::int64_t at_unix_ms = 0;
  std::string actor;   ///< "operator", "coordinator" or a shop's name
  std::string action;  ///< "shop.enrolled", "round.completed", ...
  std::string detail;  ///< JSON
  Digest previous;
  Digest digest;
};

}  // namespace guildsum::coordinator
