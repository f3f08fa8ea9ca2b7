#include "protocol/packed_sum.hpp"

#include <boost/test/unit_test.hpp>

#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

CodecParameters codec(std::uint8_t ring_bits, std::uint64_t length) {
  CodecParameters parameters;
  parameters.ring_bits = ring_bits;
  parameters.vector_length = length;
  return parameters;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packed_sum_test)

BOOST_AUTO_TEST_CASE(signed_sums_survive_packing_in_every_ring) {
  for (std::uint8_t bits = 16; bits <= 64; ++bits) {
    const auto most = static_cast<std::int64_t>((std::uint64_t{1} << (bits - 1)) - 1);
    const std::vector<std::int64_t> values{0, 1, -1, most, -most - 1};
    const Bytes packed = pack_sum(codec(bits, values.size()), values);
    BOOST_TEST(packed.size() == (bits * values.size() + 7) / 8);
    const auto unpacked = unpack_sum(codec(bits, values.size()), packed);
    GS_REQUIRE_OK(unpacked);
    BOOST_TEST(*unpacked == values, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(another_length_or_set_padding_bits_are_refused) {
  const CodecParameters parameters = codec(20, 3);
  const std::vector<std::int64_t> values{1, 2, 3};
  Bytes packed = pack_sum(parameters, values);
  BOOST_TEST(packed.size() == 8U);
  packed.back() |= std::byte{0x10};
  GS_CHECK_REFUSED(unpack_sum(parameters, packed), ProtocolErrc::malformed);
  packed.back() &= std::byte{0x0f};
  GS_REQUIRE_OK(unpack_sum(parameters, packed));
  packed.pop_back();
  GS_CHECK_REFUSED(unpack_sum(parameters, packed), ProtocolErrc::malformed);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
