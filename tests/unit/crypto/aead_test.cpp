#include "crypto/aead.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Nonce>);
static_assert(!std::is_copy_assignable_v<Nonce>);

const AeadKey& key() {
  static const auto value = test::sample_secret<AeadKey>(1);
  return value;
}

Nonce nonce() {
  SeededRandom random{2};
  return Nonce::random(random);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(aead_test)

BOOST_AUTO_TEST_CASE(what_was_sealed_opens) {
  for (const std::size_t size : {0U, 1U, 15U, 16U, 17U, 144U, 5000U}) {
    const Bytes plaintext = test::sample_bytes(size, size);
    const auto sealed = seal(key(), nonce(), as_bytes("ids"), plaintext);
    BOOST_REQUIRE(sealed.has_value());
    BOOST_TEST(sealed->size() == size + kAeadTagBytes);
    const auto opened = open(key(), nonce(), as_bytes("ids"), *sealed);
    BOOST_REQUIRE(opened.has_value());
    BOOST_TEST((*opened == plaintext));
  }
}

BOOST_AUTO_TEST_CASE(any_changed_byte_is_noticed_and_the_plaintext_wiped) {
  const auto sealed = seal(key(), nonce(), as_bytes("ids"), as_bytes("twenty-byte secret!!"));
  for (std::size_t i = 0; i < sealed->size(); ++i) {
    Bytes changed = *sealed;
    changed[i] ^= std::byte{0x10};
    Bytes plaintext(20, std::byte{0x55});
    const auto opened = open_into(key(), nonce(), as_bytes("ids"), changed, plaintext);
    BOOST_TEST((opened.error() == CryptoErrc::authentication_failed));
    BOOST_TEST((plaintext == Bytes(20)));
  }
}

BOOST_AUTO_TEST_CASE(key_nonce_and_associated_data_are_bound) {
  const auto sealed = seal(key(), nonce(), as_bytes("ids"), as_bytes("m"));
  const auto other_key = test::sample_secret<AeadKey>(9);
  SeededRandom random{3};
  const Nonce other_nonce = Nonce::random(random);
  const auto failed = CryptoErrc::authentication_failed;
  BOOST_TEST((open(other_key, nonce(), as_bytes("ids"), *sealed).error() == failed));
  BOOST_TEST((open(key(), other_nonce, as_bytes("ids"), *sealed).error() == failed));
  BOOST_TEST((open(key(), nonce(), as_bytes("idz"), *sealed).error() == failed));
  BOOST_TEST((open(key(), nonce(), {}, *sealed).error() == failed));
}

BOOST_AUTO_TEST_CASE(truncated_input_is_refused) {
  const auto sealed = seal(key(), nonce(), {}, as_bytes("message"));
  for (std::size_t size = 0; size < kAeadTagBytes; ++size) {
    const auto opened = open(key(), nonce(), {}, ByteView{*sealed}.first(size));
    BOOST_TEST((opened.error() == CryptoErrc::wrong_length));
  }
  const auto opened = open(key(), nonce(), {}, ByteView{*sealed}.first(20));
  BOOST_TEST((opened.error() == CryptoErrc::authentication_failed));
}

BOOST_AUTO_TEST_CASE(the_output_must_have_the_exact_length) {
  const auto sealed = seal(key(), nonce(), {}, as_bytes("message"));
  Bytes plaintext(8, std::byte{1});
  const auto opened = open_into(key(), nonce(), {}, *sealed, plaintext);
  BOOST_TEST((opened.error() == CryptoErrc::wrong_length));
  BOOST_TEST((plaintext == Bytes(8)));
}

BOOST_AUTO_TEST_CASE(a_nonce_can_be_sent_before_it_is_consumed) {
  Nonce once = nonce();
  const Nonce copy{once.view()};
  const auto sealed = seal(key(), std::move(once), {}, as_bytes("m"));
  BOOST_TEST(open(key(), copy, {}, *sealed).has_value());
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_the_error_queue_of_openssl_as_it_was) {
  ERR_clear_error();
  BOOST_TEST(open(key(), nonce(), {}, Bytes(40)).has_error());
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
