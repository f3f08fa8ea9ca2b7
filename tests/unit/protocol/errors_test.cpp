#include "protocol/errors.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

namespace guildsum::protocol {
namespace {

constexpr int kFirst = static_cast<int>(ProtocolErrc::malformed);
constexpr int kLast = static_cast<int>(ProtocolErrc::delta_base_lost);

}  // namespace

BOOST_AUTO_TEST_SUITE(errors_test)

BOOST_AUTO_TEST_CASE(every_error_has_a_code_of_its_own_and_a_meaning) {
  std::set<std::string_view> codes;
  std::set<std::string> meanings;
  for (int value = kFirst; value <= kLast; ++value) {
    const auto errc = static_cast<ProtocolErrc>(value);
    const auto code = code_of(errc);
    BOOST_TEST(code != "internal");
    BOOST_TEST(code.find_first_not_of("abcdefghijklmnopqrstuvwxyz-") == std::string_view::npos);
    BOOST_TEST(codes.insert(code).second);
    BOOST_TEST(meanings.insert(make_error_code(errc).message()).second);
    BOOST_TEST((errc_of(code) == errc));
  }
}

BOOST_AUTO_TEST_CASE(values_outside_the_list_are_internal) {
  BOOST_TEST(code_of(static_cast<ProtocolErrc>(kFirst - 1)) == "internal");
  BOOST_TEST(code_of(static_cast<ProtocolErrc>(kLast + 1)) == "internal");
  BOOST_TEST(!errc_of("internal").has_value());
  BOOST_TEST(!errc_of("").has_value());
  BOOST_TEST(make_error_code(static_cast<ProtocolErrc>(kLast + 1)).message() ==
             "unknown protocol error");
}

BOOST_AUTO_TEST_CASE(what_a_program_exits_with_follows_from_the_error) {
  for (const auto errc : {ProtocolErrc::bad_join_token, ProtocolErrc::join_token_expired,
                          ProtocolErrc::join_token_used, ProtocolErrc::bad_proof,
                          ProtocolErrc::wrong_federation, ProtocolErrc::unknown_sender}) {
    BOOST_TEST((make_error_code(errc).default_error_condition() ==
                make_base_condition(BaseErrc::unauthorised)));
  }
  BOOST_TEST((make_error_code(ProtocolErrc::policy_refused).default_error_condition() ==
              make_base_condition(BaseErrc::privacy_refused)));
  BOOST_TEST((make_error_code(ProtocolErrc::unsupported_version).default_error_condition() ==
              make_base_condition(BaseErrc::version_mismatch)));
  BOOST_TEST((make_error_code(ProtocolErrc::malformed).default_error_condition().category() ==
              protocol_category()));
}

BOOST_AUTO_TEST_CASE(the_category_has_the_folders_name) {
  BOOST_TEST(std::string{protocol_category().name()} == "guildsum.protocol");
  BOOST_TEST(make_error_code(ProtocolErrc::too_few).failed());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
