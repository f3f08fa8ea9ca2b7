#include <boost/test/unit_test.hpp>

#include "crypto/ring.hpp"
#include "tests/property/round_floor.hpp"

using namespace guildsum;
using crypto::RingBits;
using crypto::RingVector;
using property::Draw;

namespace {

std::uint64_t word(Draw& draw) {
  return static_cast<std::uint64_t>(draw.below(std::size_t{1} << 32)) << 32 |
         static_cast<std::uint64_t>(draw.below(std::size_t{1} << 32));
}

/// Values of the ring, two's complement, with its extremes among them.
std::vector<std::int64_t> ring_values(unsigned bits, std::size_t count, Draw& draw) {
  std::vector<std::int64_t> values(count);
  const std::int64_t lowest = std::int64_t{-1} << (bits - 1);
  for (auto& value : values) {
    const auto kind = draw.below(8);
    const auto raw = static_cast<std::int64_t>(word(draw) << (64 - bits)) >> (64 - bits);
    value = kind == 0 ? lowest : kind == 1 ? -(lowest + 1) : kind == 2 ? -1 : raw;
  }
  return values;
}

RingVector vector_of(RingBits bits, const std::vector<std::int64_t>& values) {
  auto made = RingVector::from_int64(bits, values);
  BOOST_TEST_REQUIRE(made.has_value());
  return std::move(*made);
}

/// Bit k of value i at bit i R + k, written one by one.
Bytes packed_by_bits(unsigned bits, const std::vector<std::int64_t>& values) {
  Bytes packed((values.size() * bits + 7) / 8, std::byte{0});
  for (std::size_t i = 0; i < values.size(); ++i) {
    for (unsigned k = 0; k < bits; ++k) {
      if ((static_cast<std::uint64_t>(values[i]) >> k & 1U) == 0) continue;
      const std::size_t at = i * bits + k;
      packed[at / 8] |= static_cast<std::byte>(1U << (at % 8));
    }
  }
  return packed;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(packing_test)

BOOST_AUTO_TEST_CASE(every_ring_packs_bit_by_bit_and_reads_back) {
  Draw draw{1};
  for (unsigned r = RingBits::kMin; r <= RingBits::kMax; ++r) {
    const RingBits bits = RingBits::parse(r).value();
    for (std::size_t trial = 0; trial < 60; ++trial) {
      const std::size_t count = trial < 40 ? trial : 40 + draw.below(500);
      const auto values = ring_values(r, count, draw);
      const RingVector vector = vector_of(bits, values);
      const Bytes packed = vector.pack(0, count);
      BOOST_TEST_REQUIRE(packed.size() == crypto::packed_bytes(bits, count));
      BOOST_TEST_REQUIRE((packed == packed_by_bits(r, values)), "R " << r << ", count " << count);
      const auto again = RingVector::unpack(bits, count, packed);
      BOOST_TEST_REQUIRE(again.has_value());
      BOOST_TEST_REQUIRE((again->to_int64() == values));
    }
  }
}

BOOST_AUTO_TEST_CASE(every_part_of_a_vector_packs_alone) {
  Draw draw{2};
  for (unsigned r = RingBits::kMin; r <= RingBits::kMax; ++r) {
    const RingBits bits = RingBits::parse(r).value();
    const auto values = ring_values(r, 200, draw);
    const RingVector vector = vector_of(bits, values);
    for (int trial = 0; trial < 40; ++trial) {
      const std::size_t first = draw.below(201);
      const std::size_t count = draw.below(201 - first);
      const std::vector<std::int64_t> part(
          values.begin() + static_cast<std::ptrdiff_t>(first),
          values.begin() + static_cast<std::ptrdiff_t>(first + count));
      BOOST_TEST_REQUIRE((vector.pack(first, count) == packed_by_bits(r, part)));
    }
  }
}

BOOST_AUTO_TEST_CASE(packed_vectors_add_modulo_the_ring) {
  Draw draw{3};
  for (unsigned r = RingBits::kMin; r <= RingBits::kMax; ++r) {
    const RingBits bits = RingBits::parse(r).value();
    const std::size_t count = 1 + draw.below(150);
    RingVector sum{bits, count};
    std::vector<std::uint64_t> expected(count, 0);
    for (int shop = 0; shop < 20; ++shop) {
      const auto values = ring_values(r, count, draw);
      const Bytes packed = vector_of(bits, values).pack(0, count);
      BOOST_TEST_REQUIRE(sum.add_packed(0, count, packed).has_value());
      for (std::size_t i = 0; i < count; ++i) expected[i] += static_cast<std::uint64_t>(values[i]);
    }
    for (std::size_t i = 0; i < count; ++i) {
      BOOST_TEST_REQUIRE(sum.at(i) == (expected[i] & bits.mask()), "R " << r << ", value " << i);
    }
  }
}

BOOST_AUTO_TEST_CASE(wrong_lengths_and_stray_bits_are_refused_in_every_ring) {
  Draw draw{4};
  for (unsigned r = RingBits::kMin; r <= RingBits::kMax; ++r) {
    const RingBits bits = RingBits::parse(r).value();
    for (std::size_t count = 1; count < 20; ++count) {
      Bytes packed = vector_of(bits, ring_values(r, count, draw)).pack(0, count);
      BOOST_TEST(
          RingVector::unpack(bits, count, ByteView{packed}.first(packed.size() - 1)).has_error());
      const unsigned used = count * r % 8;
      if (used != 0) {
        packed.back() |= static_cast<std::byte>(1U << (used + draw.below(8 - used)));
        BOOST_TEST(RingVector::unpack(bits, count, packed).has_error());
      }
      packed.push_back(std::byte{0});
      BOOST_TEST(RingVector::unpack(bits, count, packed).has_error());
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()
