#include "participant/serving/query.hpp"

#include "base/errors.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

using Parameters = std::initializer_list<std::pair<std::string, std::string>>;
using Ids = std::vector<std::string>;

Result<RecommendationQuery> parse(Parameters query) {
  net::Parameters parameters;
  for (const auto& [name, value] : query) parameters[name] = value;
  return parse_recommendation_query(parameters);
}

void check_refused(Parameters query, std::string_view name) {
  const auto parsed = parse(query);
  GS_CHECK_FAILS(BaseErrc::invalid_argument, parsed);
  BOOST_TEST(parsed.error().detail().find(name) != std::string::npos, parsed.error().detail());
}

void check_batch_refused(std::string_view body, std::string_view words) {
  const auto parsed = parse_recommendation_batch(body);
  BOOST_REQUIRE(parsed.has_error());
  const bool known =
      parsed.error() == BaseErrc::invalid_argument || parsed.error() == BaseErrc::malformed;
  BOOST_TEST(known);
  BOOST_TEST(parsed.error().detail().find(words) != std::string::npos, parsed.error().detail());
}

}  // namespace

BOOST_AUTO_TEST_SUITE(query_test)

BOOST_AUTO_TEST_CASE(a_query_has_defaults_and_limits) {
  const auto least = parse({{"user", "ann"}}).value();
  BOOST_TEST(least.count == 10U);
  BOOST_TEST(!least.explain);
  BOOST_TEST(least.exclude_purchased);
  BOOST_TEST(least.profile);
  BOOST_TEST((least.context == RecommendationContext::home));
  const auto full =
      parse({{"user", "a b@c"}, {"n", "200"}, {"explain", "1"}, {"exclude", "nothing"}}).value();
  BOOST_TEST(full.user == "a b@c");
  BOOST_TEST(full.count == 200U);
  BOOST_TEST(full.explain);
  BOOST_TEST(!full.exclude_purchased);
  const auto cart = parse({{"context", "cart"}, {"item", "tea"}, {"omit", "pot"}}).value();
  BOOST_TEST((cart.items == Ids{"tea"}));
  BOOST_TEST((cart.omit == Ids{"pot"}));
  BOOST_TEST((parse({{"user", "a"}, {"hide", "tea"}}).value().hide == Ids{"tea"}));
  BOOST_TEST(!parse({{"profile", "off"}}).value().profile);
  for (const char* word : {"home", "buy-again", "popular"}) {
    const auto parsed = parse({{"user", "a"}, {"context", word}}).value();
    BOOST_TEST(to_string(parsed.context) == word);
  }
}

BOOST_AUTO_TEST_CASE(anything_else_is_refused_by_name) {
  check_refused({}, "user");
  check_refused({{"user", ""}}, "user");
  check_refused({{"user", std::string(257, 'a')}}, "user");
  for (const char* n : {"0", "201", "-1", "x", "", "1.5", "99999999999999999999"}) {
    check_refused({{"user", "a"}, {"n", n}}, "n must be");
  }
  check_refused({{"user", "a"}, {"explain", "yes"}}, "explain");
  check_refused({{"user", "a"}, {"exclude", "all"}}, "exclude");
  check_refused({{"user", "a"}, {"limit", "5"}}, "limit");
  check_refused({{"user", "a"}, {"profile", "no"}}, "profile");
  check_refused({{"user", "a"}, {"context", "page"}}, "context");
  check_refused({{"user", "a"}, {"hide", ""}}, "hide");
}

BOOST_AUTO_TEST_CASE(a_context_needs_its_parameters_and_takes_no_other) {
  check_refused({{"context", "item"}}, "item");
  check_refused({{"context", "cart"}, {"user", "a"}}, "item");
  check_refused({{"user", "a"}, {"item", "tea"}}, "context");
  check_refused({{"context", "popular"}, {"item", "tea"}}, "context");
  check_refused({{"context", "next"}}, "item");
  check_refused({{"context", "next"}, {"user", "a"}, {"profile", "off"}}, "item");
  BOOST_TEST(
      (parse({{"context", "next"}, {"user", "a"}}).value().context == RecommendationContext::next));
  BOOST_TEST((parse({{"context", "next"}, {"item", "tea"}, {"profile", "off"}}).value().items ==
              Ids{"tea"}));
  check_refused({{"context", "buy-again"}}, "user");
  check_refused({{"context", "buy-again"}, {"user", "a"}, {"profile", "off"}}, "profile");
}

BOOST_AUTO_TEST_CASE(a_batch_is_a_list_of_queries) {
  const auto queries = parse_recommendation_batch(
                           R"({"queries": [
                             {"user": "ann", "n": 3, "explain": true, "hide": ["tea", "cup"]},
                             {"context": "cart", "items": ["tea", "pot"], "omit": []},
                             {"profile": "off", "exclude": "nothing"}]})")
                           .value();
  BOOST_REQUIRE(queries.size() == 3U);
  BOOST_TEST(queries[0].count == 3U);
  BOOST_TEST(queries[0].explain);
  BOOST_TEST((queries[0].hide == Ids{"tea", "cup"}));
  BOOST_TEST((queries[1].items == Ids{"tea", "pot"}));
  BOOST_TEST(!queries[2].profile);
  BOOST_TEST(!queries[2].exclude_purchased);
}

BOOST_AUTO_TEST_CASE(a_wrong_batch_is_refused_by_the_place_of_its_first_mistake) {
  check_batch_refused("", "");
  check_batch_refused("[]", "");
  check_batch_refused(R"({"queries": []})", "1 to 100");
  check_batch_refused(R"({"queries": [{"user": "a"}], "more": 1})", "one member");
  check_batch_refused(R"({"queries": [{"user": "a"}, 5]})", "queries[1]");
  check_batch_refused(R"({"queries": [{"user": "a"}, {}]})", "queries[1]: user");
  check_batch_refused(R"({"queries": [{"user": 5}]})", "queries[0]: user");
  check_batch_refused(R"({"queries": [{"user": "a", "n": "5"}]})", "n must be");
  check_batch_refused(R"({"queries": [{"user": "a", "n": 0}]})", "n must be");
  check_batch_refused(R"({"queries": [{"user": "a", "explain": 1}]})", "explain");
  check_batch_refused(R"({"queries": [{"user": "a", "limit": 1}]})", "limit");
  check_batch_refused(R"({"queries": [{"user": "a", "hide": "tea"}]})", "hide");
  check_batch_refused(R"({"queries": [{"user": "a", "hide": [1]}]})", "hide");
  std::string ids;
  for (int i = 0; i < 101; ++i) ids += i == 0 ? "\"x\"" : ",\"x\"";
  check_batch_refused(R"({"queries": [{"user": "a", "hide": [)" + ids + "]}]}", "hide");
  std::string many;
  for (int i = 0; i < 101; ++i) many += i == 0 ? R"({"user":"a"})" : R"(,{"user":"a"})";
  check_batch_refused(R"({"queries": [)" + many + "]}", "1 to 100");
}

BOOST_AUTO_TEST_SUITE_END()
