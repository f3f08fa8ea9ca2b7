#include "coordinator/store/schema.hpp"

#include "base/errors.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;

namespace {

sqlite::Database new_store() {
  const ManualClock clock;
  auto database = sqlite::Database::open_in_memory().value();
  GS_REQUIRE_DONE(sqlite::migrate(database, ledger_migrations(), clock));
  return database;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(schema_test)

BOOST_AUTO_TEST_CASE(the_steps_are_numbered_from_1_without_gaps) {
  std::int64_t expected = 0;
  for (const sqlite::Migration& step : ledger_migrations()) {
    BOOST_TEST(step.version == ++expected);
    BOOST_TEST(!step.name.empty());
  }
  auto database = new_store();
  BOOST_TEST(sqlite::schema_version(database).value() == expected);
}

BOOST_AUTO_TEST_CASE(the_audit_log_only_grows) {
  auto database = new_store();
  GS_REQUIRE_DONE(
      database.execute("INSERT INTO audit VALUES (1, 0, 'operator', 'a', '{}', x'00', x'01')"));
  for (const char* sql :
       {"DELETE FROM audit", "UPDATE audit SET actor = 'b'", "UPDATE audit SET detail = ''"}) {
    const auto refused = database.execute(sql);
    BOOST_REQUIRE(refused.has_error());
    BOOST_TEST(refused.error().detail().find("only grows") != std::string::npos);
  }
}

BOOST_AUTO_TEST_CASE(tables_hold_the_types_they_state) {
  auto database = new_store();
  for (const char* sql : {"INSERT INTO roster_entry VALUES ('one', x'00')",
                          "INSERT INTO roster_entry VALUES (1, 'x')",
                          "INSERT INTO federation VALUES (1, NULL, x'00', 1)",
                          "INSERT INTO published_blob VALUES (x'00', x'01', 1)"}) {
    BOOST_TEST_CONTEXT(sql) { BOOST_TEST(database.execute(sql).has_error()); }
  }
}

BOOST_AUTO_TEST_CASE(there_is_one_federation) {
  auto database = new_store();
  GS_REQUIRE_DONE(database.execute("INSERT INTO federation VALUES (1, 'a', x'00', 1)"));
  BOOST_TEST(database.execute("INSERT INTO federation VALUES (2, 'b', x'00', 1)").has_error());
}

BOOST_AUTO_TEST_CASE(rounds_need_their_task_and_events_their_round) {
  auto database = new_store();
  BOOST_TEST(database
                 .execute("INSERT INTO round VALUES (1, 0, 1, 'k', 1, x'00', 1, '', x'00', x'00', "
                          "'', 0, 0)")
                 .has_error());
  BOOST_TEST(database.execute("INSERT INTO round_event VALUES (1, 0, 1, 0, x'00')").has_error());
}

BOOST_AUTO_TEST_SUITE_END()
