#include "base/errors.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "base/result.hpp"

using namespace guildsum;

namespace {

Result<int> half(int value) {
  if (value % 2 != 0) return Error{BaseErrc::malformed, "odd"};
  return value / 2;
}

Result<int> quarter(int value) {
  GS_TRY(const int once, half(value));
  GS_TRY(const int twice, half(once));
  return twice;
}

Result<void> check_even(int value) {
  GS_CHECK(half(value));
  return {};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(errors_test)

BOOST_AUTO_TEST_CASE(every_code_has_its_own_meaning) {
  std::set<std::string> meanings;
  constexpr int kLast = static_cast<int>(BaseErrc::privacy_refused);
  for (int code = 1; code <= kLast; ++code) {
    const auto error = make_error_code(static_cast<BaseErrc>(code));
    BOOST_TEST(error.failed());
    BOOST_TEST(error.message() != "unknown error");
    BOOST_TEST(error.message().find('\n') == std::string::npos);
    meanings.insert(error.message());
  }
  BOOST_TEST(meanings.size() == static_cast<std::size_t>(kLast));
  BOOST_TEST(boost::system::error_code(kLast + 1, base_category()).message() == "unknown error");
}

BOOST_AUTO_TEST_CASE(message_joins_meaning_context_and_detail) {
  const Error error{BaseErrc::corrupt, "page 3"};
  BOOST_TEST(error.message() == "stored data is damaged: page 3");
  BOOST_TEST(error.with_context("ledger.db").message() ==
             "stored data is damaged: ledger.db: page 3");
  BOOST_TEST(Error{BaseErrc::timed_out}.with_context("round 3").message() ==
             "the deadline passed: round 3");
}

BOOST_AUTO_TEST_CASE(try_macros_stop_at_the_first_error) {
  BOOST_TEST(quarter(8).value() == 2);
  BOOST_TEST((quarter(6).error() == BaseErrc::malformed));
  BOOST_TEST(check_even(2).has_value());
  BOOST_TEST(check_even(3).error().detail() == "odd");
}

BOOST_AUTO_TEST_CASE(result_is_default_constructible_as_coroutines_need_it) {
  BOOST_TEST(Result<int>{}.value() == 0);
  BOOST_TEST(Result<void>{}.has_value());
}

BOOST_AUTO_TEST_SUITE_END()
