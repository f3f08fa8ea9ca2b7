#include "participant/config.hpp"

#include <fstream>

#include "base/errors.hpp"
#include "models/task_plan.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

Result<ReadConfig> read(const std::string& text) {
  const test::TempDir dir;
  std::ofstream{dir / "participant.toml"} << text;
  config::Sources sources;
  sources.file = dir / "participant.toml";
  return read_config(sources);
}

std::string problems_of(const std::string& text) {
  const auto loaded = read(text);
  GS_CHECK_FAILS(BaseErrc::invalid_config, loaded);
  return loaded.has_error() ? loaded.error().detail() : std::string{};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_test)

BOOST_AUTO_TEST_CASE(defaults_are_safe) {
  const Config config = read("").value().config;
  BOOST_TEST(config.sources.empty());
  BOOST_TEST(!config.keep_plain);
  BOOST_TEST(!config.hold_after_share);
  BOOST_TEST(config.serving.address == "127.0.0.1");
  BOOST_TEST(config.policy.cohort_min == 5U);
  BOOST_TEST(!config.policy.allow_tiny_cohorts);
  BOOST_TEST(config.policy.accept_deltas);
  BOOST_TEST(!config.policy.accept_joins);
  BOOST_TEST((config.policy.delta_interval_min == std::chrono::hours{24}));
  BOOST_TEST(config.policy.task_kinds.size() == models::kTaskKinds.size() - 2);
  for (const auto* kind : {"evaluation", "transitions"}) {
    BOOST_TEST(!config.policy.task_kinds.contains(kind));  // The owner asks for it by name.
  }
}

