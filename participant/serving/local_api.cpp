#include "participant/serving/local_api.hpp"

#include <charconv>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using boost::asio::awaitable;

constexpr std::size_t kUserBytesMax = 256;

Error bad(std::string_view name, std::string_view expected) {
  return {BaseErrc::invalid_argument, std::string{name} + " must be " + std::string{expected}};
}

Result<> read_parameter(RecommendationQuery& out, const std::string& name,
                        const std::string& value) {
  if (name == "user") {
    if (value.empty() || value.size() > kUserBytesMax) return bad(name, "1 to 256 bytes");
    out.user = value;
    return {};
  }
  if (name == "n") {
    const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out.count);
    const bool number = error == std::errc{} && end == value.data() + value.size();
    if (!number || out.count < 1 || out.count > kRecommendationsMax) return bad(name, "1 to 200");
    return {};
  }
  if (name == "explain") {
    if (value != "0" && value != "1") return bad(name, "0 or 1");
    out.explain = value == "1";
    return {};
  }
  if (name == "exclude") {
    if (value != "purchased" && value != "nothing") return bad(name, "purchased or nothing");
    out.exclude_purchased = value == "purchased";
    return {};
  }
  return Error{BaseErrc::invalid_argument, "there is no parameter " + name};
}

net::Response failure(const Error& error) {
  if (error == BaseErrc::invalid_argument) {
    return net::Response::problem(400, "invalid_parameter", error.detail());
  }
  if (error == ParticipantErrc::no_model) {
    return net::Response::problem(503, "no_model", "the purchases are still being read");
  }
  return net::Response::problem(500, "internal");
}

awaitable<net::Response> get_recommendations(LocalApi& api, net::Request request) {
  const auto query = parse_recommendation_query(request.query);
  if (!query) co_return failure(query.error());
  const auto answer = recommend_for(*query, api.shelf, api.purchases, api.random);
  if (!answer) co_return failure(answer.error());
  co_return net::Response::json(json::compact(to_json(*answer, query->explain)));
}

awaitable<net::Response> get_status(LocalApi& api) {
  const auto status = api.status();
  if (!status) co_return failure(status.error());
  co_return net::Response::json(json::compact(*status));
}

awaitable<net::Response> get_health() { co_return net::Response::json(R"({"status":"ok"})"); }

}  // namespace

Result<RecommendationQuery> parse_recommendation_query(const net::Parameters& query) {
  RecommendationQuery out;
  for (const auto& [name, value] : query) GS_CHECK(read_parameter(out, name, value));
  if (out.user.empty()) return bad("user", "given");
  return out;
}

net::Router make_local_router(LocalApi& api) {
  net::Router router;
  router.get("/v1/recommendations", net::RouteOptions{},
             [&api](net::Request request) { return get_recommendations(api, std::move(request)); });
  router.get("/v1/status", net::RouteOptions{},
             [&api](const net::Request&) { return get_status(api); });
  router.get("/healthz", net::RouteOptions{}, [](const net::Request&) { return get_health(); });
  return router;
}

}  // namespace guildsum::participant
