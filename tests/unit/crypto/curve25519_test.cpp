#include "crypto/detail/curve25519.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::crypto::detail {
namespace {

/// 0x7fff...ff with another lowest byte.
std::array<std::byte, 32> high(unsigned lowest) {
  std::array<std::byte, 32> bytes;
  bytes.fill(std::byte{0xff});
  bytes[0] = static_cast<std::byte>(lowest);
  bytes[31] = std::byte{0x7f};
  return bytes;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(curve25519_test)

BOOST_AUTO_TEST_CASE(canonical_means_below_the_field_prime) {
  for (unsigned lowest = 0; lowest < 256; ++lowest) {
    BOOST_TEST(is_canonical_coordinate(high(lowest)) == (lowest < 0xed));
  }
}

BOOST_AUTO_TEST_CASE(any_smaller_middle_byte_makes_it_canonical) {
  for (std::size_t at = 1; at < 31; ++at) {
    auto bytes = high(0xff);
    bytes[at] = std::byte{0xfe};
    BOOST_TEST(is_canonical_coordinate(bytes));
  }
}

BOOST_AUTO_TEST_CASE(the_top_bit_is_never_canonical) {
  std::array<std::byte, 32> bytes{};
  BOOST_TEST(is_canonical_coordinate(bytes));
  bytes[31] = std::byte{0x80};
  BOOST_TEST(!is_canonical_coordinate(bytes));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto::detail
