#include "coordinator/uploads.hpp"

#include <fstream>

#include "base/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ProtocolErrc;
using protocol::test::sample;
using protocol::test::sample_bytes;

namespace fs = std::filesystem;

namespace {

constexpr std::uint32_t kChunks = 4;

/// A masked input of four chunks, the last one shorter.
struct Setup {
  test::TempDir dir;
  RoundKey key{protocol::RoundId{5}, protocol::Attempt{1}};
  ParticipantId shop = sample<ParticipantId>(1);
  protocol::RoundDescriptor descriptor;
  std::vector<Bytes> chunks;
  std::vector<Digest> digests;
  std::unique_ptr<Uploads> uploads;

  Setup() {
    descriptor.codec.ring_bits = 24;
    descriptor.codec.chunk_values = 128;
    descriptor.codec.vector_length = 128 * (kChunks - 1) + 10;
    BOOST_REQUIRE(protocol::chunk_count(descriptor) == kChunks);
    for (std::uint32_t i = 0; i < kChunks; ++i) {
      chunks.push_back(sample_bytes(10 + i, protocol::chunk_bytes(descriptor, i)));
      digests.push_back(protocol::chunk_digest(chunks.back()));
    }
    restart();
  }
  void restart(std::uint32_t slots = 4) {
    uploads.reset();
    uploads = Uploads::open(dir / "spool", slots).value();
  }
  Result<Uploads::Progress> begin(bool complete = false) {
    return uploads->begin(key, shop, descriptor, digests, complete);
  }
  Result<Uploads::Progress> put(std::uint32_t index) {
    return uploads->put(key, shop, index, chunks[index]);
  }
  void put_all() {
    for (std::uint32_t i = 0; i < kChunks; ++i) GS_REQUIRE_DONE(put(i));
  }
  [[nodiscard]] fs::path file() const { return dir / "spool" / "5.1" / shop.hex(); }
  /// Overwrites a few bytes of the file.
  void damage(std::uint32_t chunk) const {
    std::fstream out{file(), std::ios::in | std::ios::out | std::ios::binary};
    out.seekp(static_cast<std::streamoff>(chunk * chunks[0].size() + 3));
    out << "damage";
  }
};

using Missing = std::vector<std::uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(uploads_test)

BOOST_AUTO_TEST_CASE(chunks_may_come_in_any_order) {
  Setup setup;
  BOOST_TEST((setup.begin().value().status.missing_chunks == Missing{0, 1, 2, 3}));
  BOOST_TEST((setup.put(2).value().status.missing_chunks == Missing{0, 1, 3}));
  BOOST_TEST((setup.put(3).value().status.missing_chunks == Missing{0, 1}));
  BOOST_TEST((setup.put(0).value().status.missing_chunks == Missing{1}));
  BOOST_TEST(setup.put(1).value().all_received);
  GS_REQUIRE_DONE(setup.uploads->finish(setup.key, setup.shop));
  for (std::uint32_t i = 0; i < kChunks; ++i) {
    BOOST_TEST((setup.uploads->read_chunk(setup.key, setup.shop, i).value() == setup.chunks[i]));
  }
}

BOOST_AUTO_TEST_CASE(it_is_complete_only_once_that_was_remembered) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  setup.put_all();
  GS_REQUIRE_DONE(setup.uploads->finish(setup.key, setup.shop));
  BOOST_TEST(!setup.uploads->status(setup.key, setup.shop).value().status.complete);
  setup.uploads->set_complete(setup.key, setup.shop);
  const auto progress = setup.uploads->status(setup.key, setup.shop).value();
  BOOST_TEST(progress.status.complete);
  BOOST_TEST(progress.all_received);
  BOOST_TEST((progress.status.round == setup.key.round));
}

BOOST_AUTO_TEST_CASE(nothing_is_taken_before_the_header) {
  Setup setup;
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.put(0));
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.uploads->status(setup.key, setup.shop));
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.uploads->finish(setup.key, setup.shop));
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.uploads->read_chunk(setup.key, setup.shop, 0));
  setup.uploads->set_complete(setup.key, setup.shop);  // Harmless: the round ended in between.
}

