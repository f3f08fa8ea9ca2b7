#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "base/net/router.hpp"
#include "participant/serving/recommendations.hpp"

namespace guildsum::participant {

/// What the loopback API answers from; must outlive the server.
struct LocalApi {
  const ModelShelf& shelf;
  PurchaseStore& purchases;
  Random& random;
  std::function<Result<boost::json::object>()> status;
};

/// GET /v1/recommendations, /v1/status and /healthz. Without login, for loopback only.
[[nodiscard]] net::Router make_local_router(LocalApi& api);

/// The query of `GET /v1/recommendations`: user (required), n (1 to 200, default 10), explain (0 or
/// 1), exclude ("purchased", the default, or "nothing"). Anything else is refused.
/// @return BaseErrc::invalid_argument naming the parameter.
[[nodiscard]] Result<RecommendationQuery> parse_recommendation_query(const net::Parameters& query);

}  // namespace guildsum::participant
