#include "base/sqlite/migrations.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using namespace guildsum::sqlite;

namespace {

constexpr std::array kSteps{
    Migration{1, "first tables", "CREATE TABLE a(x); CREATE TABLE b(y);"},
    Migration{2, "add a column", "ALTER TABLE a ADD COLUMN z TEXT; INSERT INTO a VALUES (1, 'q');"},
    Migration{3, "drop a table", "DROP TABLE b"}};

std::span<const Migration> up_to(std::size_t version) { return std::span{kSteps}.first(version); }

}  // namespace

BOOST_AUTO_TEST_SUITE(migrations_test)

BOOST_AUTO_TEST_CASE(a_new_store_gets_every_step_once_with_its_time) {
  auto database = Database::open_in_memory().value();
  const ManualClock clock;
  BOOST_TEST(schema_version(database).value() == 0);
  BOOST_TEST(migrate(database, kSteps, clock).has_value());
  BOOST_TEST(migrate(database, kSteps, clock).has_value());
  BOOST_TEST(schema_version(database).value() == 3);
  auto query = database.prepare("SELECT version, name, applied_at FROM schema_version").value();
  for (const Migration& step : kSteps) {
    BOOST_REQUIRE(query.step().value());
    BOOST_TEST(query.integer(0) == step.version);
    BOOST_TEST(query.text(1) == step.name);
    BOOST_TEST(query.text(2) == "2026-01-01T00:00:00.000Z");
  }
}

BOOST_AUTO_TEST_CASE(an_older_store_keeps_its_data_and_gets_the_missing_steps) {
  auto database = Database::open_in_memory().value();
  const ManualClock clock;
  BOOST_TEST(migrate(database, up_to(1), clock).has_value());
  BOOST_TEST(database.execute("INSERT INTO a VALUES (7)").has_value());
  BOOST_TEST(migrate(database, kSteps, clock).has_value());
  auto query = database.prepare("SELECT sum(x) FROM a").value();
  BOOST_REQUIRE(query.step().value());
  BOOST_TEST(query.integer(0) == 8);
}

BOOST_AUTO_TEST_CASE(a_newer_store_is_refused_untouched) {
  auto database = Database::open_in_memory().value();
  const ManualClock clock;
  BOOST_TEST(migrate(database, kSteps, clock).has_value());
  const auto refused = migrate(database, up_to(2), clock);
  BOOST_TEST((refused.error() == BaseErrc::version_mismatch));
  BOOST_TEST(refused.error().detail() ==
             "the store has schema version 3, this program knows up to 2");
  BOOST_TEST(schema_version(database).value() == 3);
}

BOOST_AUTO_TEST_CASE(a_failing_step_leaves_the_store_at_the_step_before) {
  auto database = Database::open_in_memory().value();
  const ManualClock clock;
  const std::array steps{kSteps[0], Migration{2, "broken", "CREATE TABLE c(x); CREATE TABEL d(x)"}};
  const auto failed = migrate(database, steps, clock);
  BOOST_TEST(failed.error().detail().starts_with("migration 2 (broken)"));
  BOOST_TEST(schema_version(database).value() == 1);
  BOOST_TEST(database.execute("CREATE TABLE c(x)").has_value());  // Was rolled back.
}

BOOST_AUTO_TEST_CASE(a_store_with_another_history_is_refused) {
  auto database = Database::open_in_memory().value();
  const ManualClock clock;
  BOOST_TEST(migrate(database, up_to(1), clock).has_value());
  BOOST_TEST(database.execute("UPDATE schema_version SET name = 'other program'").has_value());
  BOOST_TEST((migrate(database, kSteps, clock).error() == BaseErrc::corrupt));
}

BOOST_AUTO_TEST_SUITE_END()
