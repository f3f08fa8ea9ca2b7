#include "simulations/faults/campaign.hpp"

#include <algorithm>
#include <atomic>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/simulation/scenarios.hpp"
#include "tests/simulation/thread_ranks.hpp"

namespace guildsum::simulations {

using test::shipped_scenario;

namespace {

Campaign campaign_of(const Scenario& scenario, const CampaignOptions& options) {
  auto campaign = run_campaign(scenario, options);
  BOOST_REQUIRE_MESSAGE(campaign.has_value(),
                        (campaign ? std::string{} : campaign.error().message()));
  return *std::move(campaign);
}

std::string told(const Campaign& campaign) {
  if (!campaign.failure) return {};
  const RunOutcome& outcome = campaign.failure->outcome;
  std::string text = "guildsum-simulate run faults.toml --seed " + std::to_string(outcome.seed);
  for (const auto& violation : outcome.violations) {
    text += "\n  " + violation.invariant + ": " + violation.what;
  }
  for (const Fault& fault : campaign.failure->shrunk) text += "\n  " + describe(fault);
  return text;
}

/// Over the first seeds: shops that left and never came back.
std::uint64_t departures_for_good(const Scenario& scenario, std::uint64_t seeds) {
  std::uint64_t count = 0;
  for (std::uint64_t seed = 1; seed <= seeds; ++seed) {
    const auto outcome = run_seed(scenario, seed);
    BOOST_REQUIRE(outcome.has_value());
    count += std::ranges::count_if(outcome->faults, [](const Fault& fault) {
      return fault.kind == FaultKind::departure && fault.value / 8 == 0;
    });
  }
  return count;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(campaign_test)

BOOST_AUTO_TEST_CASE(seeds_of_the_fault_scenario_hold) {
  const Campaign campaign =
      campaign_of(shipped_scenario("faults"), {.first = 1, .count = 120, .threads = 2});
  BOOST_TEST(!campaign.failure.has_value(), told(campaign));
  // A property that holds because nothing happened is no property.
  const CampaignTotals& totals = campaign.totals;
  BOOST_TEST(totals.seeds == 120U);
  Scenario restless = shipped_scenario("faults");
  restless.faults.departure = 0.5;
  BOOST_TEST(departures_for_good(restless, 10) > 0U);
  BOOST_TEST(totals.completed > totals.seeds / 4);
  BOOST_TEST(totals.sums > totals.seeds / 2);
  BOOST_TEST(totals.shop_crashes > totals.seeds / 2);
  BOOST_TEST(totals.coordinator_crashes > totals.seeds / 6);
  for (std::size_t kind = 0; kind < totals.faults_by_kind.size(); ++kind) {
    BOOST_TEST(totals.faults_by_kind[kind] > 0U, to_string(static_cast<FaultKind>(kind)));
  }
}

BOOST_AUTO_TEST_CASE(the_result_does_not_depend_on_the_number_of_threads) {
  const Scenario scenario = shipped_scenario("faults");
  const Campaign one = campaign_of(scenario, {.first = 40, .count = 4, .threads = 1});
  const Campaign three = campaign_of(scenario, {.first = 40, .count = 4, .threads = 3});
  BOOST_TEST(one.digest == three.digest);
  BOOST_TEST(one.totals.events == three.totals.events);
  BOOST_TEST(one.totals.faults == three.totals.faults);
}

BOOST_AUTO_TEST_CASE(every_rank_has_the_result_of_one) {
  const Scenario scenario = shipped_scenario("faults");
  const auto whole = [&](std::uint64_t count, const Defects& defects) {
    return campaign_of(scenario, {.first = 20, .count = count, .threads = 1, .defects = defects});
  };
  const Campaign alone = whole(40, {});
  const Campaign failing = whole(40, {.missing_in_sum = 0});
  BOOST_REQUIRE(failing.failure.has_value());
  std::atomic<int> same{0};
  test::on_thread_ranks(2, [&](Ranks& ranks) {
    CampaignOptions options{.first = 20, .count = 40, .threads = 1, .ranks = &ranks};
    const auto campaign = run_campaign(scenario, options);
    if (campaign && campaign->digest == alone.digest &&
        campaign->totals.checks == alone.totals.checks) {
      ++same;
    }
    options.defects.missing_in_sum = 0;
    const auto failed = run_campaign(scenario, options);
    if (failed && failed->failure && failed->digest == failing.digest &&
        failed->failure->outcome.seed == failing.failure->outcome.seed) {
      ++same;
    }
  });
  BOOST_TEST(same == 4);
}

BOOST_AUTO_TEST_CASE(a_stopped_campaign_says_how_far_it_came) {
  CampaignOptions options{.first = 1, .count = 50, .threads = 1};
  int asked = 0;
  options.stop = [&asked] { return ++asked > 2; };
  const auto campaign = run_campaign(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.has_error());
  BOOST_TEST((campaign.error() == BaseErrc::interrupted));
  BOOST_TEST(campaign.error().message().find("after 2 seeds") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_shop_that_counts_twice_is_caught_and_needs_no_fault) {
  CampaignOptions options{.first = 1, .count = 20, .threads = 2};
  options.defects.counts_twice = 1;
  const Campaign campaign = campaign_of(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.failure.has_value());
  BOOST_TEST(campaign.failure->outcome.violations.front().invariant == "I1");
  BOOST_TEST(campaign.failure->shrunk.empty());
}

BOOST_AUTO_TEST_CASE(a_sum_without_one_of_its_shops_is_caught) {
  CampaignOptions options{.first = 1, .count = 20, .threads = 2};
  options.defects.missing_in_sum = 0;
  const Campaign campaign = campaign_of(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.failure.has_value());
  BOOST_TEST(campaign.failure->outcome.violations.front().invariant == "I1");
}

BOOST_AUTO_TEST_CASE(a_disk_that_forgets_is_caught_and_shrunk_to_a_crash) {
  CampaignOptions options{.first = 1, .count = 200, .threads = 2};
  options.defects.forgetful_disk = true;
  const Campaign campaign = campaign_of(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.failure.has_value());
  const Failure& failure = *campaign.failure;
  BOOST_TEST(failure.shrunk.size() < failure.outcome.faults.size());
  BOOST_TEST(failure.shrunk.size() <= 6U);
  BOOST_TEST(!failure.shrunk_violations.empty());
  const bool has_crash = std::ranges::any_of(
      failure.shrunk, [](const Fault& f) { return f.kind == FaultKind::shop_crash; });
  BOOST_TEST(has_crash);
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_forgets_a_vote_is_caught_and_needs_no_fault) {
  CampaignOptions options{.first = 1, .count = 40, .threads = 2};
  options.defects.forgets_vote_of = 1;
  const Campaign campaign = campaign_of(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.failure.has_value());
  BOOST_TEST(campaign.failure->outcome.violations.front().invariant == "I5");
  BOOST_TEST(campaign.failure->shrunk.empty());
}

BOOST_AUTO_TEST_CASE(a_deadline_that_is_lost_in_a_restart_is_caught_and_shrunk_to_a_crash) {
  CampaignOptions options{.first = 1, .count = 200, .threads = 2};
  options.defects.loses_deadline = true;
  const Campaign campaign = campaign_of(shipped_scenario("faults"), options);
  BOOST_REQUIRE(campaign.failure.has_value());
  const Failure& failure = *campaign.failure;
  BOOST_TEST(failure.outcome.violations.front().invariant == "I8");
  BOOST_TEST(failure.shrunk.size() < failure.outcome.faults.size());
  const bool has_crash = std::ranges::any_of(
      failure.shrunk, [](const Fault& f) { return f.kind == FaultKind::coordinator_crash; });
  BOOST_TEST(has_crash);
}

BOOST_AUTO_TEST_CASE(every_attack_of_the_gallery_is_refused_or_harmless) {
  const Campaign campaign =
      campaign_of(shipped_scenario("attack-gallery"), {.first = 1, .count = 1, .threads = 1});
  BOOST_TEST(!campaign.failure.has_value(), told(campaign));
  BOOST_TEST(campaign.totals.completed == 1U);
  BOOST_TEST(campaign.totals.sums == 2U);
  const auto equivocates = static_cast<std::size_t>(AttackKind::equivocates);
  BOOST_TEST(campaign.totals.attacks[equivocates].tried >= 10U);  // each phase of two rounds
  for (std::size_t k = 0; k < kAttackKinds; ++k) {
    const auto kind = static_cast<AttackKind>(k);
    const AttackTally& tally = campaign.totals.attacks[k];
    if (must_be_refused(kind)) {
      BOOST_TEST(tally.tried > 0U, to_string(kind));
      BOOST_TEST(tally.refused == tally.tried, to_string(kind));
    } else {
      BOOST_TEST(tally.refused == 0U, to_string(kind));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_sweep_of_departures_loses_no_shop_in_silence) {
  const Scenario sweep = shipped_scenario("dropout-sweep");
  std::uint64_t before = UINT64_MAX;
  for (const double rate : {0.0, 0.5}) {
    const auto scenario = with_fault_rate(sweep, sweep.sweep.key, rate);
    BOOST_REQUIRE(scenario.has_value());
    const Campaign campaign = campaign_of(*scenario, {.first = 1, .count = 4, .threads = 2});
    BOOST_TEST(!campaign.failure.has_value(), told(campaign));
    BOOST_TEST(campaign.totals.counted < before);
    before = campaign.totals.counted;
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
