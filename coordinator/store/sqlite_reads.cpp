#include "base/errors.hpp"
#include "coordinator/store/sqlite_rows.hpp"

namespace guildsum::coordinator {
namespace {

using sqlite::Statement;

// The largest stored number of each status; all begin at 1.
constexpr std::int64_t last_number(ShopStatus) { return 3; }
constexpr std::int64_t last_number(protocol::RosterChange) { return 2; }
constexpr std::int64_t last_number(TaskStatus) { return 3; }
constexpr std::int64_t last_number(RoundStatus) { return 4; }
constexpr std::int64_t last_number(AgreementStatus) { return 3; }

/// Reads columns in order. The first value that does not fit its type makes the row corrupt.
class Row {
 public:
  explicit Row(const Statement& statement) noexcept : statement_{statement} {}

  void take(std::string& out) { out = statement_.text(column_++); }
  void take(Bytes& out) { out = statement_.blob_copy(column_++); }
  void take(std::int64_t& out) { out = statement_.integer(column_++); }
  void take(std::uint64_t& out) { out = statement_.unsigned_integer(column_++); }
  void take(std::uint32_t& out) { out = static_cast<std::uint32_t>(statement_.integer(column_++)); }
  template <class Tag, class Integer>
  void take(StrongId<Tag, Integer>& out) {
    out = StrongId<Tag, Integer>{static_cast<Integer>(statement_.unsigned_integer(column_++))};
  }
  template <class Tag, std::size_t N>
  void take(FixedBytes<Tag, N>& out) {
    auto parsed = FixedBytes<Tag, N>::parse(statement_.blob(column_++));
    if (parsed.has_error()) return fail();
    out = *parsed;
  }
  template <class Tag, std::size_t N>
  void take(std::optional<FixedBytes<Tag, N>>& out) {
    if (statement_.is_null(column_)) {
      ++column_;
      return;
    }
    take(out.emplace());
  }
  template <class Enum>
    requires std::is_enum_v<Enum>
  void take(Enum& out) {
    const auto value = statement_.integer(column_++);
    if (value < 1 || value > last_number(Enum{})) return fail();
    out = static_cast<Enum>(value);
  }

  template <class... Fields>
  Result<> into(Fields&... fields) {
    (take(fields), ...);
    if (!failed_) return {};
    return Error{BaseErrc::corrupt, "a row of the ledger has a value of the wrong form"};
  }

