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

/// GET and POST /v1/recommendations, GET /v1/main-parameters, /v1/status and /healthz. Without
/// login, for loopback only.
[[nodiscard]] net::Router make_local_router(LocalApi& api);

}  // namespace guildsum::participant
