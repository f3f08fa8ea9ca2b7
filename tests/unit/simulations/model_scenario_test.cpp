#include "simulations/library/model_scenario.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using test::must;
using test::refused;

namespace {

struct File {
  Result<ModelScenario> load(const std::string& text,
                             const config::Settings& overrides = {}) const {
    test::write(path, text);
    return load_model_scenario(path, overrides);
  }
  guildsum::test::TempDir directory;
  std::filesystem::path path = directory / "example.toml";
};

const std::string kData = "[data]\nset = \"online-retail\"\n";

}  // namespace

BOOST_AUTO_TEST_SUITE(model_scenario_test)

BOOST_FIXTURE_TEST_CASE(what_is_left_out_has_the_measured_values, File) {
  const auto s = must(load(kData));
  BOOST_TEST(s.name == "example");
  BOOST_TEST(s.shops == "country");
  BOOST_TEST((s.settings.model == ModelKind::ease));
  BOOST_TEST(!s.settings.ridge.has_value());
  BOOST_TEST((s.compare == std::vector<std::string>{"alone", "centralised", "popularity"}));
  BOOST_TEST(must(is_model_scenario(path)));
  test::write(path, "shops_min = 5\n");
  BOOST_TEST(!must(is_model_scenario(path)));
}

BOOST_FIXTURE_TEST_CASE(a_model_reads_its_own_keys, File) {
  const auto s = must(load(kData + "[model]\nkind = \"ials\"\nfactors = 8\nepochs = 3\nbits = 10\n"
                                   "curve = [\"1\", \"2\"]\n"));
  BOOST_TEST(s.settings.ials.factors == 8U);
  BOOST_TEST(s.settings.ials.scale == 1024U);
  BOOST_TEST((s.curve == std::vector<std::uint32_t>{1, 2}));
  const auto bpr = must(load(kData + "[model]\nkind = \"bpr\"\nrounds = 4\nbits = 8\n"));
  BOOST_REQUIRE(bpr.settings.gradient.has_value());
  BOOST_TEST(bpr.settings.gradient->rounds == 4U);
  BOOST_TEST(bpr.settings.gradient->scale == 256U);
  BOOST_TEST(refused(load(kData + "[model]\nkind = \"ease\"\nepochs = 3\n"), "model.epochs"));
}

BOOST_FIXTURE_TEST_CASE(a_setting_of_the_command_line_wins, File) {
  const auto s = must(load(kData + "[model]\nkind = \"ease\"\nridge = 500\n",
                           {{"model.ridge", "250"},
                            {"model.pairs_min", "5"},
                            {"data.shops", "32"}}));
  BOOST_TEST(s.settings.pairs_min == 5U);
  BOOST_TEST(s.settings.ridge.value() == 250);
  BOOST_TEST(s.shops == "32");
}

