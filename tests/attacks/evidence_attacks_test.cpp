#include "participant/evidence.hpp"
#include "protocol/evidence.hpp"
#include "tests/attacks/scene.hpp"

// What is left of a refused attack: frames that a third party can check.
namespace {

using namespace guildsum;
using namespace guildsum::attacks;

std::size_t files_in(const std::filesystem::path& directory) {
  return static_cast<std::size_t>(
      std::distance(std::filesystem::directory_iterator{directory}, {}));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evidence_attacks_test)

BOOST_AUTO_TEST_CASE(two_stories) {
  Scene scene;
  Play play = scene.play();
  play.check_in();
  play.describe();
  auto second = play.description;
  second.descriptor.state.model_root.mutable_view()[0] ^= std::byte{1};
  sign(second, scene.adversary);
  scene.victim.tell(PhaseNumber::description, protocol::encode(second));
  BOOST_TEST(scene.refusal(play) == "journal-conflict");
  const auto first_file = scene.victim.evidence("1.0-description.gsum");
  const auto second_file = scene.victim.evidence("1.0-message-1-journal-conflict.gsum");
  BOOST_TEST_REQUIRE(std::filesystem::exists(first_file));
  BOOST_TEST_REQUIRE(std::filesystem::exists(second_file));
  // Somebody who is no member has the two files and the published keys.
  const std::vector<std::string> command{
      "evidence",      "verify",
      "--federation",  scene.adversary.federation().hex(),
      "--coordinator", scene.adversary.coordinator().verify_key().hex(),
      first_file,      second_file};
  BOOST_TEST(scene.victim.run(command) == 0);
  BOOST_TEST(scene.victim.log_text().find("signed two descriptors for round 1, attempt 0") !=
             std::string::npos);
  auto once = command;
  once.back() = first_file;
  BOOST_TEST(scene.victim.run(once) != 0);
  auto other_key = command;
  other_key[5] = scene.adversary.registrar().verify_key().hex();
  BOOST_TEST(scene.victim.run(other_key) != 0);
  play.abort(scene.victim);
}

BOOST_AUTO_TEST_CASE(evidence_flood) {
  // Refusals without end fill neither the disk nor the place of the first ones.
  const test::TempDir dir;
  const auto store = participant::EvidenceStore::open(dir / "evidence").value();
  const participant::AttemptId first{protocol::RoundId{1}, protocol::Attempt{0}};
  const Bytes proof = to_bytes("how it began");
  BOOST_TEST(store->keep(first, "description", proof).value().has_value());
  BOOST_TEST(!store->keep(first, "description", proof).value().has_value());
  const Bytes large(std::size_t{8} << 20);
  for (std::uint64_t round = 2; round < 20; ++round) {
    const participant::AttemptId attempt{protocol::RoundId{round}, protocol::Attempt{0}};
    (void)store->keep(attempt, "message-2-malformed", large).value();
  }
  for (std::uint64_t round = 20; round < 1000; ++round) {
    const participant::AttemptId attempt{protocol::RoundId{round}, protocol::Attempt{0}};
    (void)store->keep(attempt, "message-2-malformed", proof).value();
  }
  BOOST_TEST(files_in(dir / "evidence") == participant::EvidenceStore::kFilesMax);
  std::uint64_t bytes = 0;
  for (const auto& file : std::filesystem::directory_iterator{dir / "evidence"}) {
    bytes += file.file_size();
  }
  BOOST_TEST(bytes <= participant::EvidenceStore::kBytesMax);
  BOOST_TEST(std::filesystem::exists(dir / "evidence/1.0-description.gsum"));
  // The same after a restart.
  const auto again = participant::EvidenceStore::open(dir / "evidence").value();
  const participant::AttemptId late{protocol::RoundId{2000}, protocol::Attempt{0}};
  BOOST_TEST(!again->keep(late, "description", proof).value().has_value());
}

BOOST_AUTO_TEST_SUITE_END()
