#include "coordinator/store/directory_blobs.hpp"

#include <fstream>
#include <sys/stat.h>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "protocol/blob_id.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::test::sample_bytes;

namespace fs = std::filesystem;

namespace {

constexpr std::uint64_t kAny = std::uint64_t{1} << 30;

std::size_t entries_in(const fs::path& directory) {
  return static_cast<std::size_t>(
      std::distance(fs::directory_iterator{directory}, fs::directory_iterator{}));
}

unsigned mode_of(const fs::path& path) {
  struct stat status{};
  BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
  return status.st_mode & 07777U;
}

fs::path file_of(const test::TempDir& dir, const BlobId& id) {
  return dir / "blobs" / id.hex().substr(0, 2) / id.hex();
}

std::unique_ptr<Blobs> open(const test::TempDir& dir) {
  return open_directory_blobs(dir / "blobs").value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(directory_blobs_test)

BOOST_AUTO_TEST_CASE(content_is_read_back_under_its_address) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const Bytes content = sample_bytes(1, 100'000);

  const BlobId id = blobs->put(content).value();

  BOOST_TEST((id == protocol::blob_id(content)));
  BOOST_TEST(blobs->contains(id).value());
  BOOST_TEST(blobs->size(id).value() == content.size());
  BOOST_TEST((blobs->load(id, kAny).value() == content));
  BOOST_TEST((blobs->load(id, content.size()).value() == content));
  const Bytes middle = blobs->read(id, 70, 30).value();
  BOOST_TEST((middle == Bytes(content.begin() + 70, content.begin() + 100)));
}

BOOST_AUTO_TEST_CASE(content_that_comes_in_pieces_has_the_same_address) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const Bytes content = sample_bytes(2, 50'000);
  auto writer = blobs->create().value();
  for (std::size_t at = 0; at < content.size(); at += 777) {
    GS_REQUIRE_DONE(writer->append(
        ByteView{content}.subspan(at).first(std::min<std::size_t>(777, content.size() - at))));
  }
  const BlobId id = writer->commit().value();
  BOOST_TEST((id == protocol::blob_id(content)));
  BOOST_TEST((blobs->load(id, kAny).value() == content));
  BOOST_TEST((blobs->put(content).value() == id));  // Committing present content is harmless.
  BOOST_TEST((blobs->load(id, kAny).value() == content));
}

BOOST_AUTO_TEST_CASE(nothing_at_all_is_a_blob_too) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const BlobId id = blobs->put({}).value();
  BOOST_TEST((id == protocol::blob_id({})));
  BOOST_TEST(blobs->size(id).value() == 0U);
  BOOST_TEST(blobs->load(id, 0).value().empty());
  BOOST_TEST(blobs->read(id, 0, 10).value().empty());
}

BOOST_AUTO_TEST_CASE(reading_is_short_at_the_end_and_empty_beyond_it) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const BlobId id = blobs->put(sample_bytes(3, 100)).value();
  BOOST_TEST(blobs->read(id, 90, 50).value().size() == 10U);
  BOOST_TEST(blobs->read(id, 100, 50).value().empty());
  BOOST_TEST(blobs->read(id, ~std::uint64_t{0}, 50).value().empty());
}

BOOST_AUTO_TEST_CASE(what_was_never_stored_is_not_found) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const BlobId id = protocol::blob_id(sample_bytes(4, 10));
  BOOST_TEST(!blobs->contains(id).value());
  GS_CHECK_FAILS(BaseErrc::not_found, blobs->size(id));
  GS_CHECK_FAILS(BaseErrc::not_found, blobs->read(id, 0, 1));
  GS_CHECK_FAILS(BaseErrc::not_found, blobs->load(id, kAny));
  GS_REQUIRE_DONE(blobs->remove(id));
}

BOOST_AUTO_TEST_CASE(a_removed_blob_is_gone_and_can_come_back) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const Bytes content = sample_bytes(5, 10);
  const BlobId id = blobs->put(content).value();
  GS_REQUIRE_DONE(blobs->remove(id));
  BOOST_TEST(!blobs->contains(id).value());
  BOOST_TEST((blobs->put(content).value() == id));
  BOOST_TEST((blobs->load(id, kAny).value() == content));
}

BOOST_AUTO_TEST_CASE(a_limit_refuses_before_anything_is_read) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const BlobId id = blobs->put(sample_bytes(6, 100)).value();
  GS_CHECK_FAILS(BaseErrc::too_large, blobs->load(id, 99));
}

