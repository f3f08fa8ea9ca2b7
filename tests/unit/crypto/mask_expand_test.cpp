#include "crypto/mask_expand.hpp"

#include <boost/test/unit_test.hpp>

#include "base/thread_pool.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

constexpr unsigned kRings[] = {16, 17, 24, 31, 32, 33, 40, 48, 63, 64};
constexpr MaskKernel kFused[] = {MaskKernel::aes_ni, MaskKernel::avx2, MaskKernel::avx512};

struct Seeds {
  std::vector<MaskSeed> keys;
  std::vector<SignedSeed> seeds;
  explicit Seeds(std::size_t count) {
    for (std::size_t i = 0; i < count; ++i) keys.push_back(test::sample_secret<MaskSeed>(i + 1));
    for (std::size_t i = 0; i < count; ++i) seeds.push_back({&keys[i], i % 3 == 1});
  }
};

RingVector expanded(const Seeds& masks, RingBits bits, std::uint64_t offset, std::size_t count,
                    const ExpandOptions& options) {
  // A guard value on each side must stay zero.
  RingVector vector{bits, count + 2};
  expand_and_add(masks.seeds, offset, vector.slice(1, count), options);
  BOOST_TEST(vector.at(0) == 0U);
  BOOST_TEST(vector.at(count + 1) == 0U);
  return vector;
}

/// The definition at `MaskStream`, one value at a time.
std::uint64_t mask_value(const MaskSeed& seed, RingBits bits, std::uint64_t index) {
  std::array<std::byte, 8> word{};
  const std::size_t size = bits.word_bytes();
  MaskStream{seed}.fill(index * size, std::span{word}.first(size));
  return load_le<std::uint64_t>(word) & bits.mask();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_expand_test)

BOOST_AUTO_TEST_CASE(values_follow_the_definition) {
  for (const unsigned r : kRings) {
    const RingBits bits = *RingBits::parse(r);
    const Seeds masks{4};
    const auto vector = expanded(masks, bits, 1001, 50, {});
    for (std::size_t i = 0; i < 50; ++i) {
      std::uint64_t sum = 0;
      for (const SignedSeed& seed : masks.seeds) {
        const std::uint64_t value = mask_value(*seed.seed, bits, 1001 + i);
        sum += seed.negative ? 0 - value : value;
      }
      BOOST_TEST(vector.at(1 + i) == (sum & bits.mask()));
    }
  }
}

