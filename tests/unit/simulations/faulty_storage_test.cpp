#include "simulations/faults/faulty_storage.hpp"

#include <algorithm>

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::must;

protocol::ParticipantId shop(std::uint32_t number) {
  protocol::ParticipantId id;
  id.mutable_view().front() = std::byte{static_cast<unsigned char>(number)};
  return id;
}

protocol::UploadStatus missing(std::vector<std::uint32_t> chunks) {
  return {protocol::RoundId{1}, false, std::move(chunks)};
}

struct Disk {
  Disk() {
    std::filesystem::create_directories(uploads / "1.1");
    for (const std::uint32_t number : {1, 2}) {
      test::write(uploads / "1.1" / shop(number).hex(), whole);
    }
  }
  [[nodiscard]] std::string file(std::uint32_t number) const {
    return test::read(uploads / "1.1" / shop(number).hex());
  }
  guildsum::test::TempDir directory;
  std::filesystem::path uploads = directory / "uploads";
  std::string whole = std::string(5'000, 'x');
  Scenario scenario{};
  FaultPlan plan{scenario, 7, 5};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(faulty_storage_test)

BOOST_AUTO_TEST_CASE(an_upload_is_partial_from_its_header_to_its_last_chunk) {
  PartialUploads uploads;
  const auto name = shop(1).hex();
  BOOST_TEST(!uploads.contains(name));
  uploads.on_status(shop(1), missing({0, 1}));
  BOOST_TEST(uploads.contains(name));
  uploads.on_chunk(shop(1));  // It may be the last: nothing more is torn.
  BOOST_TEST(!uploads.contains(name));
  uploads.on_status(shop(1), missing({1}));
  BOOST_TEST(uploads.contains(name));
  uploads.on_chunk(shop(1));
  uploads.on_status(shop(1), {protocol::RoundId{1}, true, {}});
  BOOST_TEST(!uploads.contains(name));
}

BOOST_FIXTURE_TEST_CASE(a_crash_tears_partial_uploads_and_no_other, Disk) {
  PartialUploads partial;
  partial.on_status(shop(1), missing({0}));
  bool shorter = false;
  bool garbage = false;
  for (std::uint64_t crash = 1; crash <= 20; ++crash) {
    test::write(uploads / "1.1" / shop(1).hex(), whole);
    BOOST_TEST(must(CrashedDisk::tear_uploads(uploads, plan, crash, partial)) == 1U);
    const auto left = file(1);
    BOOST_TEST(left != whole);
    BOOST_TEST(left.size() <= whole.size());
    shorter = shorter || left.size() < whole.size();
    garbage = garbage || left.size() == whole.size();
    BOOST_TEST((file(2) == whole));
  }
  BOOST_TEST(shorter);
  BOOST_TEST(garbage);
}

BOOST_FIXTURE_TEST_CASE(the_same_crash_tears_alike, Disk) {
  PartialUploads partial;
  partial.on_status(shop(2), missing({0}));
  must(CrashedDisk::tear_uploads(uploads, plan, 3, partial));
  const auto first = file(2);
  test::write(uploads / "1.1" / shop(2).hex(), whole);
  must(CrashedDisk::tear_uploads(uploads, plan, 3, partial));
  BOOST_TEST((file(2) == first));
}

BOOST_FIXTURE_TEST_CASE(uploads_of_an_older_attempt_stay_as_they_are, Disk) {
  PartialUploads partial;
  partial.on_status(shop(1), missing({0}));
  std::filesystem::create_directories(uploads / "1.2");
  BOOST_TEST(must(CrashedDisk::tear_uploads(uploads, plan, 1, partial)) == 0U);
  BOOST_TEST((file(1) == whole));
  BOOST_TEST(must(CrashedDisk::tear_uploads(directory / "none", plan, 1, partial)) == 0U);
}

BOOST_FIXTURE_TEST_CASE(an_upload_loses_a_byte_or_its_end_and_no_other_does, Disk) {
  const auto path = uploads / "1.1" / shop(1).hex();
  must(CompleteUploads::damage(path, plan, {FaultKind::upload_lost, 1, 1, 0}));
  const std::string changed = file(1);
  BOOST_REQUIRE(changed.size() == whole.size());
  BOOST_TEST(std::ranges::count(changed, 'x') == 4'999);
  must(CompleteUploads::damage(path, plan, {FaultKind::upload_lost, 1, 1, 1}));
  BOOST_TEST(file(1).size() < whole.size());
  BOOST_TEST((file(2) == whole));
  const Fault fault{FaultKind::upload_lost, 1, 1, 0};
  BOOST_TEST(CompleteUploads::damage(directory / "none", plan, fault).has_error());
}

BOOST_FIXTURE_TEST_CASE(each_upload_is_complete_once_however_often_it_is_said, Disk) {
  FaultPlan second{scenario, 7, 5, {{FaultKind::upload_lost, 1, 2, 1}}};
  CompleteUploads complete;
  const auto early = scenario.faults.until - milliseconds{1};
  std::filesystem::create_directories(uploads / "1.2");
  test::write(uploads / "1.2" / shop(1).hex(), whole);
  for (int said = 0; said < 3; ++said) {
    must(complete.on_complete(second, early, 1, uploads / "1.1" / shop(1).hex()));
  }
  BOOST_TEST((file(1) == whole));
  must(complete.on_complete(second, early, 1, uploads / "1.2" / shop(1).hex()));
  BOOST_TEST(second.fired().size() == 1U);
  BOOST_TEST(test::read(uploads / "1.2" / shop(1).hex()).size() < whole.size());
}

BOOST_FIXTURE_TEST_CASE(behind_the_log_stand_bytes_of_no_meaning, Disk) {
  test::write(directory / "ledger.sqlite", "database");
  test::write(directory / "ledger.sqlite-wal", "log");
  const CrashedDisk disk{directory.path()};
  test::write(directory / "ledger.sqlite", "written when the program ended");
  must(disk.leave(plan, 2, {}));
  BOOST_TEST(test::read(directory / "ledger.sqlite") == "database");
  const auto log = test::read(directory / "ledger.sqlite-wal");
  BOOST_TEST(log.starts_with("log"));
  BOOST_TEST(log.size() > 3U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
