#include "crypto/hmac.hpp"

#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {

BOOST_AUTO_TEST_SUITE(hmac_test)

BOOST_AUTO_TEST_CASE(wycheproof_tags_verify_exactly_when_valid_and_whole) {
  int whole = 0;
  int truncated = 0;
  vectors::for_each_wycheproof(
      "wycheproof/hmac_sha256_test.json", [&](const auto& group, const auto& test) {
        HmacSha256 hmac{vectors::bytes(test, "key")};
        const Bytes message = vectors::bytes(test, "msg");
        const Bytes tag = vectors::bytes(test, "tag");
        if (group.at("tagSize").as_int64() == 256) {
          BOOST_TEST(hmac.verify(message, tag) == vectors::is_valid(test));
          ++whole;
        } else {
          // Truncated tags are right or wrong by their prefix, and never accepted.
          const bool prefix_matches = to_hex(hmac.mac(message).view()).starts_with(to_hex(tag));
          BOOST_TEST(prefix_matches == vectors::is_valid(test));
          BOOST_TEST(!hmac.verify(message, tag));
          ++truncated;
        }
      });
  BOOST_TEST(whole == 63);
  BOOST_TEST(truncated == 59);
}

BOOST_AUTO_TEST_CASE(rfc_4231_sha256_tags_match) {
  int run = 0;
  const auto file = vectors::load("rfc/hmac_rfc4231.json");
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::text(test, "hash") != "sha256") continue;
    const Digest tag = hmac_sha256(vectors::bytes(test, "key"), vectors::bytes(test, "msg"));
    // The truncated case lists the first 16 bytes only.
    BOOST_TEST(tag.hex().starts_with(vectors::text(test, "mac")));
    ++run;
  }
  BOOST_TEST(run == 6);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
