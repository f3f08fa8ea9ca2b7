// `outbox list` and `outbox show` as a shop's owner runs them.
#include <fstream>

#include "agent_setup.hpp"
#include "participant/store/outbox_store.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::run_participant;
using Run = coordinator::testing::ApplicationSetup::Run;

namespace {

/// An agent's directory without an agent.
struct Setup {
  guildsum::test::TempDir dir;
  SystemClock clock;
  AgentPaths paths{dir / "agent"};

  Setup() {
    std::ofstream{dir / "shop.toml"} << "[agent]\ndir = \"" << paths.dir.string() << "\"\n";
  }
  std::int64_t sent(std::uint64_t round, std::string type, const Bytes& body) const {
    GS_REQUIRE_DONE(make_private_directory(paths.dir));
    const auto store = Store::open(paths.store(), clock).value();
    return OutboxStore{*store}
        .record({protocol::RoundId{round}, protocol::Attempt{1}, std::move(type), body.size(),
                 "https://coordinator:8443", crypto::sha256(body)})
        .value();
  }
  [[nodiscard]] Run outbox(std::vector<std::string> more) const {
    more.insert(more.begin(), {"--config", (dir / "shop.toml").string(), "outbox"});
    return run_participant(more);
  }
};

bool says(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(outbox_test)

BOOST_AUTO_TEST_CASE(before_an_agent_ever_ran_nothing_left_and_nothing_is_made) {
  const Setup setup;
  const Run listed = setup.outbox({"list"});
  BOOST_TEST((listed.code == cli::ExitCode::ok), listed.err);
  BOOST_TEST(listed.out == "total: 0 entries, 0 bytes\n");
  BOOST_TEST(!std::filesystem::exists(setup.paths.dir));
  BOOST_TEST((setup.outbox({"show", "1"}).code == cli::ExitCode::failed));
}

BOOST_AUTO_TEST_CASE(entries_are_listed_newest_first_with_a_total_over_all) {
  const Setup setup;
  setup.sent(3, "check_in", Bytes(1200, std::byte{1}));
  setup.sent(3, "vote", Bytes(100, std::byte{2}));
  setup.sent(0, "vocabulary_offer", Bytes(50, std::byte{3}));
  const Run all = setup.outbox({"list"});
  BOOST_TEST((all.code == cli::ExitCode::ok), all.err);
  BOOST_TEST(all.out.find("vocabulary_offer") < all.out.find("vote"));
  BOOST_TEST(all.out.find("vote") < all.out.find("check_in"));
  BOOST_TEST(says(all.out, "1,200"));
  BOOST_TEST(says(all.out, "https://coordinator:8443"));
  const auto digest = crypto::sha256(Bytes(100, std::byte{2})).hex();
  BOOST_TEST(says(all.out, digest.substr(0, 16)));
  BOOST_TEST(!says(all.out, digest));
  BOOST_TEST(says(all.out, "total: 3 entries, 1,350 bytes\n"));
  const Run one = setup.outbox({"list", "--limit", "1", "--round", "3"});
  BOOST_TEST(says(one.out, "vote"));
  BOOST_TEST(!says(one.out, "check_in"));
  BOOST_TEST(says(one.out, "total: 2 entries, 1,300 bytes; the newest 1 are shown"));
}

BOOST_AUTO_TEST_CASE(json_has_whole_digests_and_no_round_where_there_is_none) {
  const Setup setup;
  setup.sent(3, "check_in", Bytes(12, std::byte{1}));
  setup.sent(0, "vocabulary_offer", Bytes(50, std::byte{3}));
  const Run run = setup.outbox({"list", "--format", "json"});
  const auto document = boost::json::parse(run.out).as_object();
  const auto& entries = document.at("entries").as_array();
  BOOST_REQUIRE(entries.size() == 2U);
  BOOST_TEST(entries[0].at("round").is_null());
  BOOST_TEST(entries[1].at("round").to_number<int>() == 3);
  BOOST_TEST(entries[1].at("attempt").to_number<int>() == 1);
  BOOST_TEST(std::string{entries[1].at("sha256").as_string()} ==
             crypto::sha256(Bytes(12, std::byte{1})).hex());
  BOOST_TEST(document.at("total").at("bytes").to_number<int>() == 62);
  const Run lines = setup.outbox({"list", "--type", "check_in", "--format", "jsonl"});
  BOOST_TEST(std::ranges::count(lines.out, '\n') == 2);
  BOOST_TEST(says(lines.out, R"({"total":{"entries":1,"bytes":12}})"));
}

BOOST_AUTO_TEST_CASE(one_entry_is_shown_whole) {
  const Setup setup;
  const auto id = setup.sent(3, "check_in", Bytes(1200, std::byte{1}));
  const Run shown = setup.outbox({"show", std::to_string(id)});
  BOOST_TEST((shown.code == cli::ExitCode::ok), shown.err);
  BOOST_TEST(says(shown.out, "round        3, attempt 1\n"));
  BOOST_TEST(says(shown.out, "bytes        1,200 bytes\n"));
  BOOST_TEST(says(shown.out, crypto::sha256(Bytes(1200, std::byte{1})).hex()));
  const auto document =
      boost::json::parse(setup.outbox({"show", std::to_string(id), "--format", "json"}).out);
  BOOST_TEST(document.at("id").to_number<std::int64_t>() == id);
}

BOOST_AUTO_TEST_CASE(mistakes_are_refused) {
  const Setup setup;
  BOOST_TEST((setup.outbox({"list", "--limit", "0"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.outbox({"list", "--round", "x"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.outbox({"show", "0"}).code == cli::ExitCode::usage));
  setup.sent(1, "vote", Bytes(1));
  const Run missing = setup.outbox({"show", "99"});
  BOOST_TEST((missing.code == cli::ExitCode::failed));
  BOOST_TEST(says(missing.err, "entry 99 of the outbox"));
}

BOOST_AUTO_TEST_SUITE_END()
