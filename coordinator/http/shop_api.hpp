#pragma once

#include "base/net/router.hpp"
#include "coordinator/enrolment.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/round_service.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/vocabulary/key_service.hpp"

namespace guildsum::coordinator {

/// What the shops' API works with; must outlive the server.
struct ShopApiParts {
  RoundService& rounds;
  Membership& membership;
  Enrolment& enrolment;
  Ledger& ledger;
  Blobs& blobs;
  ThreadPool& pool;
  net::Notifier& changes;
  Log& log;
  KeyService* keys = nullptr;  ///< of a private vocabulary; none in published mode
};

/// Routes of the shops' listener (docs/protocol.md, "Transport"). Everything but enrolment and
/// health needs a client certificate that is the shop's current one, and the sender inside every
/// message must be the identity in that certificate.
[[nodiscard]] net::Router shop_routes(ShopApiParts& parts);

}  // namespace guildsum::coordinator
