#include "simulations/federation_report.hpp"

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "models/gram.hpp"

namespace guildsum::simulations {
namespace {

FederationReport small_report() {
  FederationReport report;
  report.shops = {{"ann", 1234, 0.03, 0.05, 0.06, 2'500'000}};
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

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(federation_report_test)

BOOST_AUTO_TEST_CASE(the_document_has_the_promised_members_in_order) {
  const auto document = to_json(small_report());
  std::string keys;
  for (const auto& member : document) keys += std::string{member.key()} + " ";
  BOOST_TEST(keys == "shops ease ials secure_sum dropout_drill seconds ");
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

BOOST_AUTO_TEST_CASE(the_command_is_named_and_asks_for_its_directory) {
  const cli::Command command = federation_report_command();
  BOOST_TEST(command.words == "report federation");
  BOOST_TEST(command.options.front().required);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
