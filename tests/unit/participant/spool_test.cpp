#include "participant/spool.hpp"

#include <fstream>
#include <sys/stat.h>

#include "base/errors.hpp"
#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "tests/support/file_size_limit.hpp"
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
  Spool spool = Spool::open(dir / "spool").value();
  protocol::RoundDigest rd = sample<protocol::RoundDigest>(1);
  std::vector<Bytes> chunks{sample_bytes(1, 1000), sample_bytes(2, 1000), sample_bytes(3, 17)};

  [[nodiscard]] std::vector<protocol::Digest> digests() const {
    std::vector<protocol::Digest> out;
    for (const Bytes& chunk : chunks) out.push_back(protocol::chunk_digest(chunk));
    return out;
  }
  Result<> write() {
    GS_TRY(auto writer, spool.write(rd));
    for (const Bytes& chunk : chunks) GS_CHECK(writer.append(chunk));
    return writer.commit(digests());
  }
  [[nodiscard]] fs::path file(std::string_view ending) const {
    return dir / "spool" / (rd.hex() + std::string{ending});
  }
  [[nodiscard]] std::size_t files() const {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator{dir / "spool"}, fs::directory_iterator{}));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(spool_test)

BOOST_AUTO_TEST_CASE(chunks_are_read_back_as_often_as_needed) {
  Setup setup;
  GS_REQUIRE_DONE(setup.write());
  const Spool again = Spool::open(setup.dir / "spool").value();
  const SpooledChunks chunks = again.read(setup.rd).value();
  BOOST_TEST((chunks.digests() == setup.digests()));
  for (int times = 0; times < 2; ++times) {
    for (std::uint32_t i = 0; i < 3; ++i) {
      BOOST_TEST((chunks.read(i).value() == setup.chunks[i]));
    }
  }
  GS_CHECK_FAILS(BaseErrc::invalid_argument, chunks.read(3));
}

BOOST_AUTO_TEST_CASE(without_commit_nothing_remains) {
  Setup setup;
  {
    auto writer = setup.spool.write(setup.rd).value();
    GS_REQUIRE_DONE(writer.append(setup.chunks[0]));
    auto moved = std::move(writer);
    GS_REQUIRE_DONE(moved.append(setup.chunks[1]));
  }
  BOOST_TEST(setup.files() == 0U);
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
}

BOOST_AUTO_TEST_CASE(a_commit_needs_a_digest_per_chunk) {
  Setup setup;
  auto writer = setup.spool.write(setup.rd).value();
  GS_REQUIRE_DONE(writer.append(setup.chunks[0]));
  GS_CHECK_FAILS(BaseErrc::invalid_argument, writer.commit(setup.digests()));
}

BOOST_AUTO_TEST_CASE(an_input_whose_index_is_missing_was_never_complete) {
  Setup setup;
  GS_REQUIRE_DONE(setup.write());
  fs::remove(setup.file(".index"));  // The crash came between the two files.
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
  GS_REQUIRE_DONE(setup.write());
  BOOST_TEST(setup.spool.read(setup.rd).has_value());
}

BOOST_AUTO_TEST_CASE(changed_shortened_and_missing_files_are_named_as_lost) {
  {
    Setup setup;
    GS_REQUIRE_DONE(setup.write());
    std::fstream file{setup.file(".input"), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(1500);
    file << "changed";
    file.close();
    const auto chunks = setup.spool.read(setup.rd).value();
    BOOST_TEST(chunks.read(0).has_value());
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, chunks.read(1));
  }
  {
    Setup setup;
    GS_REQUIRE_DONE(setup.write());
    fs::resize_file(setup.file(".input"), 2010);
    const auto chunks = setup.spool.read(setup.rd).value();
    BOOST_TEST(chunks.read(1).has_value());
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, chunks.read(2));
  }
  {
    Setup setup;
    GS_REQUIRE_DONE(setup.write());
    fs::remove(setup.file(".input"));
    GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
  }
}

BOOST_AUTO_TEST_CASE(a_damaged_index_is_refused) {
  Setup setup;
  GS_REQUIRE_DONE(setup.write());
  fs::resize_file(setup.file(".index"), 3 * 36 - 1);
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
  const Bytes huge(36, std::byte{0xFF});
  GS_REQUIRE_DONE(write_file_atomically(setup.file(".index"), huge));
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
}

BOOST_AUTO_TEST_CASE(a_description_is_kept_beside_its_input) {
  Setup setup;
  const protocol::test::RoundSetup round;
  const auto rd = protocol::round_digest(round.description.descriptor);
  BOOST_TEST(setup.spool.description(rd).has_error());
  GS_REQUIRE_DONE(setup.spool.keep_description(round.description));
  const auto kept = setup.spool.description(rd).value();
  BOOST_TEST((kept.descriptor == round.description.descriptor));
  BOOST_TEST(kept.check_ins.size() == round.size());
  fs::resize_file(setup.dir / "spool" / (rd.hex() + ".description"), 100);
  BOOST_TEST(setup.spool.description(rd).has_error());
}

BOOST_AUTO_TEST_CASE(sweeping_keeps_one_round_or_nothing) {
  Setup setup;
  GS_REQUIRE_DONE(setup.write());
  setup.rd = sample<protocol::RoundDigest>(2);
  GS_REQUIRE_DONE(setup.write());
  GS_REQUIRE_DONE(setup.spool.sweep(std::span{&setup.rd, 1}));
  BOOST_TEST(setup.files() == 2U);
  BOOST_TEST(setup.spool.read(setup.rd).has_value());
  GS_REQUIRE_DONE(setup.spool.sweep({}));
  BOOST_TEST(setup.files() == 0U);
}

BOOST_AUTO_TEST_CASE(only_the_owner_may_read_it) {
  Setup setup;
  GS_REQUIRE_DONE(setup.write());
  for (const char* ending : {".input", ".index"}) {
    struct stat status{};
    BOOST_REQUIRE(::stat(setup.file(ending).c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0600U);
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_and_leaves_no_input_behind) {
  Setup setup;
  {
    const test::FileSizeLimit full{1500};
    BOOST_TEST(setup.write().has_error());
  }
  GS_CHECK_FAILS(ParticipantErrc::spool_lost, setup.spool.read(setup.rd));
  BOOST_TEST(setup.files() == 0U);
  GS_REQUIRE_DONE(setup.write());
  BOOST_TEST((setup.spool.read(setup.rd).value().read(2).value() == setup.chunks[2]));
}

BOOST_AUTO_TEST_SUITE_END()