BOOST_AUTO_TEST_CASE(the_header_must_list_every_chunk) {
  Setup setup;
  auto digests = setup.digests;
  digests.pop_back();
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch,
                 setup.uploads->begin(setup.key, setup.shop, setup.descriptor, digests));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch,
                 setup.uploads->begin(setup.key, setup.shop, setup.descriptor, {}));
  digests.resize(kChunks + 1);
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch,
                 setup.uploads->begin(setup.key, setup.shop, setup.descriptor, digests));
}

BOOST_AUTO_TEST_CASE(bytes_that_are_not_the_announced_ones_are_never_written) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  const auto put = [&](std::uint32_t index, ByteView bytes) {
    return setup.uploads->put(setup.key, setup.shop, index, bytes);
  };
  Bytes changed = setup.chunks[1];
  changed[0] ^= std::byte{1};
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(1, changed));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(1, setup.chunks[0]));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(1, {}));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(3, setup.chunks[0]));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(kChunks, setup.chunks[0]));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(~std::uint32_t{0}, setup.chunks[0]));
  Bytes longer = setup.chunks[1];
  longer.push_back(std::byte{0});
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, put(1, longer));
  const auto progress = setup.uploads->status(setup.key, setup.shop).value();
  BOOST_TEST((progress.status.missing_chunks == Missing{0, 1, 2, 3}));
  GS_CHECK_FAILS(ProtocolErrc::chunk_mismatch, setup.uploads->finish(setup.key, setup.shop));
}

BOOST_AUTO_TEST_CASE(repeating_a_chunk_is_harmless_and_replacing_it_is_refused) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  GS_REQUIRE_DONE(setup.put(1));
  BOOST_TEST((setup.put(1).value().status.missing_chunks == Missing{0, 2, 3}));
  Bytes changed = setup.chunks[1];
  changed[5] ^= std::byte{1};
  GS_CHECK_FAILS(ProtocolErrc::conflicting_message,
                 setup.uploads->put(setup.key, setup.shop, 1, changed));
  BOOST_TEST((setup.uploads->read_chunk(setup.key, setup.shop, 1).value() == setup.chunks[1]));
}

BOOST_AUTO_TEST_CASE(two_shops_and_two_attempts_do_not_meet) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  GS_REQUIRE_DONE(setup.put(0));
  setup.shop = sample<ParticipantId>(2);
  BOOST_TEST((setup.begin().value().status.missing_chunks == Missing{0, 1, 2, 3}));
  setup.key.attempt = setup.key.attempt.next();
  BOOST_TEST((setup.begin().value().status.missing_chunks == Missing{0, 1, 2, 3}));
  GS_REQUIRE_DONE(setup.put(3));
  setup.key = {protocol::RoundId{5}, protocol::Attempt{1}};
  setup.shop = sample<ParticipantId>(1);
  const auto first = setup.uploads->status(setup.key, setup.shop).value();
  BOOST_TEST((first.status.missing_chunks == Missing{1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(beginning_again_keeps_what_is_there) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  GS_REQUIRE_DONE(setup.put(2));
  BOOST_TEST((setup.begin().value().status.missing_chunks == Missing{0, 1, 3}));
}

BOOST_AUTO_TEST_CASE(after_a_restart_only_missing_and_damaged_chunks_are_asked_for) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  setup.put_all();
  setup.damage(1);
  setup.restart();
  const auto progress = setup.begin().value();
  BOOST_TEST((progress.status.missing_chunks == Missing{1}));
  BOOST_TEST(!progress.all_received);
  BOOST_TEST(setup.put(1).value().all_received);
  BOOST_TEST((setup.uploads->read_chunk(setup.key, setup.shop, 1).value() == setup.chunks[1]));
}

BOOST_AUTO_TEST_CASE(a_spool_left_complete_by_a_crash_is_found_so) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  setup.put_all();  // The crash comes before `finish` or before the ledger heard of it.
  setup.restart();
  const auto progress = setup.begin().value();
  BOOST_TEST(progress.all_received);
  BOOST_TEST(!progress.status.complete);
  GS_REQUIRE_DONE(setup.uploads->finish(setup.key, setup.shop));
  // A shop that repeats its last chunk is told the same.
  BOOST_TEST(setup.put(3).value().all_received);
}

