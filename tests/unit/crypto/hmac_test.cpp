#include "crypto/hmac.hpp"

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

namespace guildsum::crypto {

BOOST_AUTO_TEST_SUITE(hmac_test)

BOOST_AUTO_TEST_CASE(one_key_serves_many_messages) {
  HmacSha256 hmac{as_bytes("Jefe")};
  const Digest once = hmac_sha256(as_bytes("Jefe"), as_bytes("first"));
  BOOST_TEST(hmac.mac(as_bytes("first")).hex() == once.hex());
  BOOST_TEST(hmac.mac(as_bytes("second")).hex() != hmac.mac(as_bytes("first")).hex());
  BOOST_TEST(hmac.mac(as_bytes("first")).hex() == once.hex());
}

BOOST_AUTO_TEST_CASE(an_empty_key_and_message_have_their_known_tag) {
  BOOST_TEST(hmac_sha256({}, {}).hex() ==
             "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
}

BOOST_AUTO_TEST_CASE(verification_accepts_only_the_whole_right_tag) {
  HmacSha256 hmac{as_bytes("key")};
  Digest tag = hmac.mac(as_bytes("message"));
  BOOST_TEST(hmac.verify(as_bytes("message"), tag.view()));
  BOOST_TEST(!hmac.verify(as_bytes("massage"), tag.view()));
  BOOST_TEST(!hmac.verify(as_bytes("message"), tag.view().first(16)));
  BOOST_TEST(!hmac.verify(as_bytes("message"), {}));
  tag.mutable_view()[31] ^= std::byte{1};
  BOOST_TEST(!hmac.verify(as_bytes("message"), tag.view()));
}

BOOST_AUTO_TEST_CASE(equality_looks_at_every_byte_and_the_length) {
  const Bytes bytes = test::sample_bytes(5, 40);
  BOOST_TEST(equal_in_constant_time(bytes, bytes));
  BOOST_TEST(equal_in_constant_time({}, {}));
  BOOST_TEST(!equal_in_constant_time(bytes, ByteView{bytes}.first(39)));
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    Bytes other = bytes;
    other[i] ^= std::byte{0x40};
    BOOST_TEST(!equal_in_constant_time(bytes, other));
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