BOOST_AUTO_TEST_CASE(damage_on_the_disk_is_noticed_by_address) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const Bytes content = sample_bytes(7, 5000);
  const BlobId flipped = blobs->put(content).value();
  const BlobId cut = blobs->put(sample_bytes(8, 5000)).value();
  {
    std::fstream file{file_of(dir, flipped), std::ios::in | std::ios::out | std::ios::binary};
    file.seekp(1234);
    file.put(static_cast<char>(std::to_integer<int>(content[1234]) ^ 1));
  }
  fs::resize_file(file_of(dir, cut), 4999);
  const auto refused = blobs->load(flipped, kAny);
  GS_CHECK_FAILS(BaseErrc::corrupt, refused);
  BOOST_TEST(refused.error().detail().find(flipped.hex()) != std::string::npos);
  GS_CHECK_FAILS(BaseErrc::corrupt, blobs->load(cut, kAny));
}

BOOST_AUTO_TEST_CASE(an_abandoned_writer_leaves_no_trace) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  {
    auto writer = blobs->create().value();
    GS_REQUIRE_DONE(writer->append(sample_bytes(9, 100)));
    BOOST_TEST(entries_in(dir / "blobs" / "incoming") == 1U);
  }
  BOOST_TEST(entries_in(dir / "blobs" / "incoming") == 0U);
  BOOST_TEST(!blobs->contains(protocol::blob_id(sample_bytes(9, 100))).value());
}

BOOST_AUTO_TEST_CASE(opening_removes_what_a_crash_left_and_keeps_what_was_committed) {
  const test::TempDir dir;
  const BlobId id = open(dir)->put(sample_bytes(10, 100)).value();
  std::ofstream{dir / "blobs" / "incoming" / "1"} << "half";
  const auto blobs = open(dir);
  BOOST_TEST(entries_in(dir / "blobs" / "incoming") == 0U);
  BOOST_TEST(blobs->contains(id).value());
  BOOST_TEST(blobs->put(sample_bytes(11, 100)).has_value());
}

BOOST_AUTO_TEST_CASE(two_writers_at_a_time_do_not_meet) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  auto first = blobs->create().value();
  auto second = blobs->create().value();
  GS_REQUIRE_DONE(first->append(as_bytes("one")));
  GS_REQUIRE_DONE(second->append(as_bytes("two")));
  GS_REQUIRE_DONE(first->append(as_bytes("one")));
  BOOST_TEST(as_text(blobs->load(second->commit().value(), kAny).value()) == "two");
  BOOST_TEST(as_text(blobs->load(first->commit().value(), kAny).value()) == "oneone");
}

BOOST_AUTO_TEST_CASE(only_the_owner_may_read) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const BlobId id = blobs->put(as_bytes("x")).value();
  BOOST_TEST(mode_of(file_of(dir, id)) == 0600U);
  BOOST_TEST(mode_of(file_of(dir, id).parent_path()) == 0700U);
  BOOST_TEST(mode_of(dir / "blobs") == 0700U);
}

BOOST_AUTO_TEST_CASE(a_full_disk_is_an_error_without_a_trace) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  const Bytes content = sample_bytes(12, 100'000);
  {
    const test::FileSizeLimit full{50'000};
    BOOST_TEST(blobs->put(content).has_error());
  }
  BOOST_TEST(entries_in(dir / "blobs" / "incoming") == 0U);
  BOOST_TEST(!blobs->contains(protocol::blob_id(content)).value());
  BOOST_TEST(blobs->put(content).has_value());  // There is room again.
}

BOOST_AUTO_TEST_CASE(a_place_that_cannot_hold_blobs_is_refused_when_opened) {
  const test::TempDir dir;
  std::ofstream{dir / "blobs"} << "a file";
  BOOST_TEST(open_directory_blobs(dir / "blobs").has_error());
  BOOST_TEST(open_directory_blobs(dir / "blobs" / "below").has_error());
}

BOOST_AUTO_TEST_CASE(a_directory_that_disappears_is_an_error_and_no_crash) {
  const test::TempDir dir;
  const auto blobs = open(dir);
  auto writer = blobs->create().value();
  GS_REQUIRE_DONE(writer->append(as_bytes("x")));
  fs::remove_all(dir / "blobs");
  BOOST_TEST(writer->commit().has_error());
  BOOST_TEST(blobs->put(as_bytes("x")).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
