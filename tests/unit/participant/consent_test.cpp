// `consent import|show|counts` as a shop's owner runs them.
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "agent_setup.hpp"
#include "tests/support/shop_data.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::run_participant;

namespace {

constexpr std::string_view kHeader = "customer,purpose,state,decided_at,notice_version,method\n";

struct Shop {
  Shop() { test::write_text(config, "[agent]\ndir = \"" + (dir / "agent").string() + "\"\n"); }
  coordinator::testing::ApplicationSetup::Run run(std::vector<std::string> words) const {
    words.insert(words.begin(), {"--config", config.string()});
    return run_participant(words);
  }
  coordinator::testing::ApplicationSetup::Run import(const std::string& rows) const {
    test::write_text(dir / "consent.csv", std::string{kHeader} + rows);
    return run({"consent", "import", (dir / "consent.csv").string()});
  }
  [[nodiscard]] boost::json::object json(std::vector<std::string> words) const {
    words.insert(words.end(), {"--format", "json"});
    const auto answer = run(std::move(words));
    BOOST_TEST_REQUIRE((answer.code == cli::ExitCode::ok), answer.err);
    return boost::json::parse(answer.out).as_object();
  }
  guildsum::test::TempDir dir;
  std::filesystem::path config = dir / "participant.toml";
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(consent_test, Shop)

BOOST_AUTO_TEST_CASE(decisions_are_taken_in_once_and_shown) {
  const std::string rows =
      "ann,training,given,2026-01-02T00:00:00Z,v1,checkbox\n"
      "ann,recommendations,refused,2026-01-02T00:00:00Z,,checkbox\n";
  const auto first = import(rows);
  BOOST_TEST((first.code == cli::ExitCode::ok), first.err);
  BOOST_TEST(first.out.find("2 decisions read, 2 of them new") != std::string::npos);
  BOOST_TEST(import(rows).out.find("2 decisions read, 0 of them new") != std::string::npos);
  const auto shown = json({"consent", "show", "ann"});
  BOOST_TEST(shown.at("training").as_bool());
  BOOST_TEST(!shown.at("recommendations").as_bool());
  BOOST_TEST(shown.at("decisions").as_array().size() == 2U);
  const auto text = run({"consent", "show", "ann"}).out;
  BOOST_TEST(text.find("training: yes, recommendations: no") != std::string::npos);
  BOOST_TEST(text.find("checkbox") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_withdrawal_is_as_easy_as_a_consent_and_is_counted) {
  import("ann,training,given,2026-01-02T00:00:00Z,v1,\n"
         "bob,training,given,2026-01-02T00:00:00Z,v1,\n");
  import("ann,training,withdrawn,2026-02-02T00:00:00Z,,e-mail\n");
  const auto training = json({"consent", "counts"}).at("training").as_object();
  BOOST_TEST(training.at("given").to_number<int>() == 1);
  BOOST_TEST(training.at("withdrawn").to_number<int>() == 1);
  BOOST_TEST(!json({"consent", "show", "ann"}).at("training").as_bool());
}

BOOST_AUTO_TEST_CASE(of_a_stranger_nothing_is_known_and_nothing_is_used) {
  const auto text = run({"consent", "show", "nobody"}).out;
  BOOST_TEST(text.find("unknown is not used") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(one_bad_line_keeps_the_whole_file_out) {
  const auto bad = import("ann,training,given,2026-01-02T00:00:00Z,v1,\n"
                          "bob,training,perhaps,2026-01-02T00:00:00Z,v1,\n");
  BOOST_TEST((bad.code == cli::ExitCode::bad_data));
  BOOST_TEST(bad.err.find("consent.csv:3") != std::string::npos);
  BOOST_TEST(!json({"consent", "show", "ann"}).at("training").as_bool());
}

BOOST_AUTO_TEST_SUITE_END()
