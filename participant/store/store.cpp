#include "participant/store/store.hpp"

#include <array>

#include "base/sqlite/migrations.hpp"

namespace guildsum::participant {
namespace {

// Times are milliseconds since 1970. Customers appear as pseudonyms only (HMAC-SHA256 under a key
// that lies beside the store, not in it).
constexpr std::array kMigrations{
    sqlite::Migration{1, "purchases, models, rounds and the outbox ledger", R"sql(
CREATE TABLE setting(
  key   TEXT PRIMARY KEY,
  value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE customer(
  id        INTEGER PRIMARY KEY,
  pseudonym BLOB NOT NULL UNIQUE);
CREATE TABLE item(
  id      INTEGER PRIMARY KEY,
  item_id TEXT NOT NULL UNIQUE);
CREATE TABLE interaction(
  customer   INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  item       INTEGER NOT NULL REFERENCES item(id),
  at_ms      INTEGER NOT NULL,
  order_tag  BLOB NOT NULL,
  occurrence INTEGER NOT NULL,
  quantity   REAL NOT NULL,
  PRIMARY KEY(customer, item, at_ms, order_tag, occurrence)) WITHOUT ROWID;
CREATE TABLE holdout(
  customer INTEGER NOT NULL REFERENCES customer(id) ON DELETE CASCADE,
  item     INTEGER NOT NULL REFERENCES item(id),
  PRIMARY KEY(customer, item)) WITHOUT ROWID;
CREATE TABLE customer_factors(
  customer INTEGER PRIMARY KEY REFERENCES customer(id) ON DELETE CASCADE,
  version  INTEGER NOT NULL,
  factors  BLOB NOT NULL);
CREATE TABLE source(
  name    TEXT PRIMARY KEY,
  read_at INTEGER NOT NULL,
  summary TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE model(
  kind        TEXT PRIMARY KEY,
  version     INTEGER NOT NULL,
  root        BLOB NOT NULL,
  plan        BLOB NOT NULL,
  round       INTEGER NOT NULL,
  received_at INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE task_state(
  id          INTEGER PRIMARY KEY CHECK (id = 1),
  lineage     BLOB NOT NULL,
  step_number INTEGER NOT NULL,
  root        BLOB NOT NULL,
  plan        BLOB NOT NULL,
  survivors   BLOB NOT NULL);
CREATE TABLE evaluation(
  role         TEXT NOT NULL,
  kind         TEXT NOT NULL,
  version      INTEGER NOT NULL,
  users        INTEGER NOT NULL,
  ndcg_at_20   REAL NOT NULL,
  recall_at_20 REAL NOT NULL,
  coverage_at_20 REAL NOT NULL,
  data_digest  BLOB NOT NULL,
  evaluated_at INTEGER NOT NULL,
  PRIMARY KEY(role, kind)) WITHOUT ROWID;
CREATE TABLE round(
  round     INTEGER NOT NULL,
  attempt   INTEGER NOT NULL,
  task_kind TEXT NOT NULL,
  step_kind TEXT NOT NULL DEFAULT '',
  phase     TEXT NOT NULL,
  counted   INTEGER NOT NULL DEFAULT 0,
  accepted  INTEGER NOT NULL DEFAULT 0,
  started_at INTEGER NOT NULL,
  ended_at  INTEGER,
  detail    TEXT NOT NULL DEFAULT '',
  PRIMARY KEY(round, attempt)) WITHOUT ROWID;
CREATE TABLE outbox(
  id          INTEGER PRIMARY KEY,
  sent_at     INTEGER NOT NULL,
  round       INTEGER NOT NULL,
  attempt     INTEGER NOT NULL,
  type        TEXT NOT NULL,
  bytes       INTEGER NOT NULL,
  destination TEXT NOT NULL,
  sha256      BLOB NOT NULL);
CREATE INDEX outbox_by_round ON outbox(round, attempt);
CREATE TABLE refusal(
  id     INTEGER PRIMARY KEY,
  at     INTEGER NOT NULL,
  round  INTEGER NOT NULL,
  reason TEXT NOT NULL);
)sql"},
    sqlite::Migration{2, "codes of refusals", R"sql(
ALTER TABLE refusal ADD COLUMN code TEXT NOT NULL DEFAULT 'refused';
)sql"},
    sqlite::Migration{3, "which step of which lineage a model is", R"sql(
ALTER TABLE model ADD COLUMN lineage BLOB NOT NULL
  DEFAULT x'0000000000000000000000000000000000000000000000000000000000000000';
ALTER TABLE model ADD COLUMN step_number INTEGER NOT NULL DEFAULT 0;
)sql"},
    sqlite::Migration{4, "what customers decided", R"sql(
CREATE TABLE consent(
  id             INTEGER PRIMARY KEY AUTOINCREMENT,
  pseudonym      BLOB NOT NULL,
  purpose        INTEGER NOT NULL CHECK (purpose IN (1, 2)),
  state          INTEGER NOT NULL CHECK (state BETWEEN 1 AND 5),
  at_ms          INTEGER NOT NULL,
  notice_version TEXT NOT NULL,
  method         TEXT NOT NULL,
  recorded_ms    INTEGER NOT NULL,
  UNIQUE(pseudonym, purpose, at_ms, state, notice_version, method));
CREATE TRIGGER consent_is_not_changed BEFORE UPDATE ON consent
  BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END;
CREATE TRIGGER consent_is_not_deleted BEFORE DELETE ON consent
  BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END;
CREATE TRIGGER consent_is_not_replaced BEFORE INSERT ON consent
  WHEN EXISTS (SELECT 1 FROM consent WHERE id = NEW.id)
  BEGIN SELECT RAISE(ABORT, 'the consent ledger is append-only'); END;
CREATE TRIGGER consent_is_not_repeated BEFORE INSERT ON consent
  WHEN EXISTS (SELECT 1 FROM consent AS c WHERE c.pseudonym = NEW.pseudonym
    AND c.purpose = NEW.purpose AND c.at_ms = NEW.at_ms AND c.state = NEW.state
    AND c.notice_version = NEW.notice_version AND c.method = NEW.method)
  BEGIN SELECT RAISE(IGNORE); END;
CREATE VIEW consent_in_force AS
  SELECT pseudonym, purpose, state, at_ms, notice_version, method FROM consent AS c
  WHERE NOT EXISTS (
    SELECT 1 FROM consent AS later
    WHERE later.pseudonym = c.pseudonym AND later.purpose = c.purpose
      AND (later.at_ms, later.state <> 1, later.id) > (c.at_ms, c.state <> 1, c.id));
)sql"}};

}  // namespace

Result<std::unique_ptr<Store>> Store::prepare(sqlite::Database database, const Clock& clock) {
  GS_CHECK(sqlite::migrate(database, kMigrations, clock));
  return std::unique_ptr<Store>{new Store{std::move(database), clock}};
}

Result<std::unique_ptr<Store>> Store::open(const std::filesystem::path& path, const Clock& clock) {
  GS_TRY(auto database, sqlite::Database::open(path));
  return prepare(std::move(database), clock);
}

Result<std::unique_ptr<Store>> Store::open_in_memory(const Clock& clock) {
  GS_TRY(auto database, sqlite::Database::open_in_memory());
  return prepare(std::move(database), clock);
}

}  // namespace guildsum::participant