BOOST_AUTO_TEST_CASE(kernels_equal_evp_for_every_length) {
  const Seeds masks{3};
  for (const MaskKernel kernel : kFused) {
    if (!is_supported(kernel)) continue;
    for (const unsigned r : kRings) {
      const RingBits bits = *RingBits::parse(r);
      for (std::size_t count = 0; count <= 300; ++count) {
        const std::uint64_t offset = count * 7 % 23;
        const auto expected = expanded(masks, bits, offset, count, {.kernel = MaskKernel::evp});
        const auto actual = expanded(masks, bits, offset, count, {.kernel = kernel});
        BOOST_TEST((actual == expected), name(kernel) << ", R " << r << ", count " << count);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(kernels_equal_evp_for_every_offset_and_number_of_seeds) {
  for (const MaskKernel kernel : kFused) {
    if (!is_supported(kernel)) continue;
    for (const unsigned r : {16U, 31U, 40U}) {
      const RingBits bits = *RingBits::parse(r);
      for (std::uint64_t offset = 0; offset < 40; ++offset) {
        const Seeds masks{offset % 9};
        const std::uint64_t far = offset + (offset % 2) * ((std::uint64_t{1} << 40) - 20);
        const auto expected = expanded(masks, bits, far, 77, {.kernel = MaskKernel::evp});
        const auto actual = expanded(masks, bits, far, 77, {.kernel = kernel});
        BOOST_TEST((actual == expected), name(kernel) << ", R " << r << ", offset " << far);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(long_vectors_are_equal_across_cache_blocks) {
  const Seeds masks{5};
  for (const MaskKernel kernel : kFused) {
    if (!is_supported(kernel)) continue;
    for (const unsigned r : kRings) {
      const RingBits bits = *RingBits::parse(r);
      const auto expected = expanded(masks, bits, 3, 20011, {.kernel = MaskKernel::evp});
      BOOST_TEST((expanded(masks, bits, 3, 20011, {.kernel = kernel}) == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(slices_at_their_offsets_make_the_whole) {
  const Seeds masks{6};
  const RingBits bits = RingBits::of<24>();
  RingVector whole{bits, 5000};
  expand_and_add(masks.seeds, 0, whole.all());
  RingVector parts{bits, 5000};
  for (std::size_t first = 0; first < parts.size(); first += 617) {
    const std::size_t count = std::min<std::size_t>(617, parts.size() - first);
    expand_and_add(masks.seeds, first, parts.slice(first, count));
  }
  BOOST_TEST((whole == parts));
}

BOOST_AUTO_TEST_CASE(threads_do_not_change_the_result) {
  const Seeds masks{7};
  ThreadPool pool{3};
  for (const MaskKernel kernel :
       {MaskKernel::evp, MaskKernel::aes_ni, MaskKernel::avx2, MaskKernel::avx512}) {
    if (!is_supported(kernel)) continue;
    for (const std::size_t count : {1U, 4096U, 4097U, 100003U}) {
      const RingBits bits = RingBits::of<32>();
      const auto alone = expanded(masks, bits, 11, count, {.kernel = kernel});
      const auto pooled = expanded(masks, bits, 11, count, {.kernel = kernel, .pool = &pool});
      BOOST_TEST((alone == pooled), name(kernel) << ", count " << count);
    }
  }
}

BOOST_AUTO_TEST_CASE(opposite_signs_cancel) {
  const auto seed = test::sample_secret<MaskSeed>(1);
  const SignedSeed pair[] = {{&seed, false}, {&seed, true}};
  for (const unsigned r : kRings) {
    const RingBits bits = *RingBits::parse(r);
    RingVector vector{bits, 1000};
    expand_and_add(pair, 0, vector.all());
    BOOST_TEST((vector == RingVector{bits, 1000}));
    expand_and_add({pair, 1}, 0, vector.all());
    BOOST_TEST(!(vector == RingVector{bits, 1000}));
  }
}

BOOST_AUTO_TEST_CASE(pairwise_masks_vanish_from_the_sum_of_all_shops) {
  constexpr std::size_t kShops = 6;
  constexpr std::size_t kValues = 333;
  const RingBits bits = RingBits::of<24>();
  RingVector sum{bits, kValues};
  std::vector<std::int64_t> expected(kValues);
  for (std::size_t i = 0; i < kShops; ++i) {
    std::vector<std::int64_t> input(kValues);
    for (std::size_t k = 0; k < kValues; ++k) {
      input[k] = static_cast<std::int64_t>(i * 100 + k) - 300;
      expected[k] += input[k];
    }
    auto masked = RingVector::from_int64(bits, input);
    for (std::size_t j = 0; j < kShops; ++j) {
      if (i == j) continue;
      const auto pair = test::sample_secret<MaskSeed>(std::min(i, j) * kShops + std::max(i, j));
      const SignedSeed mask{&pair, j < i};
      expand_and_add({&mask, 1}, 0, masked->all());
    }
    BOOST_TEST(sum.add_packed(0, kValues, masked->pack(0, kValues)).has_value());
  }
  BOOST_TEST(sum.to_int64() == expected, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(the_portable_kernel_is_always_there_and_the_best_one_is_supported) {
  BOOST_TEST(is_supported(MaskKernel::evp));
  BOOST_TEST(is_supported(best_mask_kernel()));
  BOOST_TEST(name(MaskKernel::avx512) == "avx512");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
