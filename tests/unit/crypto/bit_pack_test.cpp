#include "crypto/detail/bit_pack.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

namespace guildsum::crypto::detail {
namespace {

constexpr std::byte kGuard{0xa5};

std::size_t word_bytes(unsigned ring_bits) { return ring_bits <= 16 ? 2 : ring_bits <= 32 ? 4 : 8; }

}  // namespace

BOOST_AUTO_TEST_SUITE(bit_pack_test)

BOOST_AUTO_TEST_CASE(packing_writes_its_bytes_and_no_more) {
  for (unsigned r = 16; r <= 64; ++r) {
    for (std::size_t count = 0; count < 20; ++count) {
      const Bytes words = test::sample_bytes(r, count * word_bytes(r));
      const std::size_t size = (count * r + 7) / 8;
      Bytes packed(size + 16, kGuard);
      pack_words(r, words.data(), count, packed.data());
      for (std::size_t i = size; i < packed.size(); ++i) BOOST_TEST((packed[i] == kGuard));
    }
  }
}

BOOST_AUTO_TEST_CASE(adding_reads_exactly_the_packed_bytes) {
  // A heap block of the exact size: the address sanitizer sees any byte beyond it.
  for (unsigned r = 16; r <= 64; ++r) {
    for (std::size_t count = 1; count < 40; ++count) {
      const Bytes source = test::sample_bytes(r, count * word_bytes(r));
      Bytes packed((count * r + 7) / 8);
      pack_words(r, source.data(), count, packed.data());
      packed.shrink_to_fit();
      Bytes words(count * word_bytes(r));
      add_packed_words(r, packed.data(), count, words.data());
      Bytes again(packed.size());
      pack_words(r, words.data(), count, again.data());
      BOOST_TEST((again == packed), "R " << r << ", count " << count);
    }
  }
}

BOOST_AUTO_TEST_CASE(unpacked_words_hold_no_bits_beyond_the_ring) {
  for (const unsigned r : {17U, 24U, 31U, 33U, 57U, 58U, 63U}) {
    Bytes packed((9 * r + 7) / 8, std::byte{0xff});
    Bytes words(9 * word_bytes(r));
    add_packed_words(r, packed.data(), 9, words.data());
    for (std::size_t i = 0; i < 9; ++i) {
      const ByteView word = ByteView{words}.subspan(i * word_bytes(r), word_bytes(r));
      const std::uint64_t value =
          word_bytes(r) == 4 ? load_le<std::uint32_t>(word.first(4)) : load_le<std::uint64_t>(word);
      BOOST_TEST(value == ~std::uint64_t{0} >> (64 - r));
    }
  }
}

BOOST_AUTO_TEST_CASE(the_kernel_does_whole_groups_exactly_as_the_portable_code) {
  if (!has_bit_pack_avx512()) return;
  for (unsigned r = 16; r <= 64; ++r) {
    for (const std::size_t count : {7U, 8U, 15U, 16U, 40U, 129U}) {
      const Bytes words = test::sample_bytes(r, count * word_bytes(r));
      const std::size_t size = (count * r + 7) / 8;
      Bytes portable(size);
      pack_words_portable(r, words.data(), count, portable.data());
      Bytes packed(size, kGuard);
      const std::size_t packed_count = pack_words_avx512(r, words.data(), count, packed.data());
      BOOST_TEST(packed_count <= count);
      BOOST_TEST(packed_count % 8 == 0U);
      const auto end = static_cast<std::ptrdiff_t>(packed_count * r / 8);
      BOOST_TEST(std::equal(packed.begin(), packed.begin() + end, portable.begin()));
      BOOST_TEST(std::count(packed.begin() + end, packed.end(), kGuard) ==
                 packed.end() - packed.begin() - end);

      Bytes sum = words;
      const std::size_t added = add_packed_words_avx512(r, portable.data(), count, sum.data());
      Bytes expected = words;
      add_packed_words_portable(r, portable.data(), added, expected.data());
      BOOST_TEST((sum == expected), "R " << r << ", count " << count);
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto::detail
