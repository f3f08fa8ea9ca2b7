#include "crypto/hkdf.hpp"

#include "crypto/errors.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

std::string derived(const boost::json::value& test, std::size_t size) {
  Bytes out(size);
  const auto done = hkdf_sha256(vectors::bytes(test, "ikm"), vectors::bytes(test, "salt"),
                                vectors::bytes(test, "info"), out);
  return done.has_value() ? to_hex(out) : done.error().message();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hkdf_test)

BOOST_AUTO_TEST_CASE(wycheproof_outputs_match_and_too_long_ones_are_refused) {
  int valid = 0;
  int invalid = 0;
  vectors::for_each_wycheproof(
      "wycheproof/hkdf_sha256_test.json", [&](const auto&, const auto& test) {
        const auto size = test.at("size").template to_number<std::size_t>();
        if (vectors::is_valid(test)) {
          BOOST_TEST(derived(test, size) == vectors::text(test, "okm"));
          ++valid;
        } else {
          Bytes out(size);
          BOOST_TEST((hkdf_sha256({}, {}, {}, out).error() == CryptoErrc::output_too_long));
          ++invalid;
        }
      });
  BOOST_TEST(valid == 59);
  BOOST_TEST(invalid == 2);
}

BOOST_AUTO_TEST_CASE(rfc_5869_sha256_outputs_match) {
  int run = 0;
  const auto file = vectors::load("rfc/hkdf_rfc5869.json");
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::text(test, "hash") != "sha256") continue;
    BOOST_TEST(derived(test, test.at("L").to_number<std::size_t>()) == vectors::text(test, "okm"));
    ++run;
  }
  BOOST_TEST(run == 3);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
