#include "coordinator/store/schema.hpp"

#include <array>

namespace guildsum::coordinator {
namespace {

constexpr std::string_view kFirst = R"sql(
CREATE TABLE federation(
  only INTEGER PRIMARY KEY CHECK (only = 1),
  name TEXT NOT NULL, id BLOB NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE TABLE roster_entry(sequence INTEGER PRIMARY KEY, frame BLOB NOT NULL) STRICT;
CREATE TABLE shop(
  identity BLOB PRIMARY KEY, name TEXT NOT NULL, status INTEGER NOT NULL,
  certificate_pem TEXT NOT NULL, certificate BLOB NOT NULL, certificate_expires INTEGER NOT NULL,
  joined INTEGER NOT NULL, last_seen INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE invitation(
  id BLOB PRIMARY KEY, name TEXT NOT NULL, secret_digest BLOB NOT NULL,
  created INTEGER NOT NULL, expires INTEGER NOT NULL,
  used_by BLOB, request BLOB NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE task(
  epoch INTEGER PRIMARY KEY, kind TEXT NOT NULL, plan BLOB NOT NULL,
  status INTEGER NOT NULL, reason TEXT NOT NULL,
  first_root BLOB NOT NULL, checkpoint BLOB NOT NULL, survivors BLOB NOT NULL,
  sums_done INTEGER NOT NULL, sums_total INTEGER NOT NULL,
  created INTEGER NOT NULL, ended INTEGER NOT NULL) STRICT;
CREATE TABLE round(
  round INTEGER NOT NULL, attempt INTEGER NOT NULL, epoch INTEGER NOT NULL REFERENCES task(epoch),
  step_kind TEXT NOT NULL, step_number INTEGER NOT NULL, plan BLOB NOT NULL,
  status INTEGER NOT NULL, reason TEXT NOT NULL, transcript BLOB NOT NULL,
  outcome BLOB NOT NULL, summary TEXT NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL,
  PRIMARY KEY (round, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE round_event(
  round INTEGER NOT NULL, attempt INTEGER NOT NULL, sequence INTEGER NOT NULL,
  kind INTEGER NOT NULL, bytes BLOB NOT NULL,
  PRIMARY KEY (round, attempt, sequence),
  FOREIGN KEY (round, attempt) REFERENCES round(round, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE model(
  version INTEGER PRIMARY KEY, kind TEXT NOT NULL, checkpoint BLOB NOT NULL, plan BLOB NOT NULL,
  lineage BLOB NOT NULL, epoch INTEGER NOT NULL, round INTEGER NOT NULL,
  survivors INTEGER NOT NULL, created INTEGER NOT NULL) STRICT;
CREATE TABLE published_blob(
  id BLOB PRIMARY KEY, purpose TEXT NOT NULL, created INTEGER NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE audit(
  sequence INTEGER PRIMARY KEY, at INTEGER NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL,
  detail TEXT NOT NULL, previous BLOB NOT NULL, digest BLOB NOT NULL) STRICT;
CREATE TRIGGER audit_keeps_rows BEFORE DELETE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
CREATE TRIGGER audit_keeps_content BEFORE UPDATE ON audit
  BEGIN SELECT RAISE(ABORT, 'the audit log only grows'); END;
)sql";

constexpr std::string_view kAgreements = R"sql(
CREATE TABLE key_agreement(
  epoch INTEGER NOT NULL, attempt INTEGER NOT NULL, roster_head BLOB NOT NULL,
  invited BLOB NOT NULL, status INTEGER NOT NULL, reason TEXT NOT NULL,
  members BLOB NOT NULL, key_digest BLOB NOT NULL,
  started INTEGER NOT NULL, ended INTEGER NOT NULL,
  PRIMARY KEY (epoch, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE key_agreement_event(
  epoch INTEGER NOT NULL, attempt INTEGER NOT NULL, sequence INTEGER NOT NULL,
  bytes BLOB NOT NULL,
  PRIMARY KEY (epoch, attempt, sequence),
  FOREIGN KEY (epoch, attempt) REFERENCES key_agreement(epoch, attempt)) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kRegistrar = R"sql(
CREATE TABLE roster_proposal(
  identity BLOB NOT NULL, change INTEGER NOT NULL, name TEXT NOT NULL, created INTEGER NOT NULL,
  PRIMARY KEY (identity, change)) STRICT, WITHOUT ROWID;
CREATE TABLE roster_head(
  only INTEGER PRIMARY KEY CHECK (only = 1), frame BLOB NOT NULL) STRICT;
CREATE TABLE refusal(
  identity BLOB NOT NULL, round INTEGER NOT NULL, attempt INTEGER NOT NULL, code TEXT NOT NULL,
  at INTEGER NOT NULL, PRIMARY KEY (identity, round, attempt)) STRICT, WITHOUT ROWID;
CREATE TABLE check_in(identity BLOB PRIMARY KEY, frame BLOB NOT NULL) STRICT, WITHOUT ROWID;
)sql";

constexpr std::string_view kOrigin = R"sql(
ALTER TABLE task ADD COLUMN origin INTEGER NOT NULL DEFAULT 0;
UPDATE task SET origin = epoch;
)sql";

constexpr std::array<sqlite::Migration, 4> kMigrations{
    sqlite::Migration{1, "shops, rounds, models, audit", kFirst},
    sqlite::Migration{2, "key agreements of private vocabularies", kAgreements},
    sqlite::Migration{3, "external registrar, last check-ins, refusals", kRegistrar},
    sqlite::Migration{4, "tasks that go on with a lineage", kOrigin},
};

}  // namespace

std::span<const sqlite::Migration> ledger_migrations() noexcept { return kMigrations; }

}  // namespace guildsum::coordinator
