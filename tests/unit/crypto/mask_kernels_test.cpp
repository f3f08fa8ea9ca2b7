#include "crypto/detail/mask_kernels.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

#include "crypto/mask_stream.hpp"
#include "samples.hpp"

namespace guildsum::crypto::detail {
namespace {

std::vector<AddKeyStream> supported() {
  std::vector<AddKeyStream> kernels;
  if (has_aes_ni()) kernels.push_back(add_key_stream_aes_ni);
  if (has_aes_ni() && has_avx2()) kernels.push_back(add_key_stream_avx2);
  if (has_aes_ni() && has_avx512()) kernels.push_back(add_key_stream_avx512);
  return kernels;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_kernels_test)

BOOST_AUTO_TEST_CASE(key_expansion_matches_fips_197) {
  if (!has_aes_ni()) return;
  // Appendix A.3: the cipher key and its last round key.
  const auto key = *from_hex("603deb1015ca71be2b73aef0857d77811f352c073b6108d72d9810a30914dff4");
  AesSchedule schedule;
  expand_key_aes_ni(key.data(), schedule);
  const ByteView round_keys = std::as_bytes(std::span{schedule.round_keys});
  BOOST_TEST(to_hex(round_keys.first(32)) == to_hex(key));
  BOOST_TEST(to_hex(round_keys.subspan(32, 16)) == "9ba354118e6925afa51a8b5f2067fcde");
  BOOST_TEST(to_hex(round_keys.last(16)) == "fe4890d1e6188d0b046df344706c631e");
}

BOOST_AUTO_TEST_CASE(a_zero_target_becomes_the_key_stream_also_across_counter_bytes) {
  const auto seed = test::sample_secret<MaskSeed>(4);
  for (const AddKeyStream add : supported()) {
    AesSchedule schedule;
    expand_key_aes_ni(seed.expose().data(), schedule);
    for (const std::uint64_t first : {0ULL, 250ULL, 65530ULL, 0xfffffffeULL, 0xfffffffffffff0ULL}) {
      for (std::size_t blocks = 1; blocks <= 70; ++blocks) {
        Bytes target(blocks * kAesBlockBytes);
        add(schedule, first, blocks, {.word_bytes = 4, .negative = false}, target.data());
        Bytes expected(target.size());
        MaskStream{seed}.fill(first * kAesBlockBytes, expected);
        BOOST_TEST((target == expected), "first " << first << ", blocks " << blocks);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(targets_need_no_alignment_and_nothing_beyond_them_is_touched) {
  const auto seed = test::sample_secret<MaskSeed>(4);
  for (const AddKeyStream add : supported()) {
    AesSchedule schedule;
    expand_key_aes_ni(seed.expose().data(), schedule);
    for (std::size_t shift = 0; shift < 64; shift += 2) {
      constexpr std::size_t kBlocks = 39;
      Bytes target(kBlocks * kAesBlockBytes + 128);
      add(schedule, 5, kBlocks, {.word_bytes = 2, .negative = false}, target.data() + shift);
      Bytes expected(target.size());
      MaskStream{seed}.fill(5 * kAesBlockBytes,
                            std::span{expected}.subspan(shift, kBlocks * kAesBlockBytes));
      BOOST_TEST((target == expected));
    }
  }
}

BOOST_AUTO_TEST_CASE(subtracting_undoes_adding_for_every_word_size) {
  const auto seed = test::sample_secret<MaskSeed>(4);
  for (const AddKeyStream add : supported()) {
    AesSchedule schedule;
    expand_key_aes_ni(seed.expose().data(), schedule);
    for (const std::uint8_t word_bytes : std::array<std::uint8_t, 3>{2, 4, 8}) {
      const Bytes original = test::sample_bytes(9, 37 * kAesBlockBytes);
      Bytes target = original;
      add(schedule, 1, 37, {word_bytes, false}, target.data());
      BOOST_TEST((target != original));
      add(schedule, 1, 37, {word_bytes, true}, target.data());
      BOOST_TEST((target == original));
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto::detail
