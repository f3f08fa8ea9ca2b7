#include <array>

#include <boost/test/unit_test.hpp>

#include "base/thread_pool.hpp"
#include "crypto/mask_expand.hpp"
#include "tests/property/round_floor.hpp"

using namespace guildsum;
using crypto::MaskKernel;
using crypto::MaskSeed;
using crypto::MaskStream;
using crypto::RingBits;
using crypto::RingVector;
using property::Draw;

namespace {

constexpr MaskKernel kKernels[] = {MaskKernel::evp, MaskKernel::aes_ni, MaskKernel::avx2,
                                   MaskKernel::avx512};

MaskSeed seed_of(std::uint64_t number) {
  SeededRandom random{number};
  return random.secret<MaskSeed>();
}

/// One seed's mask by OpenSSL alone: words first .. first + count of its key stream.
std::vector<std::uint64_t> stream_words(const MaskSeed& seed, RingBits bits, std::uint64_t first,
                                        std::size_t count) {
  const std::size_t width = bits.word_bytes();
  Bytes raw(count * width);
  MaskStream{seed}.fill(first * width, raw);
  std::vector<std::uint64_t> words(count);
  for (std::size_t i = 0; i < count; ++i) {
    for (std::size_t k = 0; k < width; ++k) {
      words[i] |= std::to_integer<std::uint64_t>(raw[i * width + k]) << (8 * k);
    }
  }
  return words;
}

/// The sum of signed masks by OpenSSL, word by word.
std::vector<std::uint64_t> expected_sum(const std::vector<crypto::SignedSeed>& seeds, RingBits bits,
                                        std::uint64_t offset, std::size_t count) {
  std::vector<std::uint64_t> sum(count, 0);
  for (const auto& seed : seeds) {
    const auto words = stream_words(*seed.seed, bits, offset, count);
    for (std::size_t i = 0; i < count; ++i) sum[i] += seed.negative ? 0 - words[i] : words[i];
  }
  for (auto& value : sum) value &= bits.mask();
  return sum;
}

bool equal(const RingVector& vector, const std::vector<std::uint64_t>& expected) {
  for (std::size_t i = 0; i < expected.size(); ++i) {
    if (vector.at(i) != expected[i]) return false;
  }
  return true;
}

/// One expansion with every supported kernel against OpenSSL.
void check(const std::vector<crypto::SignedSeed>& seeds, RingBits bits, std::uint64_t offset,
           std::size_t count, ThreadPool* pool = nullptr) {
  const auto expected = expected_sum(seeds, bits, offset, count);
  for (const MaskKernel kernel : kKernels) {
    if (!crypto::is_supported(kernel)) continue;
    RingVector target{bits, count};
    crypto::expand_and_add(seeds, offset, target.all(), {.kernel = kernel, .pool = pool});
    BOOST_TEST_REQUIRE(equal(target, expected), crypto::name(kernel)
                                                    << ", R " << bits.value() << ", offset "
                                                    << offset << ", length " << count);
  }
}

constexpr unsigned kRings[] = {16, 17, 32, 33, 64};

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_equality_test)

BOOST_AUTO_TEST_CASE(every_length_up_to_300_is_openssls_key_stream) {
  const MaskSeed one = seed_of(1);
  const MaskSeed two = seed_of(2);
  for (const unsigned r : kRings) {
    for (std::size_t count = 0; count <= 300; ++count) {
      check({{&one, false}, {&two, true}}, RingBits::parse(r).value(), 0, count);
    }
  }
}

BOOST_AUTO_TEST_CASE(every_offset_up_to_300_is_openssls_key_stream) {
  const MaskSeed one = seed_of(3);
  for (const unsigned r : kRings) {
    for (std::uint64_t offset = 0; offset <= 300; ++offset) {
      check({{&one, offset % 2 == 0}}, RingBits::parse(r).value(), offset, 37 + offset % 64);
    }
  }
}

BOOST_AUTO_TEST_CASE(lengths_around_every_block_size_are_openssls_key_stream) {
  const MaskSeed one = seed_of(4);
  const MaskSeed two = seed_of(5);
  const MaskSeed three = seed_of(6);
  for (const unsigned r : kRings) {
    // Blocks of the caches and of the kernels are powers of two.
    for (std::size_t size = 512; size <= 32'768; size *= 2) {
      for (const std::size_t count : {size - 1, size, size + 1}) {
        check({{&one, false}, {&two, true}, {&three, false}}, RingBits::parse(r).value(), size - 3,
              count);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(random_lengths_offsets_seeds_and_rings_are_openssls_key_stream) {
  Draw draw{7};
  ThreadPool pool{2};
  std::vector<MaskSeed> seeds;
  for (std::uint64_t k = 0; k < 12; ++k) seeds.push_back(seed_of(100 + k));
  for (int trial = 0; trial < 600; ++trial) {
    std::vector<crypto::SignedSeed> chosen;
    for (auto left = draw.below(9); left > 0; --left) {
      chosen.push_back({&seeds[draw.below(seeds.size())], draw.chance(50)});
    }
    const auto r = static_cast<unsigned>(16 + draw.below(49));
    // Offsets beyond 2^32 values also cross the counter's word boundaries.
    const std::uint64_t offset =
        draw.chance(20) ? (std::uint64_t{1} << 36) - 100 + draw.below(200) : draw.below(20'000);
    check(chosen, RingBits::parse(r).value(), offset, draw.below(3000),
          draw.chance(30) ? &pool : nullptr);
  }
}

BOOST_AUTO_TEST_SUITE_END()
