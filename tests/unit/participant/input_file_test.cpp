#include "participant/source/input_file.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "base/random.hpp"
#include "participant/errors.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup {
  test::TempDir dir;
  std::size_t longest = 0;

  [[nodiscard]] InputFile file(ByteView content) const {
    GS_REQUIRE_DONE(write_file_atomically(dir / "orders", content));
    return InputFile::open(dir / "orders").value();
  }
  Result<std::string> text_of(const InputFile& input) {
    std::string text;
    GS_CHECK(input.read([&](std::string_view piece) -> Result<> {
      longest = std::max(longest, piece.size());
      text += piece;
      return {};
    }));
    return text;
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(input_file_test)

BOOST_AUTO_TEST_CASE(plain_and_compressed_files_give_the_same_text_in_small_pieces) {
  Setup setup;
  SeededRandom random{3};
  Bytes noise(1'000'000);
  random.fill(noise);
  const Bytes packed = gzip(noise, 1);
  for (const bool compressed : {false, true}) {
    const InputFile input = setup.file(compressed ? packed : noise);
    BOOST_TEST(input.is_compressed() == compressed);
    GS_REQUIRE_DONE(input.check());
    BOOST_TEST((setup.text_of(input).value() == as_text(noise)));
    BOOST_TEST((setup.text_of(input).value() == as_text(noise)));  // From the start again.
  }
  BOOST_TEST(setup.longest <= InputFile::kPieceBytes);
  BOOST_TEST(setup.text_of(setup.file({})).value().empty());
  BOOST_TEST(setup.text_of(setup.file(as_bytes("\x1f"))).value() == "\x1f");
}

BOOST_AUTO_TEST_CASE(damage_and_a_missing_end_are_found_by_the_check) {
  Setup setup;
  Bytes packed = gzip(as_bytes("customer,item\nann,tea\n"));
  for (std::size_t length = 2; length < packed.size(); ++length) {
    const InputFile input = setup.file(ByteView{packed}.first(length));
    GS_CHECK_FAILS(ParticipantErrc::source_unreadable, input.check());
  }
  packed[packed.size() - 6] ^= std::byte{1};  // The checksum.
  const InputFile damaged = setup.file(packed);
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, damaged.check());
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, setup.text_of(damaged));
}

BOOST_AUTO_TEST_CASE(a_small_file_that_grows_beyond_all_measure_is_refused) {
  Setup setup;
  const Bytes blank(InputFile::kGrowthFreeBytes, std::byte{'\n'});
  GS_REQUIRE_DONE(setup.file(gzip(blank)).check());
  Bytes beyond = gzip(blank);
  append(beyond, gzip(as_bytes("\n")));
  const auto refused = setup.file(beyond).check();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
  BOOST_TEST(refused.error().detail().find("256-fold") != std::string::npos);
  // The same length in a file that is not all air is an export.
  SeededRandom random{4};
  Bytes noise(200'000);
  random.fill(noise);
  append(beyond, gzip(noise));
  Bytes solid = gzip(noise);
  append(solid, beyond);
  GS_REQUIRE_DONE(setup.file(solid).check());
}

BOOST_AUTO_TEST_CASE(a_refusing_receiver_ends_the_reading) {
  Setup setup;
  const auto refuse = [](std::string_view) -> Result<> { return BaseErrc::no_space; };
  GS_CHECK_FAILS(BaseErrc::no_space, setup.file(as_bytes("text")).read(refuse));
  GS_CHECK_FAILS(BaseErrc::no_space, setup.file(gzip(as_bytes("text"))).read(refuse));
  BOOST_TEST(InputFile::open(setup.dir / "missing").has_error());
}

BOOST_AUTO_TEST_SUITE_END()