BOOST_FIXTURE_TEST_CASE(a_bad_value_is_named_with_its_line_and_what_was_expected, File) {
  BOOST_TEST(refused(load(kData + "[model]\nrigde = 500\n"), "example.toml:4"));
  BOOST_TEST(refused(load(kData + "[model]\nrigde = 500\n"), "ridge"));
  BOOST_TEST(refused(load(kData + "shops = \"planets\"\n"), "\"country\", \"skew\", \"32\""));
  BOOST_TEST(refused(load(kData + "[model]\nridge = -1\n"), "a number from"));
  BOOST_TEST(refused(load(kData + "[model]\npairs_min = -1\n"), "model.pairs_min"));
  BOOST_TEST(refused(load(kData + "[model]\nridge = nan\n"), "example.toml:4"));
  BOOST_TEST(refused(load(kData + "[model]\nkind = \"ials\"\nbits = 33\n"), "from 0 to 32"));
  BOOST_TEST(refused(load("compare = [\"nobody\"]\n" + kData), "alone, centralised or popularity"));
  BOOST_TEST(refused(load("compare = [\"alone\", \"alone\"]\n" + kData), "twice"));
  BOOST_TEST(refused(load(kData + "partial = true\n"), "shops = \"skew\""));
  BOOST_TEST(refused(load(kData + "dropout = 0.6\n"), "data.dropout"));
  BOOST_TEST(refused(load(kData + "dropout = 0.2\ngroups = \"activity\"\n"), "every shop"));
  BOOST_TEST(refused(load(kData + "shops = \"skew\"\npartial = true\n[model]\nkind = \"ials\"\n"),
                     "model.kind"));
  BOOST_TEST(refused(load("compare = [\"centralised\"]\n" + kData + "[model]\nguard = true\n"),
                     "expected alone in compare"));
  BOOST_TEST(refused(load(kData + "shops = \"skew\"\ntransactions = \"x.csv\"\n"), "bundled"));
  for (const char* curve : {"[\"0\"]", "[\"2\", \"1\"]", "[\"12\"]", "[\"a\"]"}) {
    BOOST_TEST(refused(load(kData + "[model]\nkind = \"ials\"\ncurve = " + curve + "\n"),
                       "rising whole numbers"),
               curve);
  }
  BOOST_TEST(refused(load(kData + "[sweep]\nkey = \"model.ridge\"\n"), "at least one value"));
  BOOST_TEST(refused(load(kData + "[sweep]\nkey = \"name\"\nvalues = [\"a\"]\n"), "sweep.key"));
  BOOST_TEST(refused(load(kData + "[sweep\n"), "example.toml:"));
}

BOOST_FIXTURE_TEST_CASE(noise_is_for_models_whose_customers_are_bounded, File) {
  const std::string privacy = "[privacy]\nepsilons = [\"1\", \"8\"]\ncustomer_items = 6\n";
  const auto s = must(load(kData + "[model]\nkind = \"ease\"\n" + privacy));
  BOOST_REQUIRE(s.privacy.size() == 2U);
  BOOST_TEST(s.privacy[1].budget.epsilon == 8);
  BOOST_TEST(s.privacy[1].customer_items == 6U);
  BOOST_TEST(refused(load(kData + "[model]\nkind = \"ials\"\n" + privacy), "is not bounded"));
  BOOST_TEST(refused(load(kData + "[model]\nown_weight = 0.5\n" + privacy), "model.own_weight"));
  BOOST_TEST(refused(load(kData + "[privacy]\nepsilons = [\"0.005\"]\n"), "count fewer items"));
  BOOST_TEST(refused(load(kData + "[privacy]\nepsilons = [\"0\"]\n"), "'0': expected numbers"));
  BOOST_TEST(refused(load(kData + "[privacy]\ndelta = 0.001\n"), "at least one, in quotes"));
  BOOST_TEST(refused(load(kData + "[privacy]\ndelta = 1\nepsilons = [\"1\"]\n"), "delta"));
}

BOOST_FIXTURE_TEST_CASE(attacks_need_what_they_are_made_of, File) {
  const auto s = must(load(kData + "[[attack]]\nkind = \"promotes-item\"\nshop = 2\n"
                                   "item = \"16046\"\ncustomers = 7\n"
                                   "[[attack]]\nkind = \"flips-sign\"\nshop = 3\n"));
  BOOST_REQUIRE(s.attacks.size() == 2U);
  BOOST_TEST(s.attacks[0].poison.customers == 7U);
  BOOST_TEST(s.attacks[1].poison.factor == -1);
  BOOST_TEST(refused(load(kData + "[[attack]]\nkind = \"promotes-item\"\n"), "stock code"));
  BOOST_TEST(refused(load(kData + "[[attack]]\nkind = \"begs\"\n"), "promotes-item, scales"));
  BOOST_TEST(refused(load(kData + "[[attack]]\nshop = 1\n"), "attack[0].kind"));
  BOOST_TEST(
      refused(load(kData + "[[attack]]\nkind = \"flips-sign\"\nfactor = 2\n"), "unknown key"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
