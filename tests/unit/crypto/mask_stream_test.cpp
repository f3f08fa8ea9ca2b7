#include "crypto/mask_stream.hpp"

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<MaskSeed>);
static_assert(!std::is_copy_constructible_v<MaskStream>);

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_stream_test)

BOOST_AUTO_TEST_CASE(any_window_equals_that_part_of_the_whole) {
  MaskStream stream{test::sample_secret<MaskSeed>(1)};
  Bytes whole(4096);
  stream.fill(0, whole);
  SeededRandom random{7};
  for (int i = 0; i < 500; ++i) {
    const std::size_t offset = test::draw(random) % whole.size();
    Bytes window(test::draw(random) % (whole.size() - offset + 1));
    stream.fill(offset, window);
    BOOST_TEST(std::equal(window.begin(), window.end(), whole.begin() + static_cast<long>(offset)),
               "offset " << offset << ", size " << window.size());
  }
}

BOOST_AUTO_TEST_CASE(reading_on_continues_the_stream) {
  MaskStream stream{test::sample_secret<MaskSeed>(1)};
  Bytes whole(1000);
  stream.fill(0, whole);
  Bytes pieces;
  for (std::size_t size = 1; pieces.size() + size <= whole.size(); ++size) {
    Bytes piece(size);
    stream.fill(pieces.size(), piece);
    append(pieces, piece);
  }
  BOOST_TEST(std::equal(pieces.begin(), pieces.end(), whole.begin()));
}

BOOST_AUTO_TEST_CASE(seeds_give_unrelated_streams) {
  Bytes first(64);
  Bytes second(64);
  MaskStream{test::sample_secret<MaskSeed>(1)}.fill(0, first);
  MaskStream{test::sample_secret<MaskSeed>(2)}.fill(0, second);
  BOOST_TEST((first != second));
}

BOOST_AUTO_TEST_CASE(far_offsets_are_reached_directly) {
  const auto seed = test::sample_secret<MaskSeed>(1);
  constexpr std::uint64_t kBlock = (std::uint64_t{1} << 59) + 3;
  std::array<std::byte, 16> counter{};
  for (std::size_t i = 0; i < 8; ++i) counter[15 - i] = static_cast<std::byte>(kBlock >> (8 * i));
  Bytes direct(40);
  MaskStream{seed, CounterBlock{counter}}.fill(0, direct);
  Bytes far(40);
  MaskStream{seed}.fill(kBlock * 16, far);
  BOOST_TEST((direct == far));
}

BOOST_AUTO_TEST_CASE(reading_nothing_is_harmless) {
  MaskStream stream{test::sample_secret<MaskSeed>(1)};
  stream.fill(77, {});
  Bytes bytes(16);
  stream.fill(0, bytes);
  BOOST_TEST((bytes != Bytes(16)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
