#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "coordinator/store/rows.hpp"

namespace guildsum::coordinator {

/// The rows as one transaction sees them. Lists are in ascending order of their key unless said
/// otherwise. Errors: those of the store (BaseErrc::io_failed, no_space, busy, corrupt).
class LedgerReader {
 public:
  virtual ~LedgerReader() = default;
  [[nodiscard]] virtual Result<std::optional<FederationRow>> federation() = 0;

  /// Framed roster entries from `after + 1` on.
  [[nodiscard]] virtual Result<std::vector<Bytes>> roster_entries(std::uint64_t after) = 0;
  /// What waits for an external registrar, oldest first.
  [[nodiscard]] virtual Result<std::vector<RosterProposalRow>> roster_proposals() = 0;
  /// The framed head that an external registrar signed last.
  [[nodiscard]] virtual Result<std::optional<Bytes>> roster_head() = 0;
  [[nodiscard]] virtual Result<std::vector<ShopRow>> shops() = 0;
  [[nodiscard]] virtual Result<std::optional<ShopRow>> shop(const ParticipantId& identity) = 0;
  /// The framed check-in that this shop sent last.
  [[nodiscard]] virtual Result<std::optional<Bytes>> last_check_in(
      const ParticipantId& identity) = 0;
  /// Of all attempts of a round, by attempt and identity.
  [[nodiscard]] virtual Result<std::vector<RefusalRow>> refusals_of(protocol::RoundId round) = 0;
  /// The newest one of each shop.
  [[nodiscard]] virtual Result<std::vector<RefusalRow>> last_refusals() = 0;
  [[nodiscard]] virtual Result<std::vector<InvitationRow>> invitations() = 0;
  [[nodiscard]] virtual Result<std::optional<InvitationRow>> invitation(const InvitationId& id) = 0;

  /// Newest first.
  [[nodiscard]] virtual Result<std::vector<TaskRow>> recent_tasks(std::uint32_t limit) = 0;
  [[nodiscard]] virtual Result<std::optional<TaskRow>> task(protocol::Epoch epoch) = 0;
  /// Newest first; all attempts.
  [[nodiscard]] virtual Result<std::vector<RoundRow>> recent_rounds(std::uint32_t limit) = 0;
  [[nodiscard]] virtual Result<std::vector<RoundRow>> attempts(protocol::RoundId round) = 0;
  [[nodiscard]] virtual Result<std::vector<EventRow>> events(const RoundKey& key) = 0;

  /// Keys of all attempts of a task.
  [[nodiscard]] virtual Result<std::vector<RoundKey>> attempts_of(protocol::Epoch epoch) = 0;
  /// The events of one kind of all attempts of a task.
  [[nodiscard]] virtual Result<std::vector<AttemptEventRow>> events_of(protocol::Epoch epoch,
                                                                       std::uint32_t kind) = 0;
  /// All attempts of the task's epoch.
  [[nodiscard]] virtual Result<std::vector<AgreementRow>> agreements(protocol::Epoch epoch) = 0;
  /// The one that still runs, if any.
  [[nodiscard]] virtual Result<std::optional<AgreementRow>> running_agreement() = 0;
  [[nodiscard]] virtual Result<std::vector<Bytes>> agreement_events(
      const protocol::AgreementId& id) = 0;

