#include "simulations/faults/scenario.hpp"

#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

using test::refused;

namespace {

struct ScenarioFile {
  Result<Scenario> load(std::string_view text, const config::Settings& overrides = {}) {
    test::write(directory / "s.toml", text);
    return load_scenario(directory / "s.toml", overrides);
  }
  guildsum::test::TempDir directory;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(scenario_test)

BOOST_FIXTURE_TEST_CASE(an_empty_file_is_a_federation_without_faults, ScenarioFile) {
  const Scenario scenario = test::must(load(""));
  BOOST_TEST(scenario.name == "s");
  BOOST_TEST(scenario.shops_max == 8U);
  BOOST_TEST(scenario.faults.lose_request == 0);
  BOOST_TEST(scenario.sweep.key.empty());
  BOOST_TEST((scenario.attempt_deadline() == milliseconds{75'000}));
}

BOOST_FIXTURE_TEST_CASE(values_are_read_and_overridden, ScenarioFile) {
  const Scenario scenario = test::must(
      load("rounds = 3\n[faults]\nlose_request = 0.5\nuntil = \"9s\"\n", {{"rounds", "4"}}));
  BOOST_TEST(scenario.rounds == 4U);
  BOOST_TEST(scenario.faults.lose_request == 0.5);
  BOOST_TEST((scenario.faults.until == milliseconds{9'000}));
}

BOOST_FIXTURE_TEST_CASE(an_unknown_key_is_named_with_its_place, ScenarioFile) {
  const auto answer = load("[faults]\nlose_reqest = 0.5\n");
  BOOST_TEST(refused(answer, "s.toml:2"));
  BOOST_TEST(refused(answer, "faults.lose_reqest"));
  BOOST_TEST(refused(answer, "lose_request"));  // the nearest known one
}

BOOST_FIXTURE_TEST_CASE(a_rate_above_one_says_what_was_expected, ScenarioFile) {
  BOOST_TEST(refused(load("[faults]\ndelay = 1.5\n"), "faults.delay"));
  BOOST_TEST(refused(load("[faults]\ndelay = nan\n"), "faults.delay"));
}

BOOST_FIXTURE_TEST_CASE(sizes_that_do_not_fit_together_are_refused, ScenarioFile) {
  BOOST_TEST(refused(load("shops_min = 8\nshops_max = 6\n"), "shops_min"));
  BOOST_TEST(refused(load("cohort_min = 8\n"), "no round could ever begin"));
  BOOST_TEST(refused(load("vector_length = 33\n"), "even"));
  BOOST_TEST(refused(load("shops_max = 60\nvector_length = 32\n"), "place of its own"));
  BOOST_TEST(refused(load("corrupt = 4\n"), "threshold"));
}

BOOST_FIXTURE_TEST_CASE(a_coordinator_tells_a_lie_that_is_known, ScenarioFile) {
  BOOST_TEST(!test::must(load("")).lie.has_value());
  const Scenario scenario = test::must(load("coordinator = \"asks-twice\"\n"));
  BOOST_TEST((scenario.lie == CoordinatorLie::asks_twice));
  BOOST_TEST(refused(load("coordinator = \"begs\"\n"), "another-past, drops-input"));
  BOOST_TEST(refused(load("arithmetic_only = true\ncoordinator = \"asks-twice\"\n"),
                     "no messages to lie in"));
}

BOOST_FIXTURE_TEST_CASE(a_sweep_needs_a_probability_and_values, ScenarioFile) {
  const Scenario scenario =
      test::must(load("[sweep]\nkey = \"departure\"\nvalues = [\"0\", \"0.5\"]\n"));
  BOOST_TEST(scenario.sweep.values.size() == 2U);
  BOOST_TEST(refused(load("[sweep]\nkey = \"until\"\nvalues = [\"0\"]\n"), "sweep.key"));
  BOOST_TEST(refused(load("[sweep]\nkey = \"delay\"\nvalues = [\"2\"]\n"), "from 0 to 1"));
  BOOST_TEST(refused(load("[sweep]\nkey = \"delay\"\n"), "at least one"));
}

BOOST_FIXTURE_TEST_CASE(attackers_are_named_by_shop_and_kind, ScenarioFile) {
  const Scenario scenario = test::must(load("[[attacker]]\nshop = 2\nkind = \"two-uploads\"\n"));
  BOOST_REQUIRE(scenario.attackers.size() == 1U);
  BOOST_TEST(scenario.attackers[0].shop == 2U);
  BOOST_TEST((scenario.attackers[0].kind == AttackKind::two_uploads));
  BOOST_TEST(refused(load("[[attacker]]\nshop = 2\nkind = \"lies\"\n"), "bad-dealing"));
  BOOST_TEST(refused(load("[[attacker]]\nshop = 7\nkind = \"scales\"\n"), "attacker[0].shop"));
  BOOST_TEST(refused(load("[[attacker]]\nshop = 1\nkind = \"scales\"\n"
                          "[[attacker]]\nshop = 1\nkind = \"garbage\"\n"),
                     "attacks already"));
}

BOOST_FIXTURE_TEST_CASE(a_share_of_the_shops_may_attack, ScenarioFile) {
  const Scenario scenario =
      test::must(load("[[attacker]]\nshop = 2\nkind = \"garbage\"\n"
                      "[[attacker]]\nshare = 0.25\nkind = \"scales\"\n"));
  BOOST_TEST(scenario.attackers.size() == 1U);
  BOOST_REQUIRE(scenario.attacker_shares.size() == 1U);
  BOOST_TEST(scenario.attacker_shares[0].share == 0.25);
  BOOST_TEST((scenario.attacker_shares[0].kind == AttackKind::scales));
  BOOST_TEST(refused(load("[[attacker]]\nshop = 1\nshare = 0.2\nkind = \"scales\"\n"),
                     "either a shop or a share"));
  BOOST_TEST(refused(load("[[attacker]]\nshare = 0.6\nkind = \"scales\"\n"
                          "[[attacker]]\nshare = 0.6\nkind = \"free-rider\"\n"),
                     "add up to 1"));
}

BOOST_FIXTURE_TEST_CASE(without_masks_there_may_be_many_shops, ScenarioFile) {
  constexpr std::string_view kMany =
      "shops_min = 10000\nshops_max = 10000\ncohort_min = 5000\nvector_length = 64\n";
  BOOST_TEST(refused(load(kMany), "shops_min"));
  const Scenario by_file = test::must(load("arithmetic_only = true\n" + std::string{kMany}));
  BOOST_TEST((by_file.mode == RunMode::arithmetic_only));
  test::write(directory / "s.toml", kMany);
  const Scenario scenario =
      test::must(load_scenario(directory / "s.toml", {}, RunMode::arithmetic_only));
  BOOST_TEST(scenario.shops_max == 10'000U);
  BOOST_TEST((scenario.mode == RunMode::arithmetic_only));
}

BOOST_AUTO_TEST_CASE(one_rate_is_changed_by_name) {
  const auto changed = with_fault_rate(Scenario{}, "departure", 0.25);
  BOOST_TEST(test::must(changed).faults.departure == 0.25);
  BOOST_TEST(refused(with_fault_rate(Scenario{}, "nothing", 0.25), "faults.nothing"));
}

BOOST_AUTO_TEST_CASE(a_missing_file_is_named) {
  BOOST_TEST(refused(load_scenario("nowhere.toml"), "nowhere.toml"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
