#include "coordinator/config.hpp"

#include <fstream>

#include "base/errors.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using namespace std::chrono_literals;

namespace {

Result<LoadedConfig> load(const std::string& text) {
  const test::TempDir dir;
  std::ofstream{dir / "coordinator.toml"} << text;
  config::Sources sources;
  sources.file = dir / "coordinator.toml";
  return load_config(sources);
}

const std::string kLeast = "[federation]\nname = \"guild\"\n";

/// What the refusal of this file says.
std::string problems_of(const std::string& text) {
  const auto loaded = load(kLeast + text);
  GS_CHECK_FAILS(BaseErrc::invalid_config, loaded);
  return loaded.has_error() ? loaded.error().detail() : std::string{};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(config_test)

BOOST_AUTO_TEST_CASE(defaults_are_safe) {
  const Config config = load(kLeast).value().config;
  BOOST_TEST(config.federation_name == "guild");
  BOOST_TEST(!config.purpose.empty());
  BOOST_TEST(config.shops.text() == "127.0.0.1:8443");
  BOOST_TEST(config.admin.text() == "127.0.0.1:8444");
  BOOST_TEST(config.rounds.cohort_min == 5U);
  BOOST_TEST(!config.rounds.allow_tiny_cohorts);
  BOOST_TEST((config.invitation_validity == 1h));
  BOOST_TEST(config.catalogue.empty());
}

BOOST_AUTO_TEST_CASE(items_are_published_unless_they_are_private) {
  BOOST_TEST((load(kLeast).value().config.catalogue_mode == CatalogueMode::published));
  const auto hidden = load(kLeast + "[catalogue]\nmode = \"private\"\n");
  GS_REQUIRE_DONE(hidden);
  BOOST_TEST((hidden->config.catalogue_mode == CatalogueMode::private_vocabulary));
  const auto both = problems_of("[catalogue]\nmode = \"private\"\nitems = \"items.csv\"\n");
  BOOST_TEST(both.find("catalogue.items") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(the_template_is_a_valid_file_that_says_the_same) {
  ListenAddress shops{"0.0.0.0", 9443};
  const ListenAddress admin{"::1", 9444};
  for (const bool with_catalogue : {false, true}) {
    const auto loaded = load(config_template("my guild", shops, admin, with_catalogue));
    GS_REQUIRE_DONE(loaded);
    BOOST_TEST(loaded->config.federation_name == "my guild");
    BOOST_TEST(loaded->config.shops.text() == "0.0.0.0:9443");
    BOOST_TEST(loaded->config.admin.text() == "[::1]:9444");
    BOOST_TEST(loaded->config.catalogue.empty() != with_catalogue);
    BOOST_TEST((loaded->config.rounds.deadlines.masked_input == 10min));
  }
}

BOOST_AUTO_TEST_CASE(addresses_are_read_in_the_form_they_are_written) {
  for (const char* text : {"127.0.0.1:8443", "[::1]:0", "localhost:65535", "0.0.0.0:1"}) {
    BOOST_TEST(ListenAddress::parse(text).value().text() == text);
  }
  BOOST_TEST(ListenAddress::parse("[::1]:80").value().url() == "https://[::1]:80");
  for (const char* text : {"", ":", ":80", "host", "host:", "host:x", "host:65536", "host:-1",
                           "::1:80", "[::1]", "[]:80", "[host]:80", "host:80 ", "[::1:80"}) {
    GS_CHECK_FAILS(BaseErrc::malformed, ListenAddress::parse(text));
  }
}

BOOST_AUTO_TEST_CASE(tiny_cohorts_need_consent) {
  BOOST_TEST(problems_of("[rounds]\ncohort_min = 4\n").find("allow_tiny_cohorts") !=
             std::string::npos);
  BOOST_TEST(load(kLeast + "[rounds]\ncohort_min = 3\nallow_tiny_cohorts = true\n").has_value());
  problems_of("[rounds]\ncohort_min = 2\nallow_tiny_cohorts = true\n");
}

BOOST_AUTO_TEST_CASE(every_problem_is_named_at_once) {
  const std::string text = problems_of(
      "purpose = \"\"\n[server]\nlisten = \"nowhere\"\npublic_url = \"http://plain\"\n"
      "[deadlines]\nshare = \"1ms\"\n[limits]\nupload_slots = 0\n[log]\nlevel = \"loud\"\n"
      "[catalogue]\nmode = \"hidden\"\n[misspelt]\nkey = 1\n");
  for (const char* key :
       {"federation.purpose", "server.listen", "server.public_url", "deadlines.share",
        "limits.upload_slots", "log.level", "catalogue.mode", "misspelt"}) {
    BOOST_TEST(text.find(key) != std::string::npos, key);
  }
}

BOOST_AUTO_TEST_CASE(a_federation_has_a_name_that_fits) {
  GS_CHECK_FAILS(BaseErrc::invalid_config, load(""));
  GS_CHECK_FAILS(BaseErrc::invalid_config,
                 load("[federation]\nname = \"" + std::string(65, 'a') + "\"\n"));
  GS_CHECK_FAILS(BaseErrc::invalid_config, load("[federation\n"));
}

BOOST_AUTO_TEST_CASE(a_file_that_is_not_there_is_not_found) {
  const test::TempDir dir;
  config::Sources sources;
  sources.file = dir / "coordinator.toml";
  GS_CHECK_FAILS(BaseErrc::not_found, load_config(sources));
}

BOOST_AUTO_TEST_SUITE_END()
