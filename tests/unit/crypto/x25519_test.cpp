#include "crypto/x25519.hpp"

#include <boost/test/unit_test.hpp>
#include <openssl/err.h>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<X25519SecretKey>);
static_assert(!std::is_copy_constructible_v<X25519KeyPair>);
static_assert(!std::is_convertible_v<X25519SecretKey, SharedSecret>);

/// 2^255 - 19 + `above`, little-endian.
X25519PublicKey prime_plus(unsigned above) {
  Bytes bytes(32, std::byte{0xff});
  bytes[0] = static_cast<std::byte>(0xed + above);
  bytes[31] = std::byte{0x7f};
  return *X25519PublicKey::parse(bytes);
}

X25519PublicKey small(unsigned value) {
  Bytes bytes(32);
  bytes[0] = static_cast<std::byte>(value);
  return *X25519PublicKey::parse(bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(x25519_test)

BOOST_AUTO_TEST_CASE(both_sides_agree) {
  SeededRandom random{1};
  for (int round = 0; round < 20; ++round) {
    const auto alice = generate_x25519_key(random);
    const auto bob = generate_x25519_key(random);
    const auto from_alice = agree(alice, x25519_public_key(bob));
    const auto from_bob = agree(bob, x25519_public_key(alice));
    BOOST_REQUIRE(from_alice.has_value());
    BOOST_TEST(to_hex(from_alice->expose()) == to_hex(from_bob->expose()));
  }
}

BOOST_AUTO_TEST_CASE(a_key_pair_gives_what_the_functions_give) {
  const auto own = test::sample_secret<X25519SecretKey>(1);
  const auto peer = x25519_public_key(test::sample_secret<X25519SecretKey>(2));
  X25519KeyPair made{own};
  const X25519KeyPair pair{std::move(made)};
  BOOST_TEST(pair.public_key().hex() == x25519_public_key(own).hex());
  BOOST_TEST(to_hex(pair.agree(peer)->expose()) == to_hex(agree(own, peer)->expose()));
  BOOST_TEST(to_hex(pair.agree(peer)->expose()) == to_hex(agree(own, peer)->expose()));
}

BOOST_AUTO_TEST_CASE(non_canonical_coordinates_are_refused) {
  const X25519KeyPair pair{test::sample_secret<X25519SecretKey>(1)};
  for (unsigned above = 0; above < 19; ++above) {
    BOOST_TEST((check_canonical(prime_plus(above)).error() == CryptoErrc::invalid_public_key));
    BOOST_TEST((pair.agree(prime_plus(above)).error() == CryptoErrc::invalid_public_key));
  }
  BOOST_TEST(check_canonical(small(9)).has_value());
  auto top_bit = small(9);
  top_bit.mutable_view()[31] = std::byte{0x80};
  BOOST_TEST((check_canonical(top_bit).error() == CryptoErrc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(the_largest_canonical_coordinate_is_canonical_but_has_small_order) {
  auto minus_one = prime_plus(0);
  minus_one.mutable_view()[0] = std::byte{0xec};
  const X25519KeyPair pair{test::sample_secret<X25519SecretKey>(1)};
  BOOST_TEST(check_canonical(minus_one).has_value());
  BOOST_TEST((pair.agree(minus_one).error() == CryptoErrc::invalid_public_key));
}

BOOST_AUTO_TEST_CASE(keys_of_small_order_are_refused) {
  const X25519KeyPair pair{test::sample_secret<X25519SecretKey>(1)};
  const auto order_eight = test::fixed_from_hex<X25519PublicKey>(
      "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800");
  for (const auto& key : {small(0), small(1), order_eight}) {
    BOOST_TEST((pair.agree(key).error() == CryptoErrc::invalid_public_key));
  }
}

BOOST_AUTO_TEST_CASE(an_exchange_key_is_accepted_exactly_where_agreements_succeed) {
  const X25519KeyPair pair{test::sample_secret<X25519SecretKey>(1)};
  std::vector<X25519PublicKey> keys{
      test::fixed_from_hex<X25519PublicKey>(
          "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800"),
      test::fixed_from_hex<X25519PublicKey>(
          "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157")};
  for (unsigned value = 0; value < 256; ++value) keys.push_back(small(value));
  for (unsigned above = 0; above < 19; ++above) keys.push_back(prime_plus(above));
  for (unsigned below = 1; below < 32; ++below) {
    keys.push_back(prime_plus(0));
    keys.back().mutable_view()[0] = static_cast<std::byte>(0xed - below);
  }
  SeededRandom random{3};
  for (int i = 0; i < 200; ++i) keys.push_back(x25519_public_key(generate_x25519_key(random)));
  std::size_t refused = 0;
  for (const X25519PublicKey& key : keys) {
    const bool accepted = check_exchange_key(key).has_value();
    BOOST_TEST(accepted == pair.agree(key).has_value(), key.hex());
    if (!accepted) ++refused;
  }
  BOOST_TEST(refused == 5U + 19U);
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_the_error_queue_of_openssl_as_it_was) {
  const X25519KeyPair pair{test::sample_secret<X25519SecretKey>(1)};
  ERR_clear_error();
  BOOST_TEST(pair.agree(small(1)).has_error());
  BOOST_TEST(ERR_peek_error() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
