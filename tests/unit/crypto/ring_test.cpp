#include "crypto/ring.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<RingVector>);

constexpr unsigned kRings[] = {16, 17, 24, 31, 32, 33, 40, 48, 57, 58, 63, 64};

std::vector<std::int64_t> sample_values(RingBits bits, std::size_t count, std::uint64_t seed) {
  SeededRandom random{seed};
  std::vector<std::int64_t> values(count);
  const unsigned unused = 64 - bits.value();
  for (auto& value : values)
    value = static_cast<std::int64_t>(test::draw(random) << unused) >> unused;
  return values;
}

/// The definition: bit b of value i is bit i R + b of the stream.
Bytes packed_by_definition(RingBits bits, const RingVector& vector, std::size_t first,
                           std::size_t count) {
  Bytes packed((count * bits.value() + 7) / 8);
  for (std::size_t i = 0; i < count; ++i) {
    for (unsigned b = 0; b < bits.value(); ++b) {
      const std::size_t at = i * bits.value() + b;
      const auto bit = static_cast<unsigned>(vector.at(first + i) >> b) & 1U;
      packed[at / 8] |= static_cast<std::byte>(bit << (at % 8));
    }
  }
  return packed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(ring_test)

BOOST_AUTO_TEST_CASE(rings_have_16_to_64_bits) {
  for (const unsigned bits : {0U, 1U, 15U, 65U, 4294967295U}) {
    BOOST_TEST((RingBits::parse(bits).error() == CryptoErrc::invalid_ring_bits));
  }
  for (unsigned bits = 16; bits <= 64; ++bits) {
    const auto ring = RingBits::parse(bits);
    BOOST_REQUIRE(ring.has_value());
    BOOST_TEST(ring->word_bytes() == (bits <= 16 ? 2U : bits <= 32 ? 4U : 8U));
  }
  BOOST_TEST(RingBits::of<24>().mask() == 0xffffffU);
  BOOST_TEST(RingBits::of<64>().mask() == ~std::uint64_t{0});
}

BOOST_AUTO_TEST_CASE(packed_sizes_round_up_to_bytes) {
  BOOST_TEST(packed_bytes(RingBits::of<17>(), 0) == 0U);
  BOOST_TEST(packed_bytes(RingBits::of<17>(), 1) == 3U);
  BOOST_TEST(packed_bytes(RingBits::of<17>(), 8) == 17U);
  BOOST_TEST(packed_bytes(RingBits::of<64>(), 1U << 20) == 8U << 20);
  BOOST_TEST(packed_bytes(RingBits::of<64>(), std::uint64_t{1} << 57) == std::uint64_t{1} << 60);
}

BOOST_AUTO_TEST_CASE(signed_values_survive_the_ring) {
  for (const unsigned r : kRings) {
    const RingBits bits = *RingBits::parse(r);
    auto values = sample_values(bits, 100, r);
    values[0] = -(std::int64_t{1} << (r - 2)) * 2;
    values[1] = -(values[0] + 1);
    const auto vector = RingVector::from_int64(bits, values);
    BOOST_REQUIRE(vector.has_value());
    BOOST_TEST(vector->to_int64() == values, boost::test_tools::per_element());
    BOOST_TEST(vector->int64_at(1) == values[1]);
    std::vector<std::int64_t> part(10);
    vector->to_int64(5, part);
    BOOST_TEST(std::equal(part.begin(), part.end(), values.begin() + 5));
  }
}

BOOST_AUTO_TEST_CASE(values_outside_the_ring_are_refused) {
  for (const unsigned r : {16U, 17U, 24U, 32U, 40U, 63U}) {
    const RingBits bits = *RingBits::parse(r);
    const std::int64_t above = std::int64_t{1} << (r - 1);
    for (const std::int64_t value : {above, -above - 1, std::numeric_limits<std::int64_t>::max()}) {
      const std::vector<std::int64_t> values{0, value};
      const auto vector = RingVector::from_int64(bits, values);
      BOOST_TEST((vector.error() == CryptoErrc::value_out_of_range));
    }
  }
}

BOOST_AUTO_TEST_CASE(packing_follows_its_definition_for_every_ring_and_length) {
  for (unsigned r = RingBits::kMin; r <= RingBits::kMax; ++r) {
    const RingBits bits = *RingBits::parse(r);
    const auto vector = RingVector::from_int64(bits, sample_values(bits, 70, r));
    for (std::size_t count = 0; count <= 64; ++count) {
      const std::size_t first = count % 6;
      const Bytes packed = vector->pack(first, count);
      BOOST_TEST((packed == packed_by_definition(bits, *vector, first, count)),
                 "R " << r << ", count " << count);
      const auto read = RingVector::unpack(bits, count, packed);
      BOOST_REQUIRE(read.has_value());
      for (std::size_t i = 0; i < count; ++i) BOOST_TEST(read->at(i) == vector->at(first + i));
    }
  }
}

BOOST_AUTO_TEST_CASE(packed_chunks_add_at_their_place_and_wrap) {
  for (const unsigned r : kRings) {
    const RingBits bits = *RingBits::parse(r);
    const auto values = sample_values(bits, 1000, r);
    const auto addend = RingVector::from_int64(bits, values);
    auto sum = RingVector::from_int64(bits, sample_values(bits, 1000, r + 1));
    const auto expected = sum->to_int64();
    const std::size_t chunk = 192;
    for (std::size_t first = 0; first < values.size(); first += chunk) {
      const std::size_t count = std::min(chunk, values.size() - first);
      BOOST_TEST(sum->add_packed(first, count, addend->pack(first, count)).has_value());
    }
    for (std::size_t i = 0; i < values.size(); ++i) {
      const auto wrapped =
          static_cast<std::uint64_t>(expected[i]) + static_cast<std::uint64_t>(values[i]);
      BOOST_TEST(sum->at(i) == (wrapped & bits.mask()));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_chunk_of_the_wrong_length_or_place_changes_nothing) {
  const RingBits bits = RingBits::of<17>();
  RingVector sum{bits, 10};
  const RingVector zero{bits, 10};
  const Bytes packed(packed_bytes(bits, 8), std::byte{0xff});
  const auto wrong = CryptoErrc::wrong_length;
  BOOST_TEST((sum.add_packed(0, 8, ByteView{packed}.first(16)).error() == wrong));
  BOOST_TEST((sum.add_packed(0, 7, packed).error() == wrong));
  BOOST_TEST((sum.add_packed(3, 8, packed).error() == wrong));
  BOOST_TEST((sum.add_packed(11, 0, {}).error() == wrong));
  BOOST_TEST((sum.add_packed(1, std::numeric_limits<std::size_t>::max(), packed).error() == wrong));
  BOOST_TEST((RingVector::unpack(bits, 9, packed).error() == wrong));
  // A count from outside whose bytes would be more than any memory is refused before allocation.
  BOOST_TEST((RingVector::unpack(bits, std::size_t{1} << 50, packed).error() == wrong));
  BOOST_TEST((sum == zero));
}

BOOST_AUTO_TEST_CASE(unused_bits_must_be_zero) {
  for (const unsigned r : {17U, 31U, 33U, 63U}) {
    const RingBits bits = *RingBits::parse(r);
    for (std::size_t count = 1; count < 8; ++count) {
      RingVector sum{bits, count};
      Bytes packed(packed_bytes(bits, count));
      packed.back() = std::byte{0x80};
      BOOST_TEST((sum.add_packed(0, count, packed).error() == CryptoErrc::not_canonical));
      BOOST_TEST((sum == RingVector{bits, count}));
    }
  }
}

BOOST_AUTO_TEST_CASE(addition_and_subtraction_are_inverse) {
  for (const unsigned r : kRings) {
    const RingBits bits = *RingBits::parse(r);
    const auto a = RingVector::from_int64(bits, sample_values(bits, 300, r));
    const auto b = RingVector::from_int64(bits, sample_values(bits, 300, r + 100));
    RingVector sum = a->duplicate();
    BOOST_TEST(sum.add(*b).has_value());
    BOOST_TEST(!(sum == *a));
    BOOST_TEST(sum.subtract(*b).has_value());
    BOOST_TEST((sum == *a));
  }
}

BOOST_AUTO_TEST_CASE(equality_ignores_bits_beyond_the_ring) {
  const RingBits bits = RingBits::of<24>();
  const std::vector<std::int64_t> minus_one{-1};
  const std::vector<std::int64_t> largest{(1 << 23) - 1};
  auto sum = RingVector::from_int64(bits, largest);
  BOOST_TEST(sum->add(*sum).has_value());  // 2^24 - 2: the word wraps in neither direction.
  BOOST_TEST(sum->at(0) == 0xfffffeU);
  BOOST_TEST(sum->int64_at(0) == -2);
  BOOST_TEST(!(*sum == *RingVector::from_int64(bits, minus_one)));
  const std::vector<std::int64_t> minus_two{-2};
  BOOST_TEST((*sum == *RingVector::from_int64(bits, minus_two)));
}

BOOST_AUTO_TEST_CASE(vectors_of_other_rings_or_lengths_do_not_mix) {
  RingVector sum{RingBits::of<24>(), 5};
  const RingVector longer{RingBits::of<24>(), 6};
  const RingVector wider{RingBits::of<32>(), 5};
  BOOST_TEST((sum.add(longer).error() == CryptoErrc::ring_mismatch));
  BOOST_TEST((sum.add(wider).error() == CryptoErrc::ring_mismatch));
  BOOST_TEST((sum.subtract(longer).error() == CryptoErrc::ring_mismatch));
  BOOST_TEST(!(sum == wider));
}

BOOST_AUTO_TEST_CASE(an_empty_vector_works) {
  RingVector empty{RingBits::of<33>(), 0};
  BOOST_TEST(empty.pack(0, 0).empty());
  BOOST_TEST(empty.add_packed(0, 0, {}).has_value());
  BOOST_TEST(empty.to_int64().empty());
  const RingVector moved{std::move(empty)};
  BOOST_TEST((moved == RingVector{RingBits::of<33>(), 0}));
}

BOOST_AUTO_TEST_CASE(a_moved_from_vector_has_no_values) {
  RingVector from{RingBits::of<16>(), 9};
  RingVector to{RingBits::of<64>(), 1};
  to = std::move(from);
  BOOST_TEST(to.size() == 9U);
  BOOST_TEST(from.size() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
