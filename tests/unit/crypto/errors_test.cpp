#include "crypto/errors.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

namespace guildsum::crypto {

BOOST_AUTO_TEST_SUITE(errors_test)

BOOST_AUTO_TEST_CASE(every_code_has_a_meaning_of_its_own) {
  std::set<std::string> meanings;
  const int last = static_cast<int>(CryptoErrc::file_permissions_too_open);
  for (int code = 1; code <= last; ++code) {
    const auto error = make_error_code(static_cast<CryptoErrc>(code));
    BOOST_TEST(error.message() != "unknown cryptographic error");
    BOOST_TEST(meanings.insert(error.message()).second, "twice: " << error.message());
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_number_is_named_as_such) {
  const boost::system::error_code error{9999, crypto_category()};
  BOOST_TEST(error.message() == "unknown cryptographic error");
  BOOST_TEST(error.category().name() == "guildsum.crypto");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
