#include "simulations/federation_report.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/random.hpp"
#include "models/contribute.hpp"

namespace guildsum::simulations {
namespace {

FederationReport small_report() {
  FederationReport report;
  report.shops = {{"ann", 1234, 0.03, 0.05, 0.06, 2'500'000}};
  report.without_consent = 3;
  report.ease_centralised = 0.0895;
  report.ease_federated = 0.0895;
  report.gram_bit_equal = true;
  report.ials_centralised = 0.084;
  report.ials_federated = 0.0839;
  report.ials_rounds = 24;
  report.sums_exact = true;
  report.sums = 26;
  report.values_compared = 9'000'000;
  report.drill = FederationReport::Drill{1, "bob", true};
  report.seconds = 61.5;
  return report;
}

models::Interactions purchases(std::vector<std::vector<models::ItemIndex>> rows) {
  auto built = models::Interactions::build(4, rows);
  BOOST_REQUIRE(built.has_value());
  return std::move(*built);
}

PooledData small_data() {
  PooledData data;
  data.bought = purchases({{0, 1}, {1, 2}, {0, 2}, {2, 3}, {1, 3}, {0, 1, 3}});
  data.held_out = purchases({{2}, {3}, {}, {0}, {}, {2}});
  data.customers = {{"ann", 6}};
  return data;
}

/// An EASE model trained on `bought` as one shop's sum.
ReleasedRun released_ease(const models::Interactions& bought) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ease;
  plan.items = 4;
  auto task = models::make_task(plan);
  BOOST_REQUIRE(task.has_value());
  const auto request = (*task)->next_request();
  BOOST_REQUIRE(request.has_value());
  SystemRandom random;
  const auto contribution = models::contribute(plan, *request, bought, random);
  BOOST_REQUIRE(contribution.has_value());
  BOOST_REQUIRE((*task)->apply(contribution->values, {.survivors = 5}).has_value());
  return {plan, (*task)->checkpoint()};
}

FederationRun small_run(const models::Interactions& bought) {
  FederationRun run;
  ShopRun shop;
  shop.name = "ann";
  shop.ease.customers = 4;
  shop.ease.ndcg_at_20 = 0.5;
  run.shops.push_back(shop);
  run.ease = released_ease(bought);
  run.ials = run.ease->plan;
  run.ials->kind = models::TaskKind::ials;
  run.ials->ials.factors = 2;
  run.ials->ials.epochs = 2;
  return run;
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(federation_report_test)

BOOST_AUTO_TEST_CASE(the_document_has_the_promised_members_in_order) {
  const auto document = to_json(small_report());
  std::string keys;
  for (const auto& member : document) keys += std::string{member.key()} + " ";
  BOOST_TEST(keys == "shops without_consent ease ials secure_sum dropout_drill seconds ");
  const auto& shop = document.at("shops").as_array().at(0).as_object();
  BOOST_TEST(shop.at("federated_ndcg_at_20").as_double() == 0.06);
  BOOST_TEST(shop.at("bytes_up").to_number<std::uint64_t>() == 2'500'000U);
  BOOST_TEST(document.at("dropout_drill").at("dropped").as_string() == "bob");
  BOOST_TEST(document.at("secure_sum").at("exact").as_bool());
}

BOOST_AUTO_TEST_CASE(a_run_without_a_drill_says_null) {
  FederationReport report = small_report();
  report.drill.reset();
  BOOST_TEST(to_json(report).at("dropout_drill").is_null());
  BOOST_TEST(!contains(to_text(report), "dropout drill"));
}

BOOST_AUTO_TEST_CASE(the_text_shows_the_gain_and_what_was_compared) {
  const std::string text = to_text(small_report());
  BOOST_TEST(contains(text, "+20.0 %"));
  BOOST_TEST(contains(text, "secure sum == plain sum: yes (26 sums, 9,000,000 values compared)"));
  BOOST_TEST(contains(text, "without consent to training: 3 customers, in no sum"));
  BOOST_TEST(contains(text, "bob was killed after key sharing"));
}

BOOST_AUTO_TEST_CASE(a_sum_that_is_not_exact_is_said_plainly) {
  FederationReport report = small_report();
  report.sums_exact = false;
  BOOST_TEST(contains(to_text(report), "secure sum == plain sum: no"));
  BOOST_TEST(!to_json(report).at("secure_sum").at("exact").as_bool());
}

BOOST_AUTO_TEST_CASE(a_run_without_a_released_model_makes_no_report) {
  const auto report = make_report(FederationRun{}, PooledData{}, 1);
  BOOST_REQUIRE(report.has_error());
  BOOST_TEST((report.error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_CASE(a_model_of_all_data_is_recognised_as_equal) {
  const PooledData data = small_data();
  const auto report = make_report(small_run(data.bought), data, 1);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(report->gram_bit_equal);
  BOOST_TEST(report->ease_federated == 0.5);
  BOOST_TEST(report->ease_centralised > 0);
  BOOST_TEST(report->ials_centralised > 0);
}

BOOST_AUTO_TEST_CASE(a_model_without_one_customer_is_not_equal) {
  const PooledData data = small_data();
  const auto fewer = purchases({{0, 1}, {1, 2}, {0, 2}, {2, 3}, {1, 3}});
  const auto report = make_report(small_run(fewer), data, 1);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(!report->gram_bit_equal);
}

BOOST_AUTO_TEST_CASE(no_sum_is_not_an_exact_sum) {
  const PooledData data = small_data();
  const auto report = make_report(small_run(data.bought), data, 1);
  BOOST_REQUIRE(report.has_value());
  BOOST_TEST(!report->sums_exact);
  BOOST_TEST(!report->drill.has_value());
}

BOOST_AUTO_TEST_CASE(the_command_is_named_and_asks_for_its_directory) {
  const cli::Command command = federation_report_command();
  BOOST_TEST(command.words == "report federation");
  BOOST_TEST(command.options.front().required);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
