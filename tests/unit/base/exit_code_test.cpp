#include "base/cli/exit_code.hpp"

#include <boost/system/errc.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using cli::exit_code_of;
using cli::ExitCode;

namespace {

/// A folder's own category, as crypto or protocol have one: code 1 is a timeout to the outside, 2
/// is nothing special.
class OtherCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "other"; }
  std::string message(int) const override { return "other"; }
  boost::system::error_condition default_error_condition(int code) const noexcept override {
    if (code == 1) return make_base_condition(BaseErrc::timed_out);
    return {code, *this};
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(exit_code_test)

BOOST_AUTO_TEST_CASE(documented_codes_come_from_base_errors) {
  BOOST_TEST((exit_code_of(BaseErrc::invalid_argument) == ExitCode::usage));
  BOOST_TEST((exit_code_of(BaseErrc::unreachable) == ExitCode::unreachable));
  BOOST_TEST((exit_code_of(BaseErrc::unauthorised) == ExitCode::not_authorised));
  BOOST_TEST((exit_code_of(BaseErrc::invalid_config) == ExitCode::bad_config));
  BOOST_TEST((exit_code_of(BaseErrc::malformed) == ExitCode::bad_data));
  BOOST_TEST((exit_code_of(BaseErrc::privacy_refused) == ExitCode::privacy_refused));
  BOOST_TEST((exit_code_of(BaseErrc::timed_out) == ExitCode::timed_out));
  BOOST_TEST((exit_code_of(BaseErrc::version_mismatch) == ExitCode::version_mismatch));
  BOOST_TEST((exit_code_of(BaseErrc::interrupted) == ExitCode::interrupted));
  BOOST_TEST((exit_code_of(BaseErrc::busy) == ExitCode::failed));
  BOOST_TEST(static_cast<int>(ExitCode::interrupted) == 130);
}

BOOST_AUTO_TEST_CASE(system_errors_and_other_categories_are_mapped_by_their_condition) {
  using boost::system::system_category;
  BOOST_TEST((exit_code_of(Error{{ECONNREFUSED, system_category()}}) == ExitCode::unreachable));
  BOOST_TEST((exit_code_of(Error{{ETIMEDOUT, system_category()}}) == ExitCode::timed_out));
  BOOST_TEST((exit_code_of(Error{{EIO, system_category()}}) == ExitCode::failed));
  const OtherCategory other;
  BOOST_TEST((exit_code_of(Error{boost::system::error_code{1, other}}) == ExitCode::timed_out));
  BOOST_TEST((exit_code_of(Error{boost::system::error_code{2, other}}) == ExitCode::failed));
}

BOOST_AUTO_TEST_SUITE_END()
