#pragma once

#include <string>

#include "base/clock.hpp"

namespace guildsum::participant {

/// One purchase as a source reports it, before the customer is pseudonymised. It lives only between
/// the reader and the store. No other column of the source is kept.
struct PurchaseEvent {
  std::string customer;  ///< The shop's own customer id: what recommendations are asked for.
  std::string item;      ///< The id in the published item list.
  Clock::Wall time;
  double quantity = 1;
  std::string order;  ///< Tells equal purchases of different orders apart; may be empty.
};

}  // namespace guildsum::participant
