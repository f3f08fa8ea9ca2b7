#include "base/gzip.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/random.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;

namespace {

/// printf 'hello\n' | gzip -9n
constexpr std::string_view kHello = "1f8b0800000000000203cb48cdc9c9e7020020303a3606000000";

}  // namespace

BOOST_AUTO_TEST_SUITE(gzip_test)

BOOST_AUTO_TEST_CASE(what_another_program_compressed_is_read) {
  BOOST_TEST(gunzip(from_hex(kHello).value(), 6).value() == "hello\n");
}

BOOST_AUTO_TEST_CASE(text_and_noise_of_any_size_round_trip) {
  SeededRandom random{1};
  for (const std::size_t size : {0U, 1U, 65'535U, 65'536U, 300'000U}) {
    Bytes noise(size);
    random.fill(noise);
    BOOST_TEST(gunzip(gzip(noise), size).value() == as_text(noise));
    const std::string text(size, 'x');
    BOOST_TEST(gunzip(gzip(as_bytes(text)), size).value() == text);
  }
}

BOOST_AUTO_TEST_CASE(the_same_input_gives_the_same_bytes) {
  BOOST_TEST((gzip(as_bytes("abc")) == gzip(as_bytes("abc"))));
}

BOOST_AUTO_TEST_CASE(output_is_limited_whatever_the_input_promises) {
  const Bytes bomb = gzip(Bytes(10'000'000));
  BOOST_TEST(bomb.size() < 20'000U);
  BOOST_TEST((gunzip(bomb, 9'999'999).error() == BaseErrc::too_large));
  BOOST_TEST(gunzip(bomb, 10'000'000).value().size() == 10'000'000U);
}

BOOST_AUTO_TEST_CASE(concatenated_members_are_one_text) {
  Bytes both = gzip(as_bytes("one "));
  append(both, gzip(as_bytes("two")));
  BOOST_TEST(gunzip(both, 100).value() == "one two");
}

BOOST_AUTO_TEST_CASE(every_cut_is_noticed_and_no_flipped_bit_changes_the_text_unnoticed) {
  constexpr std::string_view kText = "some text that is long enough";
  const Bytes whole = gzip(as_bytes(kText));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    BOOST_TEST((gunzip(ByteView{whole}.first(length), 1000).error() == BaseErrc::corrupt));
  }
  // Some bits carry no data: time stamp, hints, and the padding behind the last block.
  for (std::size_t bit = 0; bit < 8 * whole.size(); ++bit) {
    Bytes damaged = whole;
    damaged[bit / 8] ^= static_cast<std::byte>(1 << bit % 8);
    const auto read = gunzip(damaged, 1000);
    BOOST_TEST((read.has_error() || *read == kText));
  }
}

BOOST_AUTO_TEST_CASE(bytes_behind_the_stream_are_refused) {
  Bytes trailing = gzip(as_bytes("x"));
  trailing.push_back(std::byte{0});
  BOOST_TEST((gunzip(trailing, 100).error() == BaseErrc::corrupt));
}

BOOST_AUTO_TEST_CASE(a_stream_in_pieces_of_any_size_gives_the_same_text) {
  SeededRandom random{2};
  Bytes plain(200'000);
  random.fill(MutableByteView{plain}.first(100'000));
  Bytes packed = gzip(plain);
  append(packed, gzip(as_bytes("the end")));
  for (const std::size_t size : {1U, 7U, 4096U, 1'000'000U}) {
    Gunzip stream;
    std::string text;
    std::size_t longest = 0;
    const auto keep = [&](std::string_view piece) -> Result<> {
      longest = std::max(longest, piece.size());
      text += piece;
      return {};
    };
    for (std::size_t at = 0; at < packed.size(); at += size) {
      BOOST_TEST_REQUIRE(
          stream.feed(ByteView{packed}.subspan(at, std::min(size, packed.size() - at)), keep)
              .has_value());
    }
    BOOST_TEST(stream.finish().has_value());
    BOOST_TEST((text == std::string{as_text(plain)} + "the end"));
    BOOST_TEST(longest <= 65'536U);
  }
}

BOOST_AUTO_TEST_CASE(a_stream_without_its_end_or_with_a_refusing_receiver_fails) {
  const Bytes packed = gzip(Bytes(1'000'000));
  const auto ignore = [](std::string_view) { return Result<>{}; };
  Gunzip cut;
  BOOST_TEST(cut.feed(ByteView{packed}.first(packed.size() - 1), ignore).has_value());
  BOOST_TEST((cut.finish().error() == BaseErrc::corrupt));
  BOOST_TEST((Gunzip{}.finish().error() == BaseErrc::corrupt));
  Gunzip stopped;
  int calls = 0;
  const auto refuse = [&](std::string_view) -> Result<> {
    ++calls;
    return BaseErrc::no_space;
  };
  BOOST_TEST((stopped.feed(packed, refuse).error() == BaseErrc::no_space));
  BOOST_TEST(calls == 1);
}

BOOST_AUTO_TEST_CASE(files_are_told_apart_by_content) {
  const test::TempDir dir;
  BOOST_TEST(write_file_atomically(dir / "a.gz", as_bytes("plain")).has_value());
  BOOST_TEST(write_file_atomically(dir / "b.txt", gzip(as_bytes("packed"))).has_value());
  BOOST_TEST(read_plain_or_gzip(dir / "a.gz", 10).value() == "plain");
  BOOST_TEST(read_plain_or_gzip(dir / "b.txt", 6).value() == "packed");
  BOOST_TEST((read_plain_or_gzip(dir / "a.gz", 4).error() == BaseErrc::too_large));
  BOOST_TEST((read_plain_or_gzip(dir / "b.txt", 5).error() == BaseErrc::too_large));
}

BOOST_AUTO_TEST_SUITE_END()
