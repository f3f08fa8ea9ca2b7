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
