// `check-data` as a shop's owner runs it.
#include <fstream>

#include "agent_setup.hpp"
#include "base/file.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::run_participant;

namespace {

struct Setup {
  guildsum::test::TempDir dir;

  explicit Setup(std::string_view rows) {
    std::ofstream{dir / "till.csv"} << rows;
    std::ofstream{dir / "participant.toml"} << "[agent]\ndir = \"" << (dir / "agent").string()
                                            << "\"\n[source.till]\npath = \""
                                            << (dir / "till.csv").string() << "\"\n";
  }
  [[nodiscard]] coordinator::testing::ApplicationSetup::Run run(
      std::vector<std::string> more = {}) const {
    more.insert(more.begin(), {"--config", (dir / "participant.toml").string(), "check-data"});
    return run_participant(more);
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(check_data_test)

BOOST_AUTO_TEST_CASE(what_is_used_and_what_is_not_is_told_with_places) {
  const Setup setup{
      "customer,item,date\nann,tea,2011-01-01\nbob,,2011-01-01\nc@d,tea,2011-01-01\n"};
  const auto run = setup.run();
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST(run.out.find("till: 3 rows in 1 file(s), 1 used, 2 not used") != std::string::npos);
  BOOST_TEST(run.out.find("till.csv:3") != std::string::npos);
  BOOST_TEST(run.out.find("customer = column \"customer\"") != std::string::npos);
  const std::string list =
      read_text_file(AgentPaths{setup.dir / "agent"}.rejects(), 10'000).value();
  BOOST_TEST(list.find("no_item") != std::string::npos);
  BOOST_TEST(list.find("email_as_customer") != std::string::npos);
  BOOST_TEST(!std::filesystem::exists(AgentPaths{setup.dir / "agent"}.store()));
}

BOOST_AUTO_TEST_CASE(json_lines_are_shown_by_their_members) {
  const Setup setup{
      "{\"user\":{\"id\":7},\"item\":\"tea\"}\n{\"user\":{\"id\":7.0},\"item\":\"tea\"}\n"};
  const auto run = setup.run({"--set", "source.till.kind=jsonl", "--set",
                              "source.till.mapping.customer=user.id"});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST(run.out.find("customer = member \"user.id\"") != std::string::npos);
  BOOST_TEST(run.out.find("an id is neither a text nor a whole number") != std::string::npos);
  BOOST_TEST(run.out.find("till.csv:2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(json_has_the_same_facts) {
  const Setup setup{"customer,item\nann,tea\nbob,\n"};
  for (const char* format : {"json", "jsonl"}) {
    const auto run = setup.run({"--format", format});
    const auto report = boost::json::parse(run.out).as_object();
    BOOST_TEST(report.at("rejected").to_number<int>() == 1);
    BOOST_TEST(!report.at("catalogue_checked").as_bool());
    BOOST_TEST(report.at("first_rows").as_array().size() == 1U);
  }
}

BOOST_AUTO_TEST_CASE(data_that_cannot_be_used_at_all_has_its_exit_code) {
  BOOST_TEST((Setup{"customer,item\n"}.run().code == cli::ExitCode::bad_data));
  BOOST_TEST((Setup{"customer,item\n,\n"}.run().code == cli::ExitCode::bad_data));
  const auto header = Setup{"who,what\nann,tea\n"}.run();
  BOOST_TEST((header.code == cli::ExitCode::bad_data));
  BOOST_TEST(header.err.find("mapping.customer") != std::string::npos);
  BOOST_TEST((Setup{""}.run().code == cli::ExitCode::bad_data));
}

BOOST_AUTO_TEST_SUITE_END()
