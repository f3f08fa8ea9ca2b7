#include "participant/serving/local_api.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using boost::asio::awaitable;

net::Response failure(const Error& error) {
  if (error == BaseErrc::invalid_argument || error == BaseErrc::malformed) {
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

/// One answer per query, in their order. Other requests get their turn in between.
awaitable<net::Response> post_recommendations(LocalApi& api, net::Request request) {
  const auto queries = parse_recommendation_batch(as_text(request.body));
  if (!queries) co_return failure(queries.error());
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::json::array answers;
  for (const RecommendationQuery& query : *queries) {
    co_await boost::asio::post(executor, boost::asio::use_awaitable);
    const auto answer = recommend_for(query, api.shelf, api.purchases, api.random);
    if (!answer) co_return failure(answer.error());
    answers.push_back(to_json(*answer, query.explain));
  }
  const boost::json::object document{{"answers", std::move(answers)}};
  co_return net::Response::json(json::compact(document));
}

/// What mainly decides the order of recommendations, for the page that says so to customers.
awaitable<net::Response> get_main_parameters(LocalApi& api) {
  const auto model = api.shelf.chosen();
  const auto popular = api.shelf.popular();
  if (!model || !popular) co_return failure(ParticipantErrc::no_model);
  const boost::json::object document{{"model", model->kind},
                                     {"model_version", model->version.value()},
                                     {"text", model->main_parameters},
                                     {"without_profiling", popular->main_parameters}};
  co_return net::Response::json(json::compact(document));
}

awaitable<net::Response> get_status(LocalApi& api) {
  const auto status = api.status();
  if (!status) co_return failure(status.error());
  co_return net::Response::json(json::compact(*status));
}

awaitable<net::Response> get_health() { co_return net::Response::json(R"({"status":"ok"})"); }

}  // namespace

net::Router make_local_router(LocalApi& api) {
  net::Router router;
  router.get("/v1/recommendations", net::RouteOptions{},
             [&api](net::Request request) { return get_recommendations(api, std::move(request)); });
  net::RouteOptions batch;
  batch.content_type = "application/json";
  batch.body_limit_bytes = 1 << 20;
  router.post("/v1/recommendations", batch, [&api](net::Request request) {
    return post_recommendations(api, std::move(request));
  });
  router.get("/v1/main-parameters", net::RouteOptions{},
             [&api](const net::Request&) { return get_main_parameters(api); });
  router.get("/v1/status", net::RouteOptions{},
             [&api](const net::Request&) { return get_status(api); });
  router.get("/healthz", net::RouteOptions{}, [](const net::Request&) { return get_health(); });
  return router;
}

}  // namespace guildsum::participant
