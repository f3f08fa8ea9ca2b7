#include "crypto/x25519.hpp"

#include <algorithm>

#include "crypto/errors.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

bool has_flag(const boost::json::value& test, std::string_view flag) {
  return std::ranges::any_of(test.at("flags").as_array(),
                             [&](const auto& value) { return value.as_string() == flag; });
}

std::string agreed(const X25519SecretKey& own, const X25519PublicKey& peer) {
  const auto shared = agree(own, peer);
  if (shared.has_error()) return {};
  return to_hex(shared->expose());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(x25519_test)

BOOST_AUTO_TEST_CASE(wycheproof_agreements_match_and_weak_keys_are_refused) {
  int agreements = 0;
  int refusals = 0;
  vectors::for_each_wycheproof("wycheproof/x25519_test.json", [&](const auto&, const auto& test) {
    const auto own = vectors::secret<X25519SecretKey>(test, "private");
    const auto peer = vectors::fixed<X25519PublicKey>(test, "public");
    const bool weak = has_flag(test, "ZeroSharedSecret") || has_flag(test, "NonCanonicalPublic");
    BOOST_TEST(check_exchange_key(peer).has_value() == !weak);
    if (weak) {
      // RFC 7748 leaves both to the caller; here a point has one name and no small order.
      BOOST_TEST((agree(own, peer).error() == CryptoErrc::invalid_public_key));
      ++refusals;
    } else {
      BOOST_TEST(agreed(own, peer) == vectors::text(test, "shared"));
      ++agreements;
    }
  });
  BOOST_TEST(agreements == 331);
  BOOST_TEST(refusals == 30);
}

BOOST_AUTO_TEST_CASE(rfc_7748_ladder_matches_once_the_coordinate_is_canonical) {
  const auto file = vectors::load("rfc/x25519_rfc7748.json");
  for (const auto& test : file.at("ladder").as_array()) {
    const auto own = vectors::secret<X25519SecretKey>(test, "scalar");
    auto peer = vectors::fixed<X25519PublicKey>(test, "u");
    std::byte& top = peer.mutable_view()[31];
    if ((top & std::byte{0x80}) != std::byte{0}) {
      BOOST_TEST((agree(own, peer).error() == CryptoErrc::invalid_public_key));
      top &= std::byte{0x7f};  // What the RFC tells implementations to ignore.
    }
    BOOST_TEST(agreed(own, peer) == vectors::text(test, "out"));
  }
}

BOOST_AUTO_TEST_CASE(rfc_7748_iterations_match) {
  const auto file = vectors::load("rfc/x25519_rfc7748.json");
  const auto& after = file.at("iterated").at("after");
  Bytes scalar(32);
  scalar[0] = std::byte{9};
  Bytes coordinate = scalar;
  for (int step = 1; step <= 1000; ++step) {
    const X25519SecretKey own{std::span<const std::byte, 32>{scalar.data(), 32}};
    const auto next = agree(own, *X25519PublicKey::parse(coordinate));
    BOOST_REQUIRE(next.has_value());
    coordinate = std::exchange(scalar, {next->expose().begin(), next->expose().end()});
    if (step == 1) BOOST_TEST(to_hex(scalar) == vectors::text(after, "1"));
  }
  BOOST_TEST(to_hex(scalar) == vectors::text(after, "1000"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