 private:
  void fail() noexcept { failed_ = true; }
  const Statement& statement_;
  int column_ = 0;
  bool failed_ = false;
};

Result<> read_row(Row row, Bytes& r) { return row.into(r); }
Result<> read_row(Row row, FederationRow& r) { return row.into(r.name, r.id, r.created_unix_ms); }
Result<> read_row(Row row, ShopRow& r) {
  return row.into(r.identity, r.name, r.status, r.certificate_pem, r.certificate,
                  r.certificate_expires_unix_ms, r.joined_unix_ms, r.last_seen_unix_ms);
}
Result<> read_row(Row row, RosterProposalRow& r) {
  return row.into(r.proposal.change, r.proposal.participant, r.proposal.name, r.created_unix_ms);
}
Result<> read_row(Row row, RefusalRow& r) {
  return row.into(r.identity, r.round, r.attempt, r.code, r.at_unix_ms);
}
Result<> read_row(Row row, InvitationRow& r) {
  return row.into(r.id, r.name, r.secret_digest, r.created_unix_ms, r.expires_unix_ms, r.used_by,
                  r.request);
}
Result<> read_row(Row row, TaskRow& r) {
  return row.into(r.epoch, r.kind, r.plan, r.status, r.reason, r.first_root, r.checkpoint,
                  r.survivors, r.sums_done, r.sums_total, r.created_unix_ms, r.ended_unix_ms,
                  r.origin);
}
Result<> read_row(Row row, RoundRow& r) {
  return row.into(r.key.round, r.key.attempt, r.epoch, r.step_kind, r.step_number, r.plan, r.status,
                  r.reason, r.transcript, r.outcome, r.summary, r.started_unix_ms, r.ended_unix_ms);
}
Result<> read_row(Row row, EventRow& r) { return row.into(r.sequence, r.kind, r.bytes); }
Result<> read_row(Row row, RoundKey& r) { return row.into(r.round, r.attempt); }
Result<> read_row(Row row, AttemptEventRow& r) {
  return row.into(r.attempt.round, r.attempt.attempt, r.event.sequence, r.event.kind,
                  r.event.bytes);
}
Result<> read_row(Row row, ModelRow& r) {
  return row.into(r.version, r.kind, r.checkpoint, r.plan, r.lineage, r.epoch, r.round, r.survivors,
                  r.created_unix_ms);
}
Result<> read_row(Row row, AgreementRow& r) {
  return row.into(r.id.epoch, r.id.attempt, r.roster_head, r.invited, r.status, r.reason, r.members,
                  r.key, r.started_unix_ms, r.ended_unix_ms);
}
Result<> read_row(Row row, AuditRow& r) {
  return row.into(r.sequence, r.at_unix_ms, r.actor, r.action, r.detail, r.previous, r.digest);
}

template <class T, class... Values>
Result<std::vector<T>> select(sqlite::Database& database, std::string_view sql,
                              const Values&... values) {
  GS_TRY(auto statement, database.prepare(sql));
  statement.bind(values...);
  std::vector<T> rows;
  for (;;) {
    GS_TRY(const bool more, statement.step());
    if (!more) return rows;
    GS_CHECK(read_row(Row{statement}, rows.emplace_back()));
  }
}

template <class T, class... Values>
Result<std::optional<T>> select_one(sqlite::Database& database, std::string_view sql,
                                    const Values&... values) {
  GS_TRY(auto rows, select<T>(database, sql, values...));
  if (rows.empty()) return std::optional<T>{};
  return std::optional<T>{std::move(rows.front())};
}

#define GS_SHOP_COLUMNS                                           \
  "SELECT identity, name, status, certificate_pem, certificate, " \
  "certificate_expires, joined, last_seen FROM shop "
#define GS_INVITATION_COLUMNS \
  "SELECT id, name, secret_digest, created, expires, used_by, request FROM invitation "
#define GS_TASK_COLUMNS                                                                      \
  "SELECT epoch, kind, plan, status, reason, first_root, checkpoint, survivors, sums_done, " \
  "sums_total, created, ended, origin FROM task "
#define GS_ROUND_COLUMNS                                                                     \
  "SELECT round, attempt, epoch, step_kind, step_number, plan, status, reason, transcript, " \
  "outcome, summary, started, ended FROM round "
#define GS_MODEL_COLUMNS \
  "SELECT version, kind, checkpoint, plan, lineage, epoch, round, survivors, created FROM model "
#define GS_AGREEMENT_COLUMNS                                                           \
  "SELECT epoch, attempt, roster_head, invited, status, reason, members, key_digest, " \
  "started, ended FROM key_agreement "

}  // namespace

Result<std::optional<FederationRow>> SqliteReads::federation() {
  return select_one<FederationRow>(database_, "SELECT name, id, created FROM federation");
}

Result<std::vector<Bytes>> SqliteReads::roster_entries(std::uint64_t after) {
  return select<Bytes>(
      database_, "SELECT frame FROM roster_entry WHERE sequence > ? ORDER BY sequence", after);
}

Result<std::vector<RosterProposalRow>> SqliteReads::roster_proposals() {
  return select<RosterProposalRow>(
      database_,
      "SELECT change, identity, name, created FROM roster_proposal ORDER BY created, change DESC, "
      "name");
}

Result<std::optional<Bytes>> SqliteReads::roster_head() {
  return select_one<Bytes>(database_, "SELECT frame FROM roster_head");
}

Result<std::vector<ShopRow>> SqliteReads::shops() {
  return select<ShopRow>(database_, GS_SHOP_COLUMNS "ORDER BY identity");
}

Result<std::optional<ShopRow>> SqliteReads::shop(const ParticipantId& identity) {
  return select_one<ShopRow>(database_, GS_SHOP_COLUMNS "WHERE identity = ?", identity);
}

Result<std::optional<Bytes>> SqliteReads::last_check_in(const ParticipantId& identity) {
  return select_one<Bytes>(database_, "SELECT frame FROM check_in WHERE identity = ?", identity);
}

Result<std::vector<RefusalRow>> SqliteReads::refusals_of(protocol::RoundId round) {
  return select<RefusalRow>(database_,
                            "SELECT identity, round, attempt, code, at FROM refusal "
                            "WHERE round = ? ORDER BY attempt, identity",
                            round.value());
}

Result<std::vector<RefusalRow>> SqliteReads::last_refusals() {
  return select<RefusalRow>(
      database_,
      "SELECT identity, round, attempt, code, at FROM refusal AS r WHERE NOT EXISTS (SELECT 1 FROM "
      "refusal AS later WHERE later.identity = r.identity AND (later.round > r.round OR "
      "(later.round = r.round AND later.attempt > r.attempt))) ORDER BY identity");
}

Result<std::vector<InvitationRow>> SqliteReads::invitations() {
  return select<InvitationRow>(database_, GS_INVITATION_COLUMNS "ORDER BY id");
}

Result<std::optional<InvitationRow>> SqliteReads::invitation(const InvitationId& id) {
  return select_one<InvitationRow>(database_, GS_INVITATION_COLUMNS "WHERE id = ?", id);
}

Result<std::vector<TaskRow>> SqliteReads::recent_tasks(std::uint32_t limit) {
  return select<TaskRow>(database_, GS_TASK_COLUMNS "ORDER BY epoch DESC LIMIT ?", limit);
}

Result<std::optional<TaskRow>> SqliteReads::task(protocol::Epoch epoch) {
  return select_one<TaskRow>(database_, GS_TASK_COLUMNS "WHERE epoch = ?", epoch.value());
}

Result<std::vector<RoundRow>> SqliteReads::recent_rounds(std::uint32_t limit) {
  return select<RoundRow>(database_, GS_ROUND_COLUMNS "ORDER BY round DESC, attempt DESC LIMIT ?",
                          limit);
}

Result<std::vector<RoundRow>> SqliteReads::attempts(protocol::RoundId round) {
  return select<RoundRow>(database_, GS_ROUND_COLUMNS "WHERE round = ? ORDER BY attempt",
                          round.value());
}

Result<std::vector<EventRow>> SqliteReads::events(const RoundKey& key) {
  return select<EventRow>(database_,
                          "SELECT sequence, kind, bytes FROM round_event "
                          "WHERE round = ? AND attempt = ? ORDER BY sequence",
                          key.round.value(), key.attempt.value());
}

Result<std::vector<RoundKey>> SqliteReads::attempts_of(protocol::Epoch epoch) {
  return select<RoundKey>(
      database_, "SELECT round, attempt FROM round WHERE epoch = ? ORDER BY round, attempt",
      epoch.value());
}

Result<std::vector<AttemptEventRow>> SqliteReads::events_of(protocol::Epoch epoch,
                                                            std::uint32_t kind) {
  return select<AttemptEventRow>(
      database_,
      "SELECT round, attempt, sequence, round_event.kind, bytes FROM round_event "
      "JOIN round USING (round, attempt) WHERE epoch = ? AND round_event.kind = ? "
      "ORDER BY round, attempt, sequence",
      epoch.value(), kind);
}

Result<std::vector<AgreementRow>> SqliteReads::agreements(protocol::Epoch epoch) {
  return select<AgreementRow>(database_, GS_AGREEMENT_COLUMNS "WHERE epoch = ? ORDER BY attempt",
                              epoch.value());
}

Result<std::optional<AgreementRow>> SqliteReads::running_agreement() {
  return select_one<AgreementRow>(database_, GS_AGREEMENT_COLUMNS "WHERE status = 1");
}

Result<std::vector<Bytes>> SqliteReads::agreement_events(const protocol::AgreementId& id) {
  return select<Bytes>(database_,
                       "SELECT bytes FROM key_agreement_event WHERE epoch = ? AND attempt = ? "
                       "ORDER BY sequence",
                       id.epoch.value(), id.attempt.value());
}

Result<std::vector<ModelRow>> SqliteReads::models() {
  return select<ModelRow>(database_, GS_MODEL_COLUMNS "ORDER BY version");
}

Result<std::optional<ModelRow>> SqliteReads::model(protocol::ModelVersion version) {
  return select_one<ModelRow>(database_, GS_MODEL_COLUMNS "WHERE version = ?", version.value());
}

Result<bool> SqliteReads::is_published(const BlobId& blob) {
  GS_TRY(auto statement, database_.prepare("SELECT 1 FROM published_blob WHERE id = ?"));
  return statement.bind(blob).step();
}

Result<std::vector<AuditRow>> SqliteReads::audit(std::uint64_t after, std::uint32_t limit) {
  return select<AuditRow>(
      database_,
      "SELECT sequence, at, actor, action, detail, previous, digest FROM audit WHERE sequence > ? "
      "ORDER BY sequence LIMIT ?",
      after, limit);
}

}  // namespace guildsum::coordinator
