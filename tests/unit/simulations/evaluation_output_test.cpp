#include "simulations/evaluation_output.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

EvaluationResult result() {
  EvaluationResult result;
  result.settings.model = ModelKind::title;
  result.settings.mode = TrainingMode::federated;
  result.settings.title.withheld = {1, 2};
  result.settings.sampled_negatives = 99;
  result.users = 1000;
  result.items = 40;
  result.report.quality.customers = 900;
  result.report.quality.ndcg_at_20 = 0.25;
  result.report.quality.ndcg_error = 0.01;
  result.report.per_shop = {{"a", 500, {}}, {"b", 400, {}}};
  result.report.sums = 7;
  result.report.sampled = SampledQuality{800, 0.5, 0.125};
  TuningReport tuning;
  tuning.candidates = {{"ridge 1", {}}, {"ridge 2", {}}};
  tuning.ndcg_at_20 = {0.1, 0.2};
  tuning.best = 1;
  tuning.sums = 3;
  result.tuning = tuning;
  return result;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evaluation_output_test)

BOOST_AUTO_TEST_CASE(the_json_report_has_every_part) {
  const auto report = to_json(result());
  BOOST_TEST(report.at("model").as_string() == "title");
  BOOST_TEST(report.at("items_withheld").to_number<int>() == 2);
  BOOST_TEST(report.at("ndcg_error").as_double() == 0.01);
  BOOST_TEST(report.at("secure_sums").to_number<int>() == 7);
  BOOST_TEST(report.at("per_shop").as_array().size() == 2U);
  const auto& sampled = report.at("sampled").as_object();
  BOOST_TEST(sampled.at("negatives").to_number<int>() == 99);
  BOOST_TEST(sampled.at("hit_rate_at_10").as_double() == 0.5);
  const auto& tuning = report.at("tuning").as_object();
  BOOST_TEST(tuning.at("chosen").as_string() == "ridge 2");
  BOOST_TEST(tuning.at("candidates").as_array().size() == 2U);
}

BOOST_AUTO_TEST_CASE(people_see_what_was_chosen_and_found) {
  const auto text = to_text(result());
  for (const char* part :
       {"ridge 2    0.2000  chosen",
        "title, federated: 1,000 users x 40 items, "
        "7 secure sums, 2 items withheld, ",
        "0.2500", "one item among 99 sampled ones: 800 customers, hit rate@10 0.5000"}) {
    BOOST_TEST(test::contains(text, part), part << " in " << text);
  }
}

BOOST_AUTO_TEST_CASE(what_was_not_asked_for_is_not_there) {
  auto plain = result();
  plain.tuning.reset();
  plain.report.sampled.reset();
  plain.settings.model = ModelKind::ease;
  plain.settings.mode = TrainingMode::centralised;
  const auto report = to_json(plain);
  for (const char* key : {"tuning", "sampled", "secure_sums", "items_withheld"}) {
    BOOST_TEST(!report.contains(key), key);
  }
  BOOST_TEST(!test::contains(to_text(plain), "sampled"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
