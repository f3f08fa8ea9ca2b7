#pragma once

#include "coordinator/http/shop_api.hpp"

namespace guildsum::coordinator {

/// The one call of somebody who has no certificate yet. Part of `shop_routes`.
void add_enrolment(net::Router& router, ShopApiParts& parts);

}  // namespace guildsum::coordinator
