#include <limits>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/sqlite/database.hpp"

using namespace guildsum;
using namespace guildsum::sqlite;

namespace {

Database with_table() {
  auto database = Database::open_in_memory().value();
  BOOST_REQUIRE(database
                    .execute("CREATE TABLE t(id INTEGER PRIMARY KEY, i, d, s TEXT UNIQUE, b, n);"
                             "CREATE TABLE child(t INTEGER NOT NULL REFERENCES t(id));")
                    .has_value());
  return database;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(statement_test)

BOOST_AUTO_TEST_CASE(all_types_are_bound_and_read_back) {
  using Id = FixedBytes<struct IdTag, 4>;
  auto database = with_table();
  auto insert = database.prepare("INSERT INTO t VALUES (?, ?, ?, ?, ?, ?)").value();
  const Bytes blob{std::byte{0}, std::byte{255}};
  const std::string with_zero{"a\0b", 3};
  constexpr auto kMax = std::numeric_limits<std::uint64_t>::max();
  BOOST_TEST(insert.bind(1, kMax, 0.25, with_zero, blob, nullptr).run().has_value());
  BOOST_TEST(insert
                 .bind(StrongId<struct RowTag>{2}, -1, 1e300, std::string_view{}, ByteView{},
                       std::optional<std::int64_t>{})
                 .run()
                 .has_value());
  BOOST_TEST(insert.bind(3, true, 0.0, "x", Id::from_hex("01020304").value(), std::optional{7})
                 .run()
                 .has_value());

  auto query = database.prepare("SELECT * FROM t ORDER BY id").value();
  BOOST_REQUIRE(query.step().value());
  BOOST_TEST(query.unsigned_integer(1) == kMax);
  BOOST_TEST(query.number(2) == 0.25);
  BOOST_TEST(query.text(3) == with_zero);
  BOOST_TEST((query.blob_copy(4) == blob));
  BOOST_TEST(query.is_null(5));
  BOOST_TEST(!query.optional_text(5).has_value());
  BOOST_REQUIRE(query.step().value());
  BOOST_TEST(query.integer(0) == 2);
  BOOST_TEST(query.integer(1) == -1);
  BOOST_TEST(!query.is_null(3));  // Empty is not null.
  BOOST_TEST(!query.is_null(4));
  BOOST_TEST(query.blob(4).empty());
  BOOST_TEST(!query.optional_integer(5).has_value());
  BOOST_REQUIRE(query.step().value());
  BOOST_TEST(query.integer(1) == 1);
  BOOST_TEST(to_hex(query.blob(4)) == "01020304");
  BOOST_TEST(query.optional_integer(5).value() == 7);
  BOOST_TEST(query.optional_text(3).value() == "x");
  BOOST_TEST(!query.step().value());
}

BOOST_AUTO_TEST_CASE(statements_run_again_with_new_values) {
  auto database = with_table();
  auto query = database.prepare("SELECT ? + 1").value();
  for (int i = 0; i < 3; ++i) {
    BOOST_REQUIRE(query.bind(i).step().value());
    BOOST_TEST(query.integer(0) == i + 1);
  }
}

BOOST_AUTO_TEST_CASE(a_wrong_number_of_values_is_an_error) {
  auto database = with_table();
  auto query = database.prepare("SELECT ?, ?").value();
  BOOST_TEST((query.bind(1).step().error() == BaseErrc::invalid_argument));
  BOOST_TEST((query.bind(1, 2, 3).step().error() == BaseErrc::invalid_argument));
  BOOST_TEST(query.bind(1, 2).step().value());
}

BOOST_AUTO_TEST_CASE(broken_constraints_are_told_apart) {
  auto database = with_table();
  auto insert = database.prepare("INSERT INTO t(id, s) VALUES (?, ?)").value();
  BOOST_TEST(insert.bind(1, "a").run().has_value());
  BOOST_TEST((insert.bind(1, "b").run().error() == BaseErrc::already_exists));
  BOOST_TEST((insert.bind(2, "a").run().error() == BaseErrc::already_exists));
  BOOST_TEST(insert.bind(2, "b").run().has_value());
  BOOST_TEST((database.execute("INSERT INTO child VALUES (99)").error() == BaseErrc::io_failed));
}

BOOST_AUTO_TEST_CASE(errors_do_not_repeat_bound_values) {
  auto database = with_table();
  auto insert = database.prepare("INSERT INTO t(s) VALUES (?)").value();
  BOOST_TEST(insert.bind("customer-4711").run().has_value());
  const auto failed = insert.bind("customer-4711").run();
  BOOST_TEST(failed.error().message().find("4711") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(only_one_correct_statement_can_be_prepared) {
  auto database = with_table();
  BOOST_TEST(database.prepare("SELEC 1").has_error());
  BOOST_TEST((database.prepare("SELECT 1; SELECT 2").error() == BaseErrc::invalid_argument));
  BOOST_TEST((database.prepare("").error() == BaseErrc::invalid_argument));
  BOOST_TEST(database.prepare("SELECT 1; \n").has_value());
}

BOOST_AUTO_TEST_SUITE_END()
