#include "base/errors.hpp"
#include "coordinator/store/sqlite_rows.hpp"

namespace guildsum::coordinator {
namespace {

template <class Enum>
std::int64_t number(Enum value) noexcept {
  return static_cast<std::int64_t>(value);
}

template <class... Values>
Result<> execute(sqlite::Database& database, std::string_view sql, const Values&... values) {
  GS_TRY(auto statement, database.prepare(sql));
  return statement.bind(values...).run();
}

}  // namespace

template <class... Values>
Result<> SqliteWrites::change_one(BaseErrc nothing, std::string_view what, std::string_view sql,
                                  const Values&... values) {
  GS_CHECK(execute(database_, sql, values...));
  if (database_.changed_rows() != 1) return Error{nothing, std::string{what}};
  return {};
}

Result<> SqliteWrites::set_federation(const FederationRow& row) {
  return execute(database_, "INSERT INTO federation(only, name, id, created) VALUES (1, ?, ?, ?)",
                 row.name, row.id, row.created_unix_ms);
}

Result<> SqliteWrites::add_roster_entry(std::uint64_t sequence, ByteView frame) {
  return execute(database_, "INSERT INTO roster_entry(sequence, frame) VALUES (?, ?)", sequence,
                 frame);
}

Result<> SqliteWrites::add_roster_proposal(const RosterProposalRow& row) {
  return execute(database_,
                 "INSERT INTO roster_proposal(identity, change, name, created) VALUES (?, ?, ?, ?)",
                 row.proposal.participant, number(row.proposal.change), row.proposal.name,
                 row.created_unix_ms);
}

Result<> SqliteWrites::remove_roster_proposal(protocol::RosterChange change,
                                              const ParticipantId& identity) {
  return execute(database_, "DELETE FROM roster_proposal WHERE identity = ? AND change = ?",
                 identity, number(change));
}

Result<> SqliteWrites::set_roster_head(ByteView frame) {
  return execute(database_,
                 "INSERT INTO roster_head(only, frame) VALUES (1, ?) "
                 "ON CONFLICT(only) DO UPDATE SET frame = excluded.frame",
                 frame);
}

Result<> SqliteWrites::put_shop(const ShopRow& row) {
  return execute(
      database_,
      "INSERT INTO shop(identity, name, status, certificate_pem, certificate, certificate_expires, "
      "joined, last_seen) VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT(identity) DO UPDATE SET "
      "name = excluded.name, status = excluded.status, certificate_pem = excluded.certificate_pem, "
      "certificate = excluded.certificate, certificate_expires = excluded.certificate_expires, "
      "last_seen = excluded.last_seen",
      row.identity, row.name, number(row.status), row.certificate_pem, row.certificate,
      row.certificate_expires_unix_ms, row.joined_unix_ms, row.last_seen_unix_ms);
}

Result<> SqliteWrites::set_last_seen(const ParticipantId& identity, std::int64_t unix_ms) {
  return change_one(BaseErrc::not_found, "shop", "UPDATE shop SET last_seen = ? WHERE identity = ?",
                    unix_ms, identity);
}

Result<> SqliteWrites::set_last_check_in(const ParticipantId& identity, ByteView frame) {
  return execute(database_,
                 "INSERT INTO check_in(identity, frame) VALUES (?, ?) "
                 "ON CONFLICT(identity) DO UPDATE SET frame = excluded.frame",
                 identity, frame);
}

Result<> SqliteWrites::add_refusal(const RefusalRow& row, std::uint64_t kept_rounds) {
  GS_CHECK(execute(database_,
                   "INSERT INTO refusal(identity, round, attempt, code, at) VALUES (?, ?, ?, ?, ?) "
                   "ON CONFLICT(identity, round, attempt) DO NOTHING",
                   row.identity, row.round.value(), row.attempt.value(), row.code,
                   row.at_unix_ms));
  return execute(database_,
                 "DELETE FROM refusal WHERE identity = ?1 AND round + ?2 < "
                 "(SELECT max(round) FROM refusal WHERE identity = ?1)",
                 row.identity, kept_rounds);
}

Result<> SqliteWrites::add_invitation(const InvitationRow& row) {
  return execute(database_,
                 "INSERT INTO invitation(id, name, secret_digest, created, expires, used_by, "
                 "request) VALUES (?, ?, ?, ?, ?, ?, ?)",
                 row.id, row.name, row.secret_digest, row.created_unix_ms, row.expires_unix_ms,
                 row.used_by, row.request);
}

Result<> SqliteWrites::use_invitation(const InvitationId& id, const ParticipantId& by,
                                      const Digest& request) {
  return change_one(BaseErrc::already_exists, "invitation",
                    "UPDATE invitation SET used_by = ?, request = ? "
                    "WHERE id = ? AND used_by IS NULL",
                    by, request, id);
}

Result<> SqliteWrites::expire_invitations(std::string_view name, std::int64_t unix_ms) {
  return execute(database_,
                 "UPDATE invitation SET expires = min(expires, ?) "
                 "WHERE name = ? AND used_by IS NULL",
                 unix_ms, name);
}

Result<> SqliteWrites::add_task(const TaskRow& row) {
  return execute(database_,
                 "INSERT INTO task(epoch, kind, plan, status, reason, first_root, checkpoint, "
                 "survivors, sums_done, sums_total, created, ended, origin) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 row.epoch.value(), row.kind, row.plan, number(row.status), row.reason,
                 row.first_root, row.checkpoint, row.survivors, row.sums_done, row.sums_total,
                 row.created_unix_ms, row.ended_unix_ms, row.origin.value());
}

Result<> SqliteWrites::update_task(const TaskRow& row) {
  return change_one(BaseErrc::not_found, "task",
                    "UPDATE task SET status = ?, reason = ?, checkpoint = ?, survivors = ?, "
                    "sums_done = ?, sums_total = ?, ended = ? WHERE epoch = ?",
                    number(row.status), row.reason, row.checkpoint, row.survivors, row.sums_done,
                    row.sums_total, row.ended_unix_ms, row.epoch.value());
}

Result<> SqliteWrites::add_round(const RoundRow& row) {
  return execute(database_,
                 "INSERT INTO round(round, attempt, epoch, step_kind, step_number, plan, status, "
                 "reason, transcript, outcome, summary, started, ended) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 row.key.round.value(), row.key.attempt.value(), row.epoch.value(), row.step_kind,
                 row.step_number, row.plan, number(row.status), row.reason, row.transcript,
                 row.outcome, row.summary, row.started_unix_ms, row.ended_unix_ms);
}

Result<> SqliteWrites::end_round(const RoundRow& row) {
  return change_one(BaseErrc::not_found, "running round",
                    "UPDATE round SET status = ?, reason = ?, transcript = ?, outcome = ?, "
                    "summary = ?, ended = ? WHERE round = ? AND attempt = ? AND ended = 0",
                    number(row.status), row.reason, row.transcript, row.outcome, row.summary,
                    row.ended_unix_ms, row.key.round.value(), row.key.attempt.value());
}

Result<> SqliteWrites::add_event(const RoundKey& key, const EventRow& row) {
  return execute(
      database_,
      "INSERT INTO round_event(round, attempt, sequence, kind, bytes) VALUES (?, ?, ?, ?, ?)",
      key.round.value(), key.attempt.value(), row.sequence, row.kind, row.bytes);
}

Result<> SqliteWrites::remove_events(const RoundKey& key, const std::vector<std::uint32_t>& kinds) {
  for (const std::uint32_t kind : kinds) {
    GS_CHECK(execute(database_,
                     "DELETE FROM round_event WHERE round = ? AND attempt = ? AND kind = ?",
                     key.round.value(), key.attempt.value(), kind));
  }
  return {};
}

Result<> SqliteWrites::add_agreement(const AgreementRow& row) {
  return execute(database_,
                 "INSERT INTO key_agreement(epoch, attempt, roster_head, invited, status, reason, "
                 "members, key_digest, started, ended) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 row.id.epoch.value(), row.id.attempt.value(), row.roster_head, row.invited,
                 number(row.status), row.reason, row.members, row.key, row.started_unix_ms,
                 row.ended_unix_ms);
}

Result<> SqliteWrites::end_agreement(const AgreementRow& row) {
  GS_CHECK(change_one(BaseErrc::not_found, "running key agreement",
                      "UPDATE key_agreement SET status = ?, reason = ?, members = ?, "
                      "key_digest = ?, ended = ? WHERE epoch = ? AND attempt = ? AND ended = 0",
                      number(row.status), row.reason, row.members, row.key, row.ended_unix_ms,
                      row.id.epoch.value(), row.id.attempt.value()));
  return execute(database_, "DELETE FROM key_agreement_event WHERE epoch = ? AND attempt = ?",
                 row.id.epoch.value(), row.id.attempt.value());
}

Result<> SqliteWrites::add_agreement_event(const protocol::AgreementId& id, std::uint64_t sequence,
                                           ByteView event) {
  return execute(database_,
                 "INSERT INTO key_agreement_event(epoch, attempt, sequence, bytes) "
                 "VALUES (?, ?, ?, ?)",
                 id.epoch.value(), id.attempt.value(), sequence, event);
}

Result<> SqliteWrites::add_model(const ModelRow& row) {
  return execute(database_,
                 "INSERT INTO model(version, kind, checkpoint, plan, lineage, epoch, round, "
                 "survivors, created) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                 row.version.value(), row.kind, row.checkpoint, row.plan, row.lineage,
                 row.epoch.value(), row.round.value(), row.survivors, row.created_unix_ms);
}

Result<> SqliteWrites::publish(const BlobId& blob, std::string_view purpose, std::int64_t unix_ms) {
  return execute(database_,
                 "INSERT INTO published_blob(id, purpose, created) VALUES (?, ?, ?) "
                 "ON CONFLICT(id) DO NOTHING",
                 blob, purpose, unix_ms);
}

Result<> SqliteWrites::append_audit(std::int64_t at_unix_ms, std::string_view actor,
                                    std::string_view action, std::string_view detail) {
  AuditRow row;
  row.at_unix_ms = at_unix_ms;
  row.actor = actor;
  row.action = action;
  row.detail = detail;
  GS_TRY(auto last,
         database_.prepare("SELECT sequence, digest FROM audit ORDER BY sequence DESC LIMIT 1"));
  GS_TRY(const bool found, last.step());
  row.sequence = found ? last.unsigned_integer(0) + 1 : 1;
  if (found) {
    GS_TRY(row.previous, Digest::parse(last.blob(1)));
  }
  row.digest = audit_digest(row);
  return execute(database_,
                 "INSERT INTO audit(sequence, at, actor, action, detail, previous, digest) "
                 "VALUES (?, ?, ?, ?, ?, ?, ?)",
                 row.sequence, row.at_unix_ms, row.actor, row.action, row.detail, row.previous,
                 row.digest);
}

}  // namespace guildsum::coordinator
