#pragma once

#include <functional>

#include <boost/json/object.hpp>

#include "base/net/router.hpp"
#include "participant/consent/consent_ledger.hpp"
#include "participant/serving/recommendations.hpp"

namespace guildsum::participant {

/// What the loopback API answers from; must outlive the server.
struct LocalApi {
  const ModelShelf& shelf;
  PurchaseStore& purchases;
  ConsentLedger& consents;
  const Clock& clock;
  Random& random;
  std::function<Result<boost::json::object>()> status;
};

/// GET and POST /v1/recommendations, GET and PUT /v1/users/{id}/consent, GET /v1/main-parameters,
/// /v1/status and /healthz. Without login, for loopback only.
[[nodiscard]] net::Router make_local_router(LocalApi& api);

}  // namespace guildsum::participant
