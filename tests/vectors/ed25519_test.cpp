#include "crypto/ed25519.hpp"

#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {

BOOST_AUTO_TEST_SUITE(ed25519_test)

BOOST_AUTO_TEST_CASE(wycheproof_signatures_verify_exactly_when_valid) {
  int valid = 0;
  int invalid = 0;
  vectors::for_each_wycheproof(
      "wycheproof/ed25519_test.json", [&](const auto& group, const auto& test) {
        const auto key = vectors::fixed<VerifyKey>(group.at("publicKey"), "pk");
        const auto signature = Signature::parse(vectors::bytes(test, "sig"));
        const bool accepted =
            signature.has_value() && verify(key, vectors::bytes(test, "msg"), *signature);
        BOOST_TEST(accepted == vectors::is_valid(test));
        ++(vectors::is_valid(test) ? valid : invalid);
      });
  BOOST_TEST(valid == 62);
  BOOST_TEST(invalid == 44);
}

BOOST_AUTO_TEST_CASE(rfc_8032_keys_and_signatures_are_reproduced) {
  const auto file = vectors::load("rfc/ed25519_rfc8032.json");
  for (const auto& test : file.at("tests").as_array()) {
    const Signer signer{vectors::secret<SigningKey>(test, "secret")};
    const Bytes message = vectors::bytes(test, "msg");
    BOOST_TEST(signer.verify_key().hex() == vectors::text(test, "public"));
    BOOST_TEST(signer.sign(message).hex() == vectors::text(test, "sig"));
    BOOST_TEST(verify(signer.verify_key(), message, vectors::fixed<Signature>(test, "sig")));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