BOOST_AUTO_TEST_CASE(an_acknowledged_upload_is_trusted_until_it_is_read) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  setup.put_all();
  setup.damage(2);
  setup.restart();
  BOOST_TEST(setup.begin(true).value().status.complete);
  BOOST_TEST(setup.uploads->read_chunk(setup.key, setup.shop, 1).has_value());
  const auto refused = setup.uploads->read_chunk(setup.key, setup.shop, 2);
  GS_CHECK_FAILS(BaseErrc::corrupt, refused);
  BOOST_TEST(refused.error().detail().find(setup.shop.hex()) != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_acknowledged_upload_whose_file_is_gone_is_corrupt) {
  Setup setup;
  BOOST_TEST(setup.begin(true).value().status.complete);
  GS_CHECK_FAILS(BaseErrc::corrupt, setup.uploads->read_chunk(setup.key, setup.shop, 0));
}

BOOST_AUTO_TEST_CASE(slots_bound_the_chunks_at_a_time_and_are_given_back) {
  Setup setup;
  setup.restart(0);
  GS_REQUIRE_DONE(setup.begin());
  GS_CHECK_FAILS(BaseErrc::busy, setup.put(0));
  setup.restart(1);
  GS_REQUIRE_DONE(setup.begin());
  for (std::uint32_t i = 0; i < kChunks; ++i) GS_REQUIRE_DONE(setup.put(i));
  Bytes wrong(3);
  for (int i = 0; i < 3; ++i) {
    GS_CHECK_FAILS(ProtocolErrc::conflicting_message,
                   setup.uploads->put(setup.key, setup.shop, 0, wrong));
  }
  GS_REQUIRE_DONE(setup.put(0));
}

BOOST_AUTO_TEST_CASE(only_the_named_attempt_is_kept) {
  Setup setup;
  GS_REQUIRE_DONE(setup.begin());
  GS_REQUIRE_DONE(setup.put(0));
  RoundKey other{protocol::RoundId{4}, protocol::Attempt{0}};
  GS_REQUIRE_DONE(setup.uploads->begin(other, setup.shop, setup.descriptor, setup.digests));
  std::ofstream{setup.dir / "spool" / "stray"} << "left by somebody";

  GS_REQUIRE_DONE(setup.uploads->keep_only(setup.key));
  BOOST_TEST(setup.uploads->status(setup.key, setup.shop).has_value());
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.uploads->status(other, setup.shop));
  BOOST_TEST(fs::exists(setup.file()));
  BOOST_TEST(!fs::exists(setup.dir / "spool" / "4.0"));
  BOOST_TEST(!fs::exists(setup.dir / "spool" / "stray"));

  GS_REQUIRE_DONE(setup.uploads->keep_only(std::nullopt));
  BOOST_TEST(fs::is_empty(setup.dir / "spool"));
  GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.put(1));
}

BOOST_AUTO_TEST_CASE(a_full_disk_refuses_the_header_and_the_shop_may_come_again) {
  Setup setup;
  {
    const test::FileSizeLimit full{100};
    BOOST_TEST(setup.begin().has_error());
    GS_CHECK_FAILS(ProtocolErrc::wrong_phase, setup.put(0));
  }
  BOOST_TEST((setup.begin().value().status.missing_chunks == Missing{0, 1, 2, 3}));
  setup.put_all();
  GS_REQUIRE_DONE(setup.uploads->finish(setup.key, setup.shop));
}

BOOST_AUTO_TEST_CASE(a_spool_that_cannot_be_made_or_listed_is_an_error) {
  const test::TempDir dir;
  std::ofstream{dir / "file"} << "x";
  BOOST_TEST(Uploads::open(dir / "file", 1).has_error());
  const auto uploads = Uploads::open(dir / "spool", 1).value();
  fs::remove_all(dir / "spool");
  BOOST_TEST(uploads->keep_only(std::nullopt).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
