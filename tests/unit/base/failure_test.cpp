#include "base/sqlite/failure.hpp"

#include <boost/test/unit_test.hpp>
#include <sqlite3.h>

#include "base/errors.hpp"

using namespace guildsum;

BOOST_AUTO_TEST_SUITE(failure_test)

BOOST_AUTO_TEST_CASE(codes_that_callers_act_on_are_kept_apart) {
  const auto code = [](int sqlite_code) {
    return sqlite::detail::failure(nullptr, sqlite_code, "x");
  };
  BOOST_TEST((code(SQLITE_FULL) == BaseErrc::no_space));
  BOOST_TEST((code(SQLITE_CORRUPT_INDEX) == BaseErrc::corrupt));
  BOOST_TEST((code(SQLITE_NOTADB) == BaseErrc::corrupt));
  BOOST_TEST((code(SQLITE_BUSY_SNAPSHOT) == BaseErrc::busy));
  BOOST_TEST((code(SQLITE_CONSTRAINT_UNIQUE) == BaseErrc::already_exists));
  BOOST_TEST((code(SQLITE_CONSTRAINT_NOTNULL) == BaseErrc::io_failed));
  BOOST_TEST((code(SQLITE_IOERR_FSYNC) == BaseErrc::io_failed));
}

BOOST_AUTO_TEST_CASE(the_detail_says_what_was_tried) {
  BOOST_TEST(sqlite::detail::failure(nullptr, SQLITE_FULL, "writing a backup").detail() ==
             "writing a backup: database or disk is full");
}

BOOST_AUTO_TEST_SUITE_END()
