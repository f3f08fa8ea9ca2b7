#include "crypto/aead.hpp"
#include "crypto/errors.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

Nonce nonce_of(const boost::json::value& test) {
  const Bytes iv = vectors::bytes(test, "iv");
  BOOST_REQUIRE_EQUAL(iv.size(), kAeadNonceBytes);
  return Nonce{std::span<const std::byte, kAeadNonceBytes>{iv.data(), kAeadNonceBytes}};
}

Bytes sealed_of(const boost::json::value& test) {
  Bytes sealed = vectors::bytes(test, "ct");
  append(sealed, vectors::bytes(test, "tag"));
  return sealed;
}

/// `plaintext_key` differs between the sources.
void check_seals_and_opens(const boost::json::value& test, std::string_view plaintext_key) {
  const auto key = vectors::secret<AeadKey>(test, "key");
  const Bytes associated = vectors::bytes(test, "aad");
  const Bytes plaintext = vectors::bytes(test, plaintext_key);
  const auto sealed = seal(key, nonce_of(test), associated, plaintext);
  BOOST_REQUIRE(sealed.has_value());
  BOOST_TEST(to_hex(*sealed) == to_hex(sealed_of(test)));
  const auto opened = open(key, nonce_of(test), associated, *sealed);
  BOOST_REQUIRE(opened.has_value());
  BOOST_TEST(to_hex(*opened) == to_hex(plaintext));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(aes_gcm_test)

BOOST_AUTO_TEST_CASE(wycheproof_256_bit_keys_with_96_bit_nonces_seal_open_and_refuse) {
  int valid = 0;
  int invalid = 0;
  vectors::for_each_wycheproof("wycheproof/aes_gcm_test.json", [&](const auto& group,
                                                                   const auto& test) {
    // Other key and nonce lengths have no type here, so they cannot be asked for.
    if (group.at("keySize") != 256 || group.at("ivSize") != 96) return;
    if (vectors::is_valid(test)) {
      check_seals_and_opens(test, "msg");
      ++valid;
    } else {
      const auto key = vectors::secret<AeadKey>(test, "key");
      const auto opened = open(key, nonce_of(test), vectors::bytes(test, "aad"), sealed_of(test));
      BOOST_TEST((opened.error() == CryptoErrc::authentication_failed));
      ++invalid;
    }
  });
  BOOST_TEST(valid == 28);
  BOOST_TEST(invalid == 21);
}

BOOST_AUTO_TEST_CASE(nist_cases_seal_and_open) {
  const auto file = vectors::load("rfc/aes_gcm.json");
  int run = 0;
  for (const auto& test : file.at("tests").as_array()) {
    check_seals_and_opens(test, "pt");
    ++run;
  }
  BOOST_TEST(run == 54);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
