#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/random.hpp"
#include "participant/serving/model_shelf.hpp"
#include "participant/serving/query.hpp"

namespace guildsum::participant {

/// One reason, in the customer's terms.
struct Reason {
  /// "bought": an own purchase; "in_cart", "looked_at": an item of the query; "popular": many
  /// customers bought it.
  std::string kind;
  std::string item_id;  ///< The purchase or the item of the query; empty for "popular".
  double weight = 0;    ///< Its part of the score.
  std::string text;
};
struct RecommendedItem {
  std::string item_id;
  std::string title;
  double score = 0;
  std::string source;  ///< The model's kind.
  std::vector<Reason> reasons;
};
struct Recommendations {
  std::string rec_id;
  RecommendationContext context = RecommendationContext::home;
  bool profile = true;  ///< False: nothing of any customer was read.
  protocol::ModelVersion model_version;
  std::string model_kind;
  /// Why the answer comes from something else than what was asked for: "unknown_customer" (no
  /// purchase is known), "all_hidden", "unknown_item" (none of the query is on the list),
  /// "no_shared_model" (none has arrived yet), "own_model" (the shop's own is better),
  /// "no_consent" (she did not say yes to recommendations: her purchases were not read),
  /// "no_next_model" (no transitions have arrived: answered as a cart or as home); or empty.
  std::string fallback;
  std::string shortfall_reason;       ///< Why there are fewer than asked for, or empty.
  std::vector<std::string> ignored;   ///< Ids of the query that the item list does not have.
  std::vector<RecommendedItem> items;
};

/// Answers a query. Her purchases are read from the store each time, so that one of a second ago
/// counts. With `profile` off, or without a user, the store is not touched.
/// @return ParticipantErrc::no_model before the purchases are loaded.
[[nodiscard]] Result<Recommendations> recommend_for(const RecommendationQuery& query,
                                                    const ModelShelf& shelf,
                                                    PurchaseStore& purchases, Random& random);
[[nodiscard]] boost::json::object to_json(const Recommendations& answer, bool explain);

}  // namespace guildsum::participant