  [[nodiscard]] virtual Result<std::vector<ModelRow>> models() = 0;
  [[nodiscard]] virtual Result<std::optional<ModelRow>> model(protocol::ModelVersion version) = 0;
  /// Whether shops may fetch this blob.
  [[nodiscard]] virtual Result<bool> is_published(const BlobId& blob) = 0;
  [[nodiscard]] virtual Result<std::vector<AuditRow>> audit(std::uint64_t after,
                                                            std::uint32_t limit) = 0;
};

/// Changes inside one transaction. Inserting a key that exists is BaseErrc::already_exists;
/// changing a row that does not exist is BaseErrc::not_found.
class LedgerWriter : public LedgerReader {
 public:
  [[nodiscard]] virtual Result<> set_federation(const FederationRow& row) = 0;
  [[nodiscard]] virtual Result<> add_roster_entry(std::uint64_t sequence, ByteView frame) = 0;
  /// BaseErrc::already_exists if this change of this shop waits already.
  [[nodiscard]] virtual Result<> add_roster_proposal(const RosterProposalRow& row) = 0;
  /// Harmless when there is none.
  [[nodiscard]] virtual Result<> remove_roster_proposal(protocol::RosterChange change,
                                                        const ParticipantId& identity) = 0;
  [[nodiscard]] virtual Result<> set_roster_head(ByteView frame) = 0;
  /// Adds the shop, or replaces everything but its time of joining.
  [[nodiscard]] virtual Result<> put_shop(const ShopRow& row) = 0;
  [[nodiscard]] virtual Result<> set_last_seen(const ParticipantId& identity,
                                               std::int64_t unix_ms) = 0;
  [[nodiscard]] virtual Result<> set_last_check_in(const ParticipantId& identity,
                                                   ByteView frame) = 0;
  /// The first one of an attempt stays. A shop's refusals of rounds that are more than
  /// `kept_rounds` older than the newest round it refused are forgotten, this one too.
  [[nodiscard]] virtual Result<> add_refusal(const RefusalRow& row, std::uint64_t kept_rounds) = 0;
  [[nodiscard]] virtual Result<> add_invitation(const InvitationRow& row) = 0;
  /// BaseErrc::already_exists if it was used before.
  [[nodiscard]] virtual Result<> use_invitation(const InvitationId& id, const ParticipantId& by,
                                                const Digest& request) = 0;
  /// Lets every unused invitation of this name expire at `unix_ms`, if it does not before.
  [[nodiscard]] virtual Result<> expire_invitations(std::string_view name,
                                                    std::int64_t unix_ms) = 0;

  [[nodiscard]] virtual Result<> add_task(const TaskRow& row) = 0;
  [[nodiscard]] virtual Result<> update_task(const TaskRow& row) = 0;
  [[nodiscard]] virtual Result<> add_round(const RoundRow& row) = 0;
  /// Status, reason, transcript, outcome, summary and time of the end.
  [[nodiscard]] virtual Result<> end_round(const RoundRow& row) = 0;
  [[nodiscard]] virtual Result<> add_event(const RoundKey& key, const EventRow& row) = 0;
  /// Deletes the events of these kinds: they must not outlive their round.
  [[nodiscard]] virtual Result<> remove_events(const RoundKey& key,
                                               const std::vector<std::uint32_t>& kinds) = 0;

  [[nodiscard]] virtual Result<> add_agreement(const AgreementRow& row) = 0;
  /// Status, reason, members, key and time of the end; its events are deleted.
  [[nodiscard]] virtual Result<> end_agreement(const AgreementRow& row) = 0;
  /// `sequence` from 1 without gaps.
  [[nodiscard]] virtual Result<> add_agreement_event(const protocol::AgreementId& id,
                                                     std::uint64_t sequence, ByteView event) = 0;

  [[nodiscard]] virtual Result<> add_model(const ModelRow& row) = 0;
  /// Harmless when it is published already.
  [[nodiscard]] virtual Result<> publish(const BlobId& blob, std::string_view purpose,
                                         std::int64_t unix_ms) = 0;
  /// Appends one link; sequence and digests are the ledger's.
  [[nodiscard]] virtual Result<> append_audit(std::int64_t at_unix_ms, std::string_view actor,
                                              std::string_view action, std::string_view detail) = 0;
};

/// Rows with transactions: what one `change` did is durable when it returns, completely or not at
/// all.
///
/// Thread safe. A body must have no effect but on the ledger and on variables that it overwrites: a
/// store may run it again after a conflict with another replica. Bodies do not nest.
class Ledger {
 public:
  virtual ~Ledger() = default;
  /// One consistent view.
  [[nodiscard]] virtual Result<> read(const std::function<Result<>(LedgerReader&)>& body) = 0;
  /// Commits if `body` succeeds, else changes nothing and returns its error.
  [[nodiscard]] virtual Result<> change(const std::function<Result<>(LedgerWriter&)>& body) = 0;
};

/// `read` for one value: `read_from(ledger, [](LedgerReader& rows) { return rows.shops(); })`.
template <class Body>
[[nodiscard]] auto read_from(Ledger& ledger, const Body& body)
    -> std::invoke_result_t<Body, LedgerReader&> {
  std::invoke_result_t<Body, LedgerReader&> answer;
  GS_CHECK(ledger.read([&](LedgerReader& rows) -> Result<> {
    answer = body(rows);
    if (answer.has_error()) return answer.error();
    return {};
  }));
  return answer;
}

/// The digest of one link of the audit chain.
[[nodiscard]] Digest audit_digest(const AuditRow& row);
/// BaseErrc::corrupt naming the first link that does not continue the chain from `previous`.
[[nodiscard]] Result<> verify_audit(const std::vector<AuditRow>& rows, const Digest& previous);

}  // namespace guildsum::coordinator
