#include "participant/kept_inputs.hpp"

#include <fstream>

#include "base/errors.hpp"
#include "participant/errors.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::test::sample;
using protocol::test::sample_bytes;

namespace fs = std::filesystem;

namespace {

struct Setup {
  test::TempDir dir;
  SeededRandom random{5};
  KeptInputs kept = open();
  protocol::RoundDigest rd = sample<protocol::RoundDigest>(1);
  protocol::RoundDigest other = sample<protocol::RoundDigest>(2);

  KeptInputs open() { return KeptInputs::open(dir / "kept", dir / "kept.key", random).value(); }
  void keep(const protocol::RoundDigest& round, const std::vector<Bytes>& pieces) {
    auto writer = kept.write(round, random).value();
    for (const Bytes& piece : pieces) GS_REQUIRE_DONE(writer.append(piece));
    GS_REQUIRE_DONE(writer.commit());
  }
  [[nodiscard]] fs::path file(const protocol::RoundDigest& round) const {
    return dir / "kept" / round.hex();
  }
  [[nodiscard]] Bytes stored(const protocol::RoundDigest& round) const {
    return read_file(file(round), 1 << 20).value();
  }
};

const std::vector<Bytes>& pieces() {
  static const std::vector<Bytes> all{sample_bytes(1, 5000), sample_bytes(2, 5000),
                                      sample_bytes(3, 17)};
  return all;
}

Bytes joined() {
  Bytes all;
  for (const Bytes& piece : pieces()) append(all, piece);
  return all;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(kept_inputs_test)

BOOST_AUTO_TEST_CASE(pieces_come_one_by_one_until_they_are_not_wanted) {
  Setup setup;
  setup.keep(setup.rd, pieces());
  std::vector<Bytes> taken;
  GS_REQUIRE_DONE(setup.kept.read_pieces(setup.rd, [&](ByteView piece) -> Result<> {
    taken.emplace_back(piece.begin(), piece.end());
    return {};
  }));
  BOOST_TEST((taken == pieces()));
  taken.clear();
  GS_CHECK_FAILS(BaseErrc::interrupted,
                 setup.kept.read_pieces(setup.rd, [&](ByteView piece) -> Result<> {
                   taken.emplace_back(piece.begin(), piece.end());
                   return BaseErrc::interrupted;
                 }));
  BOOST_TEST(taken.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_vector_comes_back_as_it_was_also_after_a_restart) {
  Setup setup;
  setup.keep(setup.rd, pieces());
  BOOST_TEST((setup.kept.read(setup.rd).value() == joined()));
  BOOST_TEST((setup.open().read(setup.rd).value() == joined()));
  setup.keep(setup.other, {});
  BOOST_TEST(setup.kept.read(setup.other).value().empty());
}

BOOST_AUTO_TEST_CASE(nothing_of_it_lies_there_in_clear) {
  Setup setup;
  const Bytes plain = to_bytes(std::string(4000, 'v'));
  setup.keep(setup.rd, {plain});
  const Bytes stored = setup.stored(setup.rd);
  BOOST_TEST(as_text(stored).find("vvvv") == std::string_view::npos);
  // The same vector of the same round, written twice: under two keys.
  setup.keep(setup.rd, {plain});
  BOOST_TEST((stored != setup.stored(setup.rd)));
  BOOST_TEST((setup.kept.read(setup.rd).value() == plain));
}

BOOST_AUTO_TEST_CASE(whatever_is_changed_is_lost) {
  Setup setup;
  setup.keep(setup.rd, pieces());
  const Bytes good = setup.stored(setup.rd);
  const auto lost = [&](const Bytes& bytes) {
    GS_REQUIRE_DONE(write_file_atomically(setup.file(setup.rd), bytes));
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.kept.read(setup.rd));
  };
  for (std::size_t at = 0; at < good.size(); at += at < 64 ? 1 : 97) {
    Bytes changed = good;
    changed[at] ^= std::byte{1};
    lost(changed);
    lost(Bytes(good.begin(), good.begin() + static_cast<std::ptrdiff_t>(at)));
  }
  Bytes longer = good;
  longer.push_back(std::byte{0});
  lost(longer);
  // Without its middle: two pieces and the end, each as it was.
  const std::size_t piece = 4 + 5000 + 16;
  Bytes shorter(good.begin(), good.begin() + 24);
  shorter.insert(shorter.end(), good.begin() + static_cast<std::ptrdiff_t>(24 + piece), good.end());
  lost(shorter);
  GS_REQUIRE_DONE(write_file_atomically(setup.file(setup.rd), good));
  BOOST_TEST((setup.kept.read(setup.rd).value() == joined()));
}

BOOST_AUTO_TEST_CASE(a_vector_belongs_to_its_round_and_to_this_shop) {
  Setup setup;
  setup.keep(setup.rd, pieces());
  fs::rename(setup.file(setup.rd), setup.file(setup.other));
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.kept.read(setup.other));
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.kept.read(setup.rd));
  fs::rename(setup.file(setup.other), setup.file(setup.rd));
  fs::remove(setup.dir / "kept.key");
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.open().read(setup.rd));
}

BOOST_AUTO_TEST_CASE(what_was_not_committed_is_not_there) {
  Setup setup;
  {
    auto writer = setup.kept.write(setup.rd, setup.random).value();
    GS_REQUIRE_DONE(writer.append(pieces()[0]));
  }
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.kept.read(setup.rd));
  BOOST_TEST(fs::is_empty(setup.dir / "kept"));
}

BOOST_AUTO_TEST_CASE(only_what_is_still_needed_is_kept) {
  Setup setup;
  setup.keep(setup.rd, pieces());
  setup.keep(setup.other, pieces());
  GS_REQUIRE_DONE(setup.kept.sweep(std::array{setup.other}));
  BOOST_TEST(!fs::exists(setup.file(setup.rd)));
  BOOST_TEST((setup.kept.read(setup.other).value() == joined()));
  GS_REQUIRE_DONE(setup.kept.sweep({}));
  BOOST_TEST(fs::is_empty(setup.dir / "kept"));
}

BOOST_AUTO_TEST_CASE(a_key_file_that_is_no_key_is_refused) {
  Setup setup;
  std::ofstream{setup.dir / "kept.key"} << "short";
  GS_CHECK_FAILS(BaseErrc::corrupt,
                 KeptInputs::open(setup.dir / "kept", setup.dir / "kept.key", setup.random));
}

BOOST_AUTO_TEST_SUITE_END()
