#pragma once

#include <string>

#include "base/net/router.hpp"
#include "base/secret.hpp"
#include "coordinator/config.hpp"
#include "coordinator/enrolment.hpp"
#include "coordinator/evaluations.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/round_service.hpp"

namespace guildsum::coordinator {

/// What the operator's API works with; must outlive the server.
struct AdminApiParts {
  RoundService& rounds;
  Membership& membership;
  Enrolment& enrolment;
  Ledger& ledger;
  Blobs& blobs;
  Evaluations& evaluations;
  ThreadPool& pool;
  net::Notifier& changes;
  const Clock& clock;
  Log& log;
  const SecretText& token;  ///< the bearer token
  const Config& config;
  std::uint32_t items = 0;  ///< of the published list; 0 without one
  std::string shops_url;    ///< what join tokens name; empty when it must be configured
};

/// BaseErrc::invalid_config without a published item list.
[[nodiscard]] Result<> expect_items(const AdminApiParts& parts);

/// Routes of the operator's listener: JSON in and out, one bearer token (docs/operations.md).
[[nodiscard]] net::Router admin_routes(AdminApiParts& parts);

}  // namespace guildsum::coordinator
