#include "participant/round/evaluation_rules.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/errors.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

constexpr std::uint32_t kShops = 8;

/// The second sum of an evaluation whose first one had all eight shops in it, seven of them with
/// held-out purchases.
struct Scene {
  Scene() {
    auto& state = setup.description.descriptor.state;
    state.step_kind = "evaluation.quality";
    state.step_number = 2;
    first.measurable = 7;
    first.shops_min = 5;
    for (const auto& shop : setup.shops) first.survivors.push_back(shop.id());
    policy.survivors_min = 5;
  }
  [[nodiscard]] Result<std::optional<KeptShops>> rule() {
    RoundContext context{setup.federation,
                         setup.shops[0].id(),
                         setup.shops[0].signer,
                         setup.coordinator.verify_key(),
                         setup.roster,
                         policy,
                         history};
    if (keeps_sums) {
      context.first_sum = [this](const auto&) {
        return verified ? Result<FirstSum>{first} : Result<FirstSum>{ProtocolErrc::not_published};
      };
    }
    return shops_to_keep(setup.description, context);
  }
  /// The first `left` shops are in the cohort.
  void invite_only(std::size_t left) { setup.description.check_ins.resize(left); }
  /// What the shop says to a U2 of the first `survivors` shops.
  [[nodiscard]] Result<> sign(std::uint32_t survivors) {
    GS_TRY(auto view, protocol::RoundView::of(setup.description));
    AcceptedRound round{std::move(view), protocol::CohortPosition{0}};
    GS_TRY(round.kept, rule());
    return check_shops_kept(round, setup.survivors(survivors));
  }

  protocol::test::RoundSetup setup{kShops};
  ParticipantPolicy policy;
  ContributionHistory history;
  FirstSum first;
  bool keeps_sums = true;
  bool verified = true;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_rules_test)

BOOST_AUTO_TEST_CASE(other_steps_keep_nobody) {
  for (const char* step : {"evaluation.customers", "popularity.counts"}) {
    Scene scene;
    scene.setup.description.descriptor.state.step_kind = step;
    scene.keeps_sums = false;
    const auto rule = scene.rule();
    GS_REQUIRE_OK(rule);
    BOOST_TEST(!rule->has_value());
    GS_REQUIRE_OK(scene.sign(5));
  }
}

BOOST_AUTO_TEST_CASE(as_many_shops_may_be_missing_as_had_data_beyond_what_is_wanted) {
  Scene scene;
  const auto rule = scene.rule();
  GS_REQUIRE_OK(rule);
  BOOST_TEST((*rule)->missing_max == 2U);
  GS_REQUIRE_OK(scene.sign(8));
  GS_REQUIRE_OK(scene.sign(6));
  // Three of eight are missing: were they all of the seven, four would be left.
  GS_CHECK_REFUSED(scene.sign(5), ProtocolErrc::too_few);
}

BOOST_AUTO_TEST_CASE(the_larger_of_the_plans_and_the_owners_least_number_is_wanted) {
  for (const bool own : {false, true}) {
    Scene scene;
    (own ? scene.policy.survivors_min : scene.first.shops_min) = 6;
    GS_REQUIRE_OK(scene.sign(7));
    GS_CHECK_REFUSED(scene.sign(6), ProtocolErrc::too_few);
    (own ? scene.policy.survivors_min : scene.first.shops_min) = 7;
    GS_REQUIRE_OK(scene.sign(8));
    GS_CHECK_REFUSED(scene.sign(7), ProtocolErrc::too_few);
    (own ? scene.policy.survivors_min : scene.first.shops_min) = 8;
    GS_CHECK_REFUSED(scene.rule(), ProtocolErrc::policy_refused);
  }
}

BOOST_AUTO_TEST_CASE(who_is_not_in_the_cohort_is_missing_already) {
  Scene scene;
  scene.invite_only(6);
  GS_REQUIRE_OK(scene.rule());
  scene.invite_only(5);
  GS_CHECK_REFUSED(scene.rule(), ProtocolErrc::too_few);
}

BOOST_AUTO_TEST_CASE(shops_that_were_not_in_the_first_sum_stand_for_nobody) {
  Scene scene;
  scene.first.survivors.resize(5);  // Three of the cohort are new.
  scene.first.measurable = 5;
  GS_REQUIRE_OK(scene.sign(5));
  scene.first.survivors.front() = protocol::test::sample<protocol::ParticipantId>(99);
  GS_CHECK_REFUSED(scene.rule(), ProtocolErrc::too_few);
}

BOOST_AUTO_TEST_CASE(without_the_first_sum_nothing_is_signed) {
  for (const bool keeps_sums : {false, true}) {
    Scene scene;
    scene.keeps_sums = keeps_sums;
    scene.verified = false;
    GS_CHECK_REFUSED(scene.rule(), ProtocolErrc::policy_refused);
  }
  Scene scene;
  AcceptedRound round{protocol::RoundView::of(scene.setup.description).value(),
                      protocol::CohortPosition{0}};
  GS_CHECK_REFUSED(check_shops_kept(round, scene.setup.survivors(8)), ProtocolErrc::policy_refused);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
