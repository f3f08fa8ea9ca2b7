#include "base/sqlite/database.hpp"

#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::sqlite;

namespace {

unsigned mode_of(const std::filesystem::path& path) {
  struct stat status{};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777;
}

std::int64_t count_rows(Database& database) {
  auto query = database.prepare("SELECT count(*) FROM t").value();
  BOOST_REQUIRE(query.step().value());
  return query.integer(0);
}

std::string pragma(Database& database, const std::string& name) {
  auto query = database.prepare("PRAGMA " + name).value();
  BOOST_REQUIRE(query.step().value());
  return std::string{query.text(0)};
}

Database with_table() {
  auto database = Database::open_in_memory().value();
  BOOST_REQUIRE(database.execute("CREATE TABLE t(a INTEGER PRIMARY KEY, b TEXT)").has_value());
  return database;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(database_test)

BOOST_AUTO_TEST_CASE(new_files_are_private_and_safe_against_power_cuts) {
  const test::TempDir dir;
  auto database = Database::open(dir / "a.db").value();
  BOOST_TEST(database.execute("CREATE TABLE t(a)").has_value());
  for (const char* name : {"a.db", "a.db-wal", "a.db-shm"})
    BOOST_TEST(mode_of(dir / name) == 0600U);
  BOOST_TEST(pragma(database, "journal_mode") == "wal");
  BOOST_TEST(pragma(database, "synchronous") == "2");
  BOOST_TEST(pragma(database, "foreign_keys") == "1");
  auto second = Database::open(dir / "b.db", {.durability = Durability::normal}).value();
  BOOST_TEST(pragma(second, "synchronous") == "1");
}

BOOST_AUTO_TEST_CASE(a_file_that_must_exist_is_not_created) {
  const test::TempDir dir;
  BOOST_TEST((Database::open(dir / "a.db", {.must_exist = true}).error() == BaseErrc::not_found));
  BOOST_TEST(!std::filesystem::exists(dir / "a.db"));
}

BOOST_AUTO_TEST_CASE(what_is_no_database_is_corrupt) {
  const test::TempDir dir;
  const std::string text(5000, 'x');
  BOOST_TEST(write_file_atomically(dir / "a.db", as_bytes(text)).has_value());
  BOOST_TEST((Database::open(dir / "a.db").error() == BaseErrc::corrupt));
  BOOST_TEST(read_text_file(dir / "a.db", 10'000).value() == text);
}

BOOST_AUTO_TEST_CASE(quick_check_finds_a_damaged_page) {
  const test::TempDir dir;
  {
    auto database = Database::open(dir / "a.db").value();
    BOOST_TEST(database.quick_check().has_value());
    BOOST_TEST(database.execute("CREATE TABLE t(a, b); CREATE INDEX i ON t(b);").has_value());
    auto insert = database.prepare("INSERT INTO t VALUES (?, ?)").value();
    for (int i = 0; i < 2000; ++i) BOOST_REQUIRE(insert.bind(i, "some text").run().has_value());
  }
  {
    auto file = PositionedFile::open(dir / "a.db").value();
    const Bytes noise(3000, std::byte{0x5a});
    BOOST_TEST(file.write_at(4096 * 3, noise).has_value());
  }
  auto damaged = Database::open(dir / "a.db").value();
  BOOST_TEST((damaged.quick_check().error() == BaseErrc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_no_space_and_the_store_stays_usable) {
  auto database = with_table();
  BOOST_TEST(database.execute("PRAGMA max_page_count=20").has_value());
  auto insert = database.prepare("INSERT INTO t(b) VALUES (?)").value();
  const std::string big(200'000, 'x');
  BOOST_TEST((insert.bind(big).run().error() == BaseErrc::no_space));
  BOOST_TEST(insert.bind("small").run().has_value());
  BOOST_TEST(count_rows(database) == 1);
}

BOOST_AUTO_TEST_CASE(transactions_roll_back_unless_committed) {
  auto database = with_table();
  {
    auto transaction = Transaction::begin(database).value();
    BOOST_TEST(database.execute("INSERT INTO t VALUES (1, 'x')").has_value());
  }
  BOOST_TEST(count_rows(database) == 0);
  {
    auto transaction = Transaction::begin(database).value();
    BOOST_TEST(database.execute("INSERT INTO t VALUES (1, 'x')").has_value());
    BOOST_TEST(Transaction::begin(database).has_error());
    auto moved = std::move(transaction);
    BOOST_TEST(moved.commit().has_value());
    BOOST_TEST((moved.commit().error() == BaseErrc::invalid_argument));
  }
  BOOST_TEST(count_rows(database) == 1);
  BOOST_TEST(database.last_insert_id() == 1);
  BOOST_TEST(database.changed_rows() == 1);
}

BOOST_AUTO_TEST_CASE(a_second_writer_waits_and_is_then_told_busy) {
  const test::TempDir dir;
  const OpenOptions options{.busy_timeout = std::chrono::milliseconds{20}};
  auto first = Database::open(dir / "a.db", options).value();
  auto second = Database::open(dir / "a.db", options).value();
  auto transaction = Transaction::begin(first).value();
  BOOST_TEST((Transaction::begin(second).error() == BaseErrc::busy));
  BOOST_TEST(transaction.commit().has_value());
  BOOST_TEST(Transaction::begin(second).has_value());
}

BOOST_AUTO_TEST_CASE(committed_work_is_there_after_reopening) {
  const test::TempDir dir;
  {
    auto database = Database::open(dir / "a.db").value();
    BOOST_TEST(database.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1)").has_value());
  }
  auto again = Database::open(dir / "a.db", {.must_exist = true}).value();
  BOOST_TEST(count_rows(again) == 1);
}

BOOST_AUTO_TEST_CASE(a_backup_is_a_private_and_complete_copy) {
  const test::TempDir dir;
  auto database = Database::open(dir / "a.db").value();
  BOOST_TEST(database.execute("CREATE TABLE t(a); INSERT INTO t VALUES (1), (2)").has_value());
  BOOST_TEST(database.backup_to(dir / "copy.db").has_value());
  BOOST_TEST((database.backup_to(dir / "copy.db").error() == BaseErrc::already_exists));
  BOOST_TEST(mode_of(dir / "copy.db") == 0600U);
  auto copy = Database::open(dir / "copy.db", {.must_exist = true}).value();
  BOOST_TEST(count_rows(copy) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
