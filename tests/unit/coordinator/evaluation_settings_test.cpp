#include "coordinator/evaluation_settings.hpp"

#include "ledger_setup.hpp"
#include "models/errors.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;

namespace {

ModelRow row_of(std::uint64_t version, std::string kind) {
  ModelRow row = testing::sample_model(version);
  row.kind = std::move(kind);
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ease;
  plan.items = 7;
  if (row.kind == "ease") row.plan = plan.canonical_bytes();
  return row;
}

std::vector<ModelRow> released() {
  return {row_of(1, "popularity"), row_of(2, "ease"), row_of(3, "ials"), row_of(4, "ease"),
          row_of(5, "evaluation")};
}

Result<models::TaskPlan> make(const TaskSettings& settings,
                              const std::vector<ModelRow>& models = released()) {
  return make_evaluation_plan(models, 7, 100, 5, settings);
}

bool bad(const TaskSettings& settings, std::string_view why,
         const std::vector<ModelRow>& models = released()) {
  const auto plan = make(settings, models);
  return plan.has_error() && plan.error() == models::ModelsErrc::bad_plan &&
         plan.error().detail().find(why) != std::string::npos;
}

std::vector<std::uint64_t> versions(const models::TaskPlan& plan) {
  std::vector<std::uint64_t> out;
  for (const auto& candidate : plan.evaluation.candidates) out.push_back(candidate.model.version);
  return out;
}

using Versions = std::vector<std::uint64_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_settings_test)

BOOST_AUTO_TEST_CASE(the_newest_version_of_each_kind_is_measured_with_its_root) {
  const auto plan = make({}).value();
  BOOST_TEST(versions(plan) == (Versions{1, 3, 4}));
  BOOST_TEST(plan.items == 7U);
  BOOST_TEST(plan.customers_max == 100U);
  BOOST_TEST(plan.evaluation.shops_min == 5U);
  const auto root = released()[2].checkpoint;
  BOOST_TEST(std::ranges::equal(plan.evaluation.candidates[1].model.root, root.view()));
}

BOOST_AUTO_TEST_CASE(ridges_and_blends_are_further_candidates) {
  const auto plan =
      make({{"versions", "4,3"}, {"ridge", "300,700.5"}, {"blend", "0.3"}}).value().evaluation;
  BOOST_TEST_REQUIRE(plan.candidates.size() == 5U);
  BOOST_TEST(plan.candidates[0].ridge == 0.0);
  BOOST_TEST(plan.candidates[1].ridge == 300.0);
  BOOST_TEST(plan.candidates[2].ridge == 700.5);
  BOOST_TEST(plan.candidates[3].model.version == 3U);
  const auto& blend = plan.candidates[4];
  BOOST_TEST(blend.model.version == 4U);
  BOOST_TEST(blend.other.version == 3U);
  BOOST_TEST(blend.other_weight == 0.3);
}

BOOST_AUTO_TEST_CASE(bands_and_the_least_number_of_shops_can_be_set) {
  const auto plan = make({{"bands", "2,9"}, {"shops_min", "8"}}).value().evaluation;
  BOOST_TEST(plan.band_ends == (std::vector<std::uint32_t>{2, 9}));
  BOOST_TEST(plan.shops_min == 8U);
}

BOOST_AUTO_TEST_CASE(what_cannot_be_measured_is_refused_with_the_reason) {
  BOOST_TEST(bad({{"versions", "2"}}, "the newest of each kind, which is version 4"));
  BOOST_TEST(bad({{"versions", "5"}}, "recommends nothing"));
  BOOST_TEST(bad({{"versions", "9"}}, "no version 9"));
  BOOST_TEST(bad({{"versions", "3,,4"}}, "no list of numbers"));
  BOOST_TEST(bad({{"versions", "3 4"}}, "no list of numbers"));
  BOOST_TEST(bad({{"versions", "3,3"}}, "same candidate"));
  BOOST_TEST(bad({{"versions", "3"}, {"ridge", "300"}}, "no EASE version"));
  BOOST_TEST(bad({{"versions", "4"}, {"blend", "0.5"}}, "both must be measured"));
  BOOST_TEST(bad({{"blend", "1.5"}}, "weight of a blend"));
  BOOST_TEST(bad({{"ridge", "-3"}}, "ridge"));
  BOOST_TEST(bad({{"ridge", "300,301"}}, "factor of 1.25"));
  BOOST_TEST(bad({{"ridge", "510"}}, "version 4"));  // It was trained with 500.
  BOOST_TEST(bad({{"blend", "0.33"}}, "steps of 0.05"));
  BOOST_TEST(bad({{"shops_min", "1"}}, "shops_min"));
  BOOST_TEST(bad({{"factors", "8"}}, "versions, ridge, blend"));
  BOOST_TEST(bad({}, "train a model first", {}));
  BOOST_TEST(bad({{"ridge", "1,2,3,4,5,6,7,8,9,10,11,12,13,14"}}, "there are 17"));
}

BOOST_AUTO_TEST_CASE(models_about_earlier_shared_rows_are_not_measured) {
  const std::vector<ModelRow> models{row_of(1, "vocabulary"), row_of(2, "ease"),
                                     row_of(3, "vocabulary"), row_of(4, "ials")};
  BOOST_TEST(versions(make({}, models).value()) == (Versions{4}));
  BOOST_TEST(bad({{"versions", "2"}}, "earlier shared items", models));
}

BOOST_AUTO_TEST_SUITE_END()
