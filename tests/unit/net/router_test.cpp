#include "base/net/router.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;

namespace {

Handler any() {
  return answer_with([](const Request&) { return Response::no_content(); });
}

std::string pattern_of(const Router::Match& match) {
  const auto* const found = std::get_if<Router::Found>(&match);
  return found == nullptr ? std::string{} : found->route->pattern;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(router_test)

BOOST_AUTO_TEST_CASE(parameters_are_bound_by_name) {
  Router router;
  router.get("/v1/rounds/{round}/chunks/{index}", RouteOptions{}, any());

  const auto match = router.match(Method::get, {"v1", "rounds", "7", "chunks", "a b"});

  const auto& found = std::get<Router::Found>(match);
  BOOST_TEST(found.parameters.at("round") == "7");
  BOOST_TEST(found.parameters.at("index") == "a b");
}

BOOST_AUTO_TEST_CASE(a_literal_segment_wins_whatever_the_order) {
  Router router;
  router.get("/v1/models/{version}", RouteOptions{}, any());
  router.get("/v1/models/newest", RouteOptions{}, any());
  router.get("/v1/{kind}/newest", RouteOptions{}, any());

  BOOST_TEST(pattern_of(router.match(Method::get, {"v1", "models", "newest"})) ==
             "/v1/models/newest");
  BOOST_TEST(pattern_of(router.match(Method::get, {"v1", "models", "3"})) ==
             "/v1/models/{version}");
  BOOST_TEST(pattern_of(router.match(Method::get, {"v1", "rounds", "newest"})) ==
             "/v1/{kind}/newest");
}

BOOST_AUTO_TEST_CASE(an_unknown_path_and_an_unknown_method_differ) {
  Router router;
  router.get("/v1/rounds", RouteOptions{}, any());
  router.post("/v1/rounds", RouteOptions{}, any());

  BOOST_TEST(std::holds_alternative<Router::UnknownPath>(router.match(Method::get, {"v1"})));
  BOOST_TEST(
      std::holds_alternative<Router::UnknownPath>(router.match(Method::get, {"v1", "rounds", ""})));
  const auto match = router.match(Method::put, {"v1", "rounds"});
  BOOST_TEST(std::get<Router::UnknownMethod>(match).allow == "GET, POST");
}

BOOST_AUTO_TEST_CASE(a_parameter_is_never_empty) {
  Router router;
  router.get("/v1/rounds/{round}", RouteOptions{}, any());

  BOOST_TEST(
      std::holds_alternative<Router::UnknownPath>(router.match(Method::get, {"v1", "rounds", ""})));
}

BOOST_AUTO_TEST_CASE(head_is_answered_by_get) {
  Router router;
  router.get("/hello", RouteOptions{}, any());

  BOOST_TEST(pattern_of(router.match(Method::head, {"hello"})) == "/hello");
}

BOOST_AUTO_TEST_SUITE_END()
