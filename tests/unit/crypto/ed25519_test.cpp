#include "crypto/ed25519.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<Signer>);

const char* const kSmallOrderKeys[] = {
    "0100000000000000000000000000000000000000000000000000000000000000",
    "0100000000000000000000000000000000000000000000000000000000000080",
    "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    "0000000000000000000000000000000000000000000000000000000000000000",
    "0000000000000000000000000000000000000000000000000000000000000080",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa"};

}  // namespace

BOOST_AUTO_TEST_SUITE(ed25519_test)

BOOST_AUTO_TEST_CASE(a_signature_verifies_under_its_key_and_message_only) {
  SeededRandom random{3};
  const Signer signer{generate_signing_key(random)};
  const Signer other{generate_signing_key(random)};
  const Signature signature = signer.sign(as_bytes("survivors"));
  BOOST_TEST(verify(signer.verify_key(), as_bytes("survivors"), signature));
  BOOST_TEST(!verify(signer.verify_key(), as_bytes("survivor"), signature));
  BOOST_TEST(!verify(signer.verify_key(), {}, signature));
  BOOST_TEST(!verify(other.verify_key(), as_bytes("survivors"), signature));
}

BOOST_AUTO_TEST_CASE(signatures_are_deterministic) {
  const auto key = test::sample_secret<SigningKey>(1);
  Signer made{key};
  const Signer moved{std::move(made)};
  BOOST_TEST(moved.sign(as_bytes("m")).hex() == Signer{key}.sign(as_bytes("m")).hex());
}

BOOST_AUTO_TEST_CASE(any_flipped_bit_of_a_signature_is_noticed) {
  const Signer signer{test::sample_secret<SigningKey>(1)};
  const auto verifier = Verifier::create(signer.verify_key());
  BOOST_REQUIRE(verifier.has_value());
  const Signature good = signer.sign(as_bytes("m"));
  BOOST_TEST(verifier->verify(as_bytes("m"), good));
  for (std::size_t bit = 0; bit < 512; ++bit) {
    Signature bad = good;
    bad.mutable_view()[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    BOOST_TEST(!verifier->verify(as_bytes("m"), bad));
  }
}

BOOST_AUTO_TEST_CASE(keys_of_small_order_cannot_name_anyone) {
  // With the identity as key, R = S B verifies under every message: nobody's signature.
  const auto forged = test::fixed_from_hex<Signature>(
      "5866666666666666666666666666666666666666666666666666666666666666"
      "0100000000000000000000000000000000000000000000000000000000000000");
  for (const char* text : kSmallOrderKeys) {
    const auto key = test::fixed_from_hex<VerifyKey>(text);
    BOOST_TEST((check_verify_key(key).error() == CryptoErrc::invalid_public_key));
    BOOST_TEST((Verifier::create(key).error() == CryptoErrc::invalid_public_key));
    BOOST_TEST(!verify(key, as_bytes("anything"), forged));
  }
}

BOOST_AUTO_TEST_CASE(non_canonical_keys_are_refused) {
  auto key = test::fixed_from_hex<VerifyKey>(
      "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f");  // y = p, that is 0.
  BOOST_TEST((check_verify_key(key).error() == CryptoErrc::invalid_public_key));
  key.mutable_view()[31] = std::byte{0xff};
  BOOST_TEST((check_verify_key(key).error() == CryptoErrc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_no_point_verify_nothing) {
  const Signer signer{test::sample_secret<SigningKey>(1)};
  const Signature signature = signer.sign(as_bytes("m"));
  int accepted = 0;
  for (std::uint64_t seed = 0; seed < 50; ++seed) {
    auto key = *VerifyKey::parse(test::sample_bytes(seed, 32));
    accepted += verify(key, as_bytes("m"), signature) ? 1 : 0;
  }
  BOOST_TEST(accepted == 0);
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_the_error_queue_of_openssl_as_it_was) {
  const Signer signer{test::sample_secret<SigningKey>(1)};
  ERR_clear_error();
  BOOST_TEST(!verify(signer.verify_key(), as_bytes("m"), Signature{}));
  Signature large = signer.sign(as_bytes("m"));
  large.mutable_view()[63] = std::byte{0xff};
  BOOST_TEST(!verify(signer.verify_key(), as_bytes("m"), large));
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
