#pragma once

#include <memory>

#include "base/sqlite/database.hpp"
#include "coordinator/store/ledger.hpp"

/// The statements behind `SqliteLedger`. Private to store/.
namespace guildsum::coordinator {

/// The reading half, inside whatever transaction is open on the connection.
class SqliteReads : public LedgerWriter {
 public:
  explicit SqliteReads(sqlite::Database& database) noexcept : database_{database} {}

  Result<std::optional<FederationRow>> federation() override;
  Result<std::vector<Bytes>> roster_entries(std::uint64_t after) override;
  Result<std::vector<RosterProposalRow>> roster_proposals() override;
  Result<std::optional<Bytes>> roster_head() override;
  Result<std::vector<ShopRow>> shops() override;
  Result<std::optional<ShopRow>> shop(const ParticipantId& identity) override;
  Result<std::optional<Bytes>> last_check_in(const ParticipantId& identity) override;
  Result<std::vector<RefusalRow>> refusals_of(protocol::RoundId round) override;
  Result<std::vector<RefusalRow>> last_refusals() override;
  Result<std::vector<InvitationRow>> invitations() override;
  Result<std::optional<InvitationRow>> invitation(const InvitationId& id) override;
  Result<std::vector<TaskRow>> recent_tasks(std::uint32_t limit) override;
  Result<std::optional<TaskRow>> task(protocol::Epoch epoch) override;
  Result<std::vector<RoundRow>> recent_rounds(std::uint32_t limit) override;
  Result<std::vector<RoundRow>> attempts(protocol::RoundId round) override;
  Result<std::vector<EventRow>> events(const RoundKey& key) override;
  Result<std::vector<RoundKey>> attempts_of(protocol::Epoch epoch) override;
  Result<std::vector<AttemptEventRow>> events_of(protocol::Epoch epoch,
                                                 std::uint32_t kind) override;
  Result<std::vector<AgreementRow>> agreements(protocol::Epoch epoch) override;
  Result<std::optional<AgreementRow>> running_agreement() override;
  Result<std::vector<Bytes>> agreement_events(const protocol::AgreementId& id) override;
  Result<std::vector<ModelRow>> models() override;
  Result<std::optional<ModelRow>> model(protocol::ModelVersion version) override;
  Result<bool> is_published(const BlobId& blob) override;
  Result<std::vector<AuditRow>> audit(std::uint64_t after, std::uint32_t limit) override;

 protected:
  sqlite::Database& database_;
};

/// Reads and writes on one connection.
class SqliteWrites final : public SqliteReads {
 public:
  using SqliteReads::SqliteReads;

  Result<> set_federation(const FederationRow& row) override;
  Result<> add_roster_entry(std::uint64_t sequence, ByteView frame) override;
  Result<> add_roster_proposal(const RosterProposalRow& row) override;
  Result<> remove_roster_proposal(protocol::RosterChange change,
                                  const ParticipantId& identity) override;
  Result<> set_roster_head(ByteView frame) override;
  Result<> put_shop(const ShopRow& row) override;
  Result<> set_last_seen(const ParticipantId& identity, std::int64_t unix_ms) override;
  Result<> set_last_check_in(const ParticipantId& identity, ByteView frame) override;
  Result<> add_refusal(const RefusalRow& row, std::uint64_t kept_rounds) override;
  Result<> add_invitation(const InvitationRow& row) override;
  Result<> use_invitation(const InvitationId& id, const ParticipantId& by,
                          const Digest& request) override;
  Result<> expire_invitations(std::string_view name, std::int64_t unix_ms) override;
  Result<> add_task(const TaskRow& row) override;
  Result<> update_task(const TaskRow& row) override;
  Result<> add_round(const RoundRow& row) override;
  Result<> end_round(const RoundRow& row) override;
  Result<> add_event(const RoundKey& key, const EventRow& row) override;
  Result<> remove_events(const RoundKey& key, const std::vector<std::uint32_t>& kinds) override;
  Result<> add_agreement(const AgreementRow& row) override;
  Result<> end_agreement(const AgreementRow& row) override;
  Result<> add_agreement_event(const protocol::AgreementId& id, std::uint64_t sequence,
                               ByteView event) override;
  Result<> add_model(const ModelRow& row) override;
  Result<> publish(const BlobId& blob, std::string_view purpose, std::int64_t unix_ms) override;
  Result<> append_audit(std::int64_t at_unix_ms, std::string_view actor, std::string_view action,
                        std::string_view detail) override;

 private:
  /// Runs a statement that must change exactly one row: `nothing` otherwise.
  template <class... Values>
  Result<> change_one(BaseErrc nothing, std::string_view what, std::string_view sql,
                      const Values&... values);
};

}  // namespace guildsum::coordinator
