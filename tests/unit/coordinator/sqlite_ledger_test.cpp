#include "coordinator/store/sqlite_ledger.hpp"

#include <fstream>
#include <thread>

#include "base/errors.hpp"
#include "coordinator/store/schema.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/unit/coordinator/ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::LedgerSetup;

BOOST_AUTO_TEST_SUITE(sqlite_ledger_test)

BOOST_AUTO_TEST_CASE(what_was_committed_is_there_after_a_restart) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(testing::sample_shop(1)));
    return rows.append_audit(5, "operator", "shop.invited", "{}");
  }));
  setup.reopen();
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.shops(); }).value().size() == 1U);
  const auto audit = setup.read([](LedgerReader& rows) { return rows.audit(0, 10); }).value();
  BOOST_TEST(audit.size() == 1U);
  GS_REQUIRE_DONE(verify_audit(audit, Digest{}));
}

BOOST_AUTO_TEST_CASE(a_body_that_fails_changes_nothing) {
  LedgerSetup setup;
  const auto failed = setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(testing::sample_shop(1)));
    GS_CHECK(rows.append_audit(5, "operator", "shop.invited", "{}"));
    return Error{BaseErrc::busy, "in the middle"};
  });
  GS_CHECK_FAILS(BaseErrc::busy, failed);
  BOOST_TEST(failed.error().detail() == "in the middle");
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.shops(); }).value().empty());
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.audit(0, 10); }).value().empty());
}

BOOST_AUTO_TEST_CASE(a_body_that_throws_changes_nothing_and_leaves_the_ledger_usable) {
  LedgerSetup setup;
  BOOST_CHECK_THROW((void)setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(testing::sample_shop(1)));
    throw std::bad_alloc{};
  }),
                    std::bad_alloc);
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.shops(); }).value().empty());
  GS_REQUIRE_DONE(
      setup.change([](LedgerWriter& rows) { return rows.put_shop(testing::sample_shop(1)); }));
}

BOOST_AUTO_TEST_CASE(a_transaction_reads_what_it_wrote) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(testing::sample_shop(1)));
    GS_TRY(const auto shop, rows.shop(testing::sample_shop(1).identity));
    return shop ? Result<>{} : Error{BaseErrc::not_found};
  }));
}

BOOST_AUTO_TEST_CASE(threads_take_turns) {
  LedgerSetup setup;
  constexpr int kThreads = 4;
  constexpr int kLinks = 25;
  std::vector<std::thread> threads;
  std::atomic<int> failures = 0;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      for (int link = 0; link < kLinks; ++link) {
        const auto done = setup.change(
            [&](LedgerWriter& rows) { return rows.append_audit(link, "operator", "a", "{}"); });
        if (done.has_error()) ++failures;
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  BOOST_TEST(failures == 0);
  const auto audit = setup.read([](LedgerReader& rows) { return rows.audit(0, 1000); }).value();
  BOOST_TEST(audit.size() == static_cast<std::size_t>(kThreads * kLinks));
  GS_REQUIRE_DONE(verify_audit(audit, Digest{}));
}

BOOST_AUTO_TEST_CASE(a_ledger_of_a_newer_program_is_refused_untouched) {
  LedgerSetup setup;
  setup.ledger.reset();
  const std::string next = std::to_string(ledger_migrations().size() + 1);
  setup.execute("INSERT INTO schema_version VALUES (" + next + ", 'later', 'x')");
  GS_CHECK_FAILS(BaseErrc::version_mismatch, setup.open());
  setup.execute("DELETE FROM schema_version WHERE name = 'later'");
  GS_REQUIRE_DONE(setup.open());
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_ledger_is_refused_as_corrupt) {
  const test::TempDir dir;
  const ManualClock clock;
  std::ofstream{dir / "text"} << std::string(8192, 'x');
  GS_CHECK_FAILS(BaseErrc::corrupt, open_sqlite_ledger(dir / "text", clock));
  BOOST_TEST(std::filesystem::file_size(dir / "text") == 8192U);
  BOOST_TEST(open_sqlite_ledger(dir.path(), clock).has_error());
  BOOST_TEST(open_sqlite_ledger(dir / "missing" / "ledger.sqlite", clock).has_error());
}

BOOST_AUTO_TEST_CASE(a_damaged_page_is_reported_and_not_read_as_rows) {
  LedgerSetup setup;
  GS_REQUIRE_DONE(setup.change([](LedgerWriter& rows) -> Result<> {
    for (std::uint64_t i = 0; i < 200; ++i) GS_CHECK(rows.put_shop(testing::sample_shop(i)));
    return {};
  }));
  setup.ledger.reset();  // Moves everything from the WAL into the file.
  {
    std::fstream file{setup.path(), std::ios::in | std::ios::out | std::ios::binary};
    const auto size = std::filesystem::file_size(setup.path());
    for (std::uintmax_t at = 8192; at + 4096 <= size; at += 4096) {
      file.seekp(static_cast<std::streamoff>(at));
      file << std::string(64, '\xff');
    }
  }
  const auto opened = setup.open();
  if (opened.has_value()) {
    const auto shops = read_from(**opened, [](LedgerReader& rows) { return rows.shops(); });
    GS_CHECK_FAILS(BaseErrc::corrupt, shops);
  } else {
    GS_CHECK_FAILS(BaseErrc::corrupt, opened);
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_fails_the_change_and_nothing_else) {
  LedgerSetup setup;
  const auto add = [](LedgerWriter& rows) -> Result<> {
    for (std::uint64_t i = 0; i < 200; ++i) GS_CHECK(rows.put_shop(testing::sample_shop(i)));
    return {};
  };
  {
    const test::FileSizeLimit full{4096};
    BOOST_TEST(setup.change(add).has_error());
    BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.shops(); }).value().empty());
  }
  GS_REQUIRE_DONE(setup.change(add));
  setup.reopen();
  BOOST_TEST(setup.read([](LedgerReader& rows) { return rows.shops(); }).value().size() == 200U);
}

BOOST_AUTO_TEST_SUITE_END()
