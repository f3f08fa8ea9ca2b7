#include "participant/store/store.hpp"

#include <fstream>
#include <sys/stat.h>

#include "base/errors.hpp"
#include "base/sqlite/migrations.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

BOOST_AUTO_TEST_SUITE(store_test)

BOOST_AUTO_TEST_CASE(a_store_is_for_its_owner_and_keeps_its_content) {
  const test::TempDir dir;
  const ManualClock clock;
  {
    const auto store = Store::open(dir / "store.sqlite", clock).value();
    GS_REQUIRE_DONE(store->session()->execute("INSERT INTO setting VALUES ('a', 'b')"));
  }
  const auto store = Store::open(dir / "store.sqlite", clock).value();
  const auto session = store->session();
  auto select = session->prepare("SELECT value FROM setting").value();
  BOOST_REQUIRE(select.step().value());
  BOOST_TEST(select.text(0) == "b");
  struct stat status{};
  BOOST_REQUIRE(::stat((dir / "store.sqlite").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(a_store_of_a_newer_program_is_refused) {
  const test::TempDir dir;
  const ManualClock clock;
  GS_REQUIRE_DONE(Store::open(dir / "store.sqlite", clock));
  {
    auto database = sqlite::Database::open(dir / "store.sqlite").value();
    GS_REQUIRE_DONE(database.execute("INSERT INTO schema_version VALUES (99, 'later', 'x')"));
  }
  GS_CHECK_FAILS(BaseErrc::version_mismatch, Store::open(dir / "store.sqlite", clock));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_no_store_is_refused) {
  const test::TempDir dir;
  const ManualClock clock;
  std::ofstream{dir / "text"} << std::string(5000, 'x');
  GS_CHECK_FAILS(BaseErrc::corrupt, Store::open(dir / "text", clock));
  BOOST_TEST(Store::open(dir.path(), clock).has_error());
  BOOST_TEST(Store::open(dir / "missing" / "store.sqlite", clock).has_error());
}

BOOST_AUTO_TEST_CASE(purchases_go_with_their_customer) {
  const ManualClock clock;
  const auto store = Store::open_in_memory(clock).value();
  const auto session = store->session();
  GS_REQUIRE_DONE(
      session->execute("INSERT INTO customer VALUES (1, x'01'); INSERT INTO item VALUES (1, 'a');"
                       "INSERT INTO interaction VALUES (1, 1, 0, x'00', 0, 1);"
                       "INSERT INTO holdout VALUES (1, 1);"
                       "INSERT INTO customer_factors VALUES (1, 1, x'00');"
                       "DELETE FROM customer"));
  for (const char* table : {"interaction", "holdout", "customer_factors"}) {
    auto count = session->prepare("SELECT count(*) FROM " + std::string{table}).value();
    BOOST_REQUIRE(count.step().value());
    BOOST_TEST(count.integer(0) == 0, table);
  }
}

BOOST_AUTO_TEST_SUITE_END()