BOOST_AUTO_TEST_CASE(json_lines_are_a_kind_of_their_own) {
  const auto config =
      read("[source.web]\nkind = \"jsonl\"\npath = \"web.jsonl\"\nmapping.customer = \"user.id\"\n")
          .value()
          .config;
  BOOST_TEST((config.sources.at(0).format == SourceFormat::jsonl));
  BOOST_TEST(config.sources.at(0).mapping.customer == "user.id");
  BOOST_TEST(problems_of("[source.web]\nkind = \"jsonl\"\npath = \"w\"\nencoding = \"latin1\"\n")
                 .find("source.web.encoding") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_command_is_a_list_and_its_output_waits_in_the_agents_directory) {
  const auto config = read(
                          "[agent]\ndir = \"/private\"\n[source.db]\nkind = \"command\"\n"
                          "command = [\"psql\", \"--csv\"]\nformat = \"jsonl\"\ntimeout = \"5s\"\n"
                          "output_limit_mib = 2\nenvironment = [\"PGHOST\"]\n")
                          .value()
                          .config;
  const SourceConfig& source = config.sources.at(0);
  BOOST_TEST((source.format == SourceFormat::jsonl));
  BOOST_TEST((source.command->argv == std::vector<std::string>{"psql", "--csv"}));
  BOOST_TEST((source.command->timeout == std::chrono::seconds{5}));
  BOOST_TEST(source.command->output_limit_bytes == 2U << 20U);
  BOOST_TEST(source.command->environment.size() == 1U);
  BOOST_TEST(source.command->spool == "/private");
  BOOST_TEST(problems_of("[source.db]\nkind = \"command\"\n").find("source.db.command") !=
             std::string::npos);
  BOOST_TEST(problems_of("[source.db]\nkind = \"command\"\ncommand = [\"x\"]\npath = \"p\"\n")
                 .find("source.db.path") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(products_need_the_shops_name_for_what_has_no_number) {
  const std::string source = "[source.till]\npath = \"t.csv\"\nmapping.gtin = \"EAN\"\n";
  BOOST_TEST(problems_of(source).find("source.till.shop") != std::string::npos);
  BOOST_TEST(problems_of(source + "shop = \"a:b\"\n").find("source.till.shop") !=
             std::string::npos);
  const auto config = read(source + "shop = \"north\"\n").value().config;
  BOOST_TEST(config.sources.at(0).mapping.gtin == "EAN");
  BOOST_TEST(config.sources.at(0).mapping.shop == "north");
}

BOOST_AUTO_TEST_CASE(a_source_is_read_whole) {
  const auto config = read(
                          "[source.till]\npath = \"till/*.csv\"\ndelimiter = \"semicolon\"\n"
                          "encoding = \"latin1\"\nallow_email = true\n"
                          "[source.till.mapping]\ncustomer = \"Kunde\"\nitem = \"Artikel\"\n"
                          "time = \"Datum\"\nquantity = \"Menge\"\norder = \"Bon\"\n"
                          "[source.web]\npath = \"web.csv\"\n")
                          .value()
                          .config;
  BOOST_REQUIRE(config.sources.size() == 2U);
  const SourceConfig& till = config.sources[0];
  BOOST_TEST(till.name == "till");
  BOOST_TEST(till.path.filename() == "*.csv");
  BOOST_TEST(till.csv.delimiter == ';');
  BOOST_TEST((till.csv.encoding == TextEncoding::latin1));
  BOOST_TEST(till.allow_email);
  BOOST_TEST(till.mapping.customer == "Kunde");
  BOOST_TEST(till.mapping.order == "Bon");
  BOOST_TEST(config.sources[1].csv.delimiter == '\0');
  BOOST_TEST(!config.sources[1].allow_email);
}

BOOST_AUTO_TEST_CASE(every_word_for_a_delimiter_is_known) {
  const std::vector<std::pair<std::string, char>> words{
      {"auto", '\0'}, {"comma", ','}, {"semicolon", ';'}, {"tab", '\t'}, {"pipe", '|'},
      {",", ','},     {";", ';'},     {"\\t", '\t'},      {"|", '|'}};
  for (const auto& [word, delimiter] : words) {
    const auto config = read("[source.a]\npath = \"a\"\ndelimiter = \"" + word + "\"\n");
    GS_REQUIRE_DONE(config);
    BOOST_TEST(config->config.sources.at(0).csv.delimiter == delimiter, word);
  }
  problems_of("[source.a]\npath = \"a\"\ndelimiter = \"x\"\n");
}

BOOST_AUTO_TEST_CASE(the_api_without_login_stays_on_loopback) {
  for (const char* address : {"127.0.0.1:80", "[::1]:8080", "localhost:0"}) {
    BOOST_TEST(read(std::string{"[serving]\nlisten = \""} + address + "\"\n").has_value(), address);
  }
  for (const char* address : {"0.0.0.0:80", "192.0.2.1:80", "[::]:80", "example.org:80"}) {
    BOOST_TEST(
        problems_of(std::string{"[serving]\nlisten = \""} + address + "\"\n").find("loopback") !=
            std::string::npos,
        address);
  }
  for (const char* address : {"", "127.0.0.1", "127.0.0.1:", "127.0.0.1:x", "127.0.0.1:70000"}) {
    problems_of(std::string{"[serving]\nlisten = \""} + address + "\"\n");
  }
}

BOOST_AUTO_TEST_CASE(the_policy_is_the_owners) {
  const auto policy = read(
                          "[policy]\nallow_tiny_cohorts = true\ncorrupt_min = 2\n"
                          "task_kinds = [\"popularity\"]\n")
                          .value()
                          .config.policy;
  BOOST_TEST(policy.cohort_min == 3U);
  BOOST_TEST(policy.corrupt_min == 2U);
  BOOST_TEST((policy.task_kinds == std::set<std::string>{"popularity"}));
  BOOST_TEST(problems_of("[policy]\ncohort_min = 4\n").find("policy.cohort_min") !=
             std::string::npos);
  BOOST_TEST(problems_of("[policy]\ntask_kinds = [\"magic\"]\n").find("\"magic\"") !=
             std::string::npos);
}

BOOST_AUTO_TEST_CASE(every_problem_is_named_at_once) {
  const std::string text = problems_of(
      "[source.a]\nkind = \"xml\"\n[serving]\nmodel = \"best\"\nown_weight = -1\npairs_min = -1\n"
      "[drill]\nhold_after = \"lunch\"\n[agent]\nlog_level = \"loud\"\nunknown = 1\n");
  for (const char* key : {"source.a.kind", "source.a.path", "serving.model", "serving.own_weight",
                          "serving.pairs_min", "drill.hold_after", "agent.log_level",
                          "agent.unknown"}) {
    BOOST_TEST(text.find(key) != std::string::npos, key);
  }
}

BOOST_AUTO_TEST_CASE(values_are_shown_with_their_origin) {
  const auto effective = read("[serving]\nmodel = \"ease\"\n").value().effective;
  const auto found = std::ranges::find(effective, std::string{"serving.model"},
                                       [](const auto& value) { return value.key; });
  BOOST_REQUIRE((found != effective.end()));
  BOOST_TEST(found->value.find("ease") != std::string::npos);
  BOOST_TEST(found->origin.find("participant.toml") != std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
