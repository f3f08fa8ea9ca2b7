#include "coordinator/evaluations.hpp"

#include <boost/json/array.hpp>

#include "base/errors.hpp"
#include "evaluated_setup.hpp"
#include "models/errors.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::EvaluatedSetup;

BOOST_AUTO_TEST_SUITE(evaluations_test)

BOOST_AUTO_TEST_CASE(a_version_is_told_of_by_the_newest_evaluation_that_measured_it_as_it_is) {
  EvaluatedSetup setup;
  const auto first = setup.evaluate_both();
  setup.evaluate({{setup.version_of(2), 0, {}, 0}});
  setup.evaluate({{setup.version_of(1), 0, setup.version_of(2), 0.5}});
  setup.evaluate({{setup.version_of(2), 7, {}, 0}});
  setup.evaluate({{setup.version_of(2), 0, {}, 0}}, 20);  // Too few customers.
  const auto evaluations = setup.evaluations.newest(setup.models());
  const auto popularity = find_measured(evaluations, setup.models()[0]).value();
  BOOST_TEST(popularity.evaluation->row.version.value() == first.version.value());
  BOOST_TEST(popularity.candidate == 0U);
  const auto ials = find_measured(evaluations, setup.models()[1]).value();
  BOOST_TEST(ials.evaluation->row.version.value() == 4U);
  ModelRow other = setup.models()[0];
  other.checkpoint = testing::sample<BlobId>(99);
  BOOST_TEST(!find_measured(evaluations, other).has_value());
}

BOOST_AUTO_TEST_CASE(an_evaluation_that_cannot_be_read_is_logged_once_and_left_out) {
  EvaluatedSetup setup;
  const auto first = setup.evaluate_both();
  auto damaged = setup.evaluate_both();
  auto models = setup.models();
  models.back().checkpoint = testing::sample<BlobId>(5);
  for (int look = 0; look < 2; ++look) {
    const auto evaluations = setup.evaluations.newest(models);
    BOOST_TEST_REQUIRE(evaluations.size() == 1U);
    BOOST_TEST(evaluations.front()->row.version.value() == first.version.value());
  }
  BOOST_TEST(setup.log.count("evaluation.unreadable") == 1U);
  damaged.checkpoint = testing::sample<BlobId>(5);
  BOOST_TEST((setup.evaluations.read(damaged).error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(what_was_read_once_is_not_read_again) {
  EvaluatedSetup setup;
  const auto row = setup.evaluate_both();
  const auto evaluation = setup.evaluations.read(row).value();
  std::filesystem::remove_all(setup.dir / "blobs");
  BOOST_TEST((setup.evaluations.read(row).value() == evaluation));
  Evaluations others{*setup.blobs, setup.log};
  BOOST_TEST(others.read(row).has_error());
}

BOOST_AUTO_TEST_CASE(figures_come_with_their_errors) {
  EvaluatedSetup setup;
  const auto row = setup.evaluate_both();
  const auto evaluation = read_evaluation(*setup.blobs, row).value();
  const auto figures = describe_quality({&evaluation, 1});
  BOOST_TEST(figures.at("ndcg_at_20") == 0.25);
  BOOST_TEST(figures.at("ndcg_error") == 0.0);  // All customers alike.
  BOOST_TEST(figures.at("customers") == 200);
  BOOST_TEST(figures.at("shops_worse") == 1);
  const auto table = describe_evaluation(evaluation, setup.models());
  const auto& candidates = table.at("candidates").as_array();
  BOOST_TEST(candidates[0].at("name") == "popularity 1");
  BOOST_TEST(candidates[0].at("best") == false);
  BOOST_TEST(candidates[1].at("best") == true);
  BOOST_TEST(table.at("measured") == 200);
  BOOST_TEST(table.at("alone").is_null());
}

BOOST_AUTO_TEST_CASE(an_evaluation_of_too_few_says_how_many_there_were) {
  EvaluatedSetup setup;
  const auto row = setup.evaluate({{setup.version_of(1), 0, {}, 0}}, 40);
  const auto evaluation = read_evaluation(*setup.blobs, row).value();
  const auto table = describe_evaluation(evaluation, setup.models());
  BOOST_TEST(table.at("measured") == 0);
  BOOST_TEST(table.at("held_out") == 40);
  BOOST_TEST(table.at("customers_min") == 50);
  BOOST_TEST(!table.at("candidates").as_array()[0].as_object().contains("ndcg_at_20"));
}

BOOST_AUTO_TEST_CASE(figures_of_fewer_shops_than_asked_for_are_told_of_nothing) {
  EvaluatedSetup setup;
  const auto row = setup.evaluate({{setup.version_of(1), 0, {}, 0}}, 200, 4);
  const auto evaluation = read_evaluation(*setup.blobs, row).value();
  const auto table = describe_evaluation(evaluation, setup.models());
  BOOST_TEST(table.at("measured") == 0);
  BOOST_TEST(table.at("shops") == 4);  // The first sum had six.
  BOOST_TEST(table.at("shops_min") == 5);
  BOOST_TEST(!table.at("candidates").as_array()[0].as_object().contains("ndcg_at_20"));
  BOOST_TEST(!find_measured(setup.evaluations.newest(setup.models()), setup.models()[0]));
}

BOOST_AUTO_TEST_CASE(candidates_are_named_by_kind_version_and_settings) {
  EvaluatedSetup setup;
  const auto name = [&](models::EvaluationCandidate candidate) {
    return candidate_name(candidate, setup.models());
  };
  BOOST_TEST(name({setup.version_of(2), 0, {}, 0}) == "ials 2");
  BOOST_TEST(name({setup.version_of(2), 300, {}, 0}) == "ials 2, ridge 300");
  BOOST_TEST(name({setup.version_of(1), 0.5, setup.version_of(2), 0.25}) ==
             "0.75 popularity 1, ridge 0.5 + 0.25 ials 2");
  BOOST_TEST(name({{17, {}}, 0, {}, 0}) == "version 17");
}

BOOST_AUTO_TEST_CASE(other_models_and_damaged_checkpoints_are_no_evaluations) {
  EvaluatedSetup setup;
  BOOST_TEST((read_evaluation(*setup.blobs, setup.models()[0]).error() ==
              models::ModelsErrc::wrong_shape));
  auto row = setup.evaluate_both();
  row.plan = setup.evaluate({{setup.version_of(1), 0, {}, 0}}).plan;
  BOOST_TEST((read_evaluation(*setup.blobs, row).error() == models::ModelsErrc::malformed));
  row.checkpoint = testing::sample<BlobId>(5);
  BOOST_TEST((read_evaluation(*setup.blobs, row).error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()
