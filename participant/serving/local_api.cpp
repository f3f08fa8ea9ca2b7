#include "participant/serving/local_api.hpp"

#include <boost/asio/post.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "base/net/url.hpp"
#include "participant/consent/consent_json.hpp"
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

/// A web page that has its name resolved to this machine sends its own name. The API has no login,
/// so it answers only who calls it by a name of this machine.
bool names_this_machine(const net::Request& request) {
  std::string_view host = request.headers.find("host").value_or("");
  const bool bracketed = host.starts_with('[');
  if (bracketed) host.remove_prefix(1);
  return net::is_loopback(host.substr(0, host.find(bracketed ? ']' : ':')));
}

awaitable<net::Response> refuse_host() {
  co_return net::Response::problem(421, "foreign_host",
                                   "this API answers to 127.0.0.1, [::1] and localhost only");
}

net::Handler local_only(net::Handler handler) {
  return [handler = std::move(handler)](net::Request request) {
    return names_this_machine(request) ? handler(std::move(request)) : refuse_host();
  };
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
  boost::json::object document{{"model", model->kind},
                               {"model_version", model->version.value()},
                               {"text", model->main_parameters},
                               {"without_profiling", popular->main_parameters}};
  if (const auto next = api.shelf.next()) document["next"] = next->main_parameters;
  co_return net::Response::json(json::compact(document));
}

awaitable<net::Response> get_status(LocalApi& api) {
  const auto status = api.status();
  if (!status) co_return failure(status.error());
  co_return net::Response::json(json::compact(*status));
}

Error no_customer_id() { return {BaseErrc::invalid_argument, "id must be 1 to 256 bytes"}; }

/// The id of a customer in a path; empty where it cannot be one.
std::string customer_in(const net::Request& request) {
  const auto& id = request.parameters.at("id");
  return id.size() <= kIdBytesMax ? id : std::string{};
}

awaitable<net::Response> tell_consent(LocalApi& api, const std::string& customer) {
  const auto document = consent_document(api.consents, customer);
  if (!document) co_return failure(document.error());
  co_return net::Response::json(json::compact(*document));
}

awaitable<net::Response> get_consent(LocalApi& api, net::Request request) {
  const auto customer = customer_in(request);
  if (customer.empty()) co_return failure(no_customer_id());
  co_return co_await tell_consent(api, customer);
}

/// Answered when the decisions are durable; they hold from there on.
awaitable<net::Response> put_consent(LocalApi& api, net::Request request) {
  const auto customer = customer_in(request);
  if (customer.empty()) co_return failure(no_customer_id());
  auto decisions = parse_decisions(as_text(request.body), api.clock.wall_now());
  if (!decisions) co_return failure(decisions.error());
  std::vector<CustomerDecision> entries;
  for (Decision& decision : *decisions) entries.push_back({customer, std::move(decision)});
  const auto added = api.consents.append(entries);
  if (!added) co_return failure(added.error());
  co_return co_await tell_consent(api, customer);
}

awaitable<net::Response> get_health() { co_return net::Response::json(R"({"status":"ok"})"); }

}  // namespace

net::Router make_local_router(LocalApi& api) {
  net::Router router;
  const auto get = [&router](std::string_view pattern, net::Handler handler) {
    router.get(pattern, net::RouteOptions{}, local_only(std::move(handler)));
  };
  get("/v1/recommendations",
      [&api](net::Request request) { return get_recommendations(api, std::move(request)); });
  net::RouteOptions batch;
  batch.content_type = "application/json";
  batch.body_limit_bytes = 1 << 20;
  router.post("/v1/recommendations", batch, local_only([&api](net::Request request) {
                return post_recommendations(api, std::move(request));
              }));
  get("/v1/users/{id}/consent",
      [&api](net::Request request) { return get_consent(api, std::move(request)); });
  net::RouteOptions decisions;
  decisions.content_type = "application/json";
  decisions.body_limit_bytes = 1 << 14;
  router.put("/v1/users/{id}/consent", decisions, local_only([&api](net::Request request) {
               return put_consent(api, std::move(request));
             }));
  get("/v1/main-parameters", [&api](const net::Request&) { return get_main_parameters(api); });
  get("/v1/status", [&api](const net::Request&) { return get_status(api); });
  get("/healthz", [](const net::Request&) { return get_health(); });
  return router;
}

}  // namespace guildsum::participant
