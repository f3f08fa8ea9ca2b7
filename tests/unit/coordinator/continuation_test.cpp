#include "coordinator/continuation.hpp"

#include "models/gram.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/unopened_round.hpp"
#include "protocol/wire.hpp"
#include "tests/support/service_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;

namespace {

using Baskets = std::vector<std::vector<models::ItemIndex>>;

struct Setup : testing::ServiceSetup {
  explicit Setup(std::uint32_t shop_count = 4) : ServiceSetup{shop_count} {}

  void train(bool anew = false) {
    GS_REQUIRE_DONE(service->start_task(plan("ease"), anew));
    run();
    BOOST_TEST((task().status == TaskStatus::completed), task().reason);
  }
  void replace(std::size_t shop, Baskets with) {
    shops[shop].replace_data(models::Interactions::build(kItems, with).value());
    baskets[shop] = std::move(with);
  }
  /// The matrix of these customers, computed at once.
  [[nodiscard]] static std::vector<std::uint32_t> gram(const std::vector<Baskets>& of) {
    Baskets all;
    for (const Baskets& shop : of) all.insert(all.end(), shop.begin(), shop.end());
    return models::gram_of(models::Interactions::build(kItems, all).value()).upper;
  }
  [[nodiscard]] std::vector<std::uint32_t> released() {
    const ModelRow model = models_made().back();
    const Bytes checkpoint = blobs->load(model.checkpoint, protocol::kBlobBytesMax).value();
    return std::get<models::GramModel>(models::release(plan("ease"), checkpoint).value()).upper;
  }
  [[nodiscard]] Result<std::optional<Continuation>> continuation() {
    return continuation_of(*ledger, plan("ease"), terms.vocabulary);
  }
};

/// Two customers withdraw, one is new.
Baskets changed(Baskets baskets) {
  baskets.erase(baskets.begin(), baskets.begin() + 2);
  baskets.push_back({0, 3, 5});
  return baskets;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(continuation_test)

BOOST_AUTO_TEST_CASE(a_second_training_sums_the_changes_and_equals_one_from_the_start) {
  Setup setup;
  setup.train();
  BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
  setup.replace(1, changed(setup.baskets[1]));
  setup.train();
  BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
  const auto rounds = setup.rounds();
  BOOST_TEST_REQUIRE(rounds.size() == 2U);
  BOOST_TEST(rounds[1].step_number == 2U);
  const auto models = setup.models_made();
  BOOST_TEST((models[0].lineage == models[1].lineage));
  const auto descriptor = decode_plan(rounds[1].plan).value().descriptor;
  BOOST_TEST((descriptor.state.model_root == models[0].checkpoint));
  BOOST_TEST((descriptor.state.lineage == models[0].lineage));
  BOOST_TEST(setup.task().origin.value() == 1U);
  BOOST_TEST(setup.task().sums_done == 1U);
}

BOOST_AUTO_TEST_CASE(a_shop_that_is_away_stays_in_with_what_it_had) {
  Setup setup{5};
  setup.train();
  auto counted = setup.baskets;
  setup.replace(0, changed(setup.baskets[0]));
  setup.replace(4, changed(setup.baskets[4]));
  setup.shops[4].silent = true;
  counted[0] = setup.baskets[0];
  setup.train();
  BOOST_TEST(setup.released() == setup.gram(counted), boost::test_tools::per_element());
  setup.shops[4].silent = false;
  setup.train();
  BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
  BOOST_TEST(setup.rounds().back().step_number == 3U);
}

BOOST_AUTO_TEST_CASE(a_restart_in_any_phase_leads_to_the_same_matrix) {
  for (const std::string phase : {"collecting-check-ins", "certifying", "collecting-votes"}) {
    BOOST_TEST_CONTEXT(phase) {
      Setup setup;
      setup.train();
      setup.replace(2, changed(setup.baskets[2]));
      GS_REQUIRE_DONE(setup.service->start_task(setup.plan("ease")));
      setup.run_until(phase);
      setup.restart_service();
      setup.run();
      BOOST_TEST((setup.task().status == TaskStatus::completed), setup.task().reason);
      BOOST_TEST(setup.rounds().back().step_number == 2U);
      BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
    }
  }
}

BOOST_AUTO_TEST_CASE(a_change_that_could_not_be_written_is_summed_all_the_same) {
  Setup setup;
  setup.train();
  setup.replace(2, changed(setup.baskets[2]));
  setup.faulty.change_that_fails = 1;
  setup.faulty.fails_after_commit = true;
  setup.train();
  BOOST_TEST(setup.rounds().back().step_number == 2U);
  BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(another_plan_other_items_another_kind_and_anew_begin_a_lineage) {
  Setup setup;
  BOOST_TEST(!setup.continuation().value().has_value());
  setup.train();
  BOOST_TEST(setup.continuation().value().has_value());
  auto plan = setup.plan("ease");
  plan.ease.ridge_shared *= 2;
  BOOST_TEST(!continuation_of(*setup.ledger, plan, setup.terms.vocabulary).value().has_value());
  const auto items = testing::sample<Digest>(9);
  BOOST_TEST(!continuation_of(*setup.ledger, setup.plan("ease"), items).value().has_value());
  setup.start_task("popularity");
  setup.run();
  BOOST_TEST(
      !continuation_of(*setup.ledger, setup.plan(), setup.terms.vocabulary).value().has_value());
  BOOST_TEST(setup.continuation().value().has_value());  // Other tasks in between change nothing.
  setup.train(true);
  BOOST_TEST(setup.rounds().back().step_number == 1U);
  BOOST_TEST(setup.task().origin.value() == 3U);
  const auto models = setup.models_made();
  BOOST_TEST((models.front().lineage != models.back().lineage));
  setup.train();
  BOOST_TEST(setup.rounds().back().step_number == 2U);
  BOOST_TEST(setup.task().origin.value() == 3U);
}

BOOST_AUTO_TEST_CASE(a_model_that_a_later_sum_overtook_is_not_gone_on_with) {
  Setup setup;
  setup.train();
  for (auto& shop : setup.shops) shop.rejects = true;
  GS_REQUIRE_DONE(setup.service->start_task(setup.plan("ease")));
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  for (auto& shop : setup.shops) shop.rejects = false;
  BOOST_TEST(!setup.continuation().value().has_value());
  setup.train();
  BOOST_TEST(setup.rounds().back().step_number == 1U);
  BOOST_TEST(setup.released() == setup.gram(setup.baskets), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(a_newer_lineage_that_came_to_nothing_ends_the_older_one_all_the_same) {
  // Its sum is open: the shops have moved on to it.
  Setup setup;
  setup.train();
  for (auto& shop : setup.shops) shop.rejects = true;
  GS_REQUIRE_DONE(setup.service->start_task(setup.plan("ease"), true));
  setup.run();
  BOOST_TEST((setup.task().status == TaskStatus::failed));
  BOOST_TEST(!setup.continuation().value().has_value());
}

BOOST_AUTO_TEST_CASE(who_is_in_an_opened_sum_is_shown_where_a_delta_may_follow) {
  Setup setup;
  setup.train();
  const RoundRow row = setup.rounds().back();
  const Bytes frame = setup.service->survivors_of(row.key).value();
  const auto shown = protocol::decode<protocol::UnopenedRound>(frame).value();
  BOOST_TEST(shown.proposal.headers.size() == 4U);
  BOOST_TEST(!shown.certificate.signatures.empty());
  BOOST_TEST(shown.faults.empty());
  setup.start_task("popularity");
  setup.run();
  GS_CHECK_FAILS(protocol::ProtocolErrc::wrong_phase,
                 setup.service->survivors_of(setup.rounds().back().key));
}

BOOST_AUTO_TEST_SUITE_END()
