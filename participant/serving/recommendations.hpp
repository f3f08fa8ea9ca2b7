#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/object.hpp>

#include "base/random.hpp"
#include "participant/serving/model_shelf.hpp"

namespace guildsum::participant {

/// What is asked for.
struct RecommendationQuery {
  std::string user;  ///< The shop's own customer id.
  std::size_t count = 10;
  bool explain = false;
  bool exclude_purchased = true;
};
inline constexpr std::size_t kRecommendationsMax = 200;

/// One reason, in the customer's terms.
struct Reason {
  std::string kind;     ///< "bought": an own purchase; "popular": many customers bought it.
  std::string item_id;  ///< The purchase; empty for "popular".
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
  protocol::ModelVersion model_version;
  std::string model_kind;
  std::string fallback;          ///< Why not the shared model; empty if it is.
  std::string shortfall_reason;  ///< Why there are fewer than asked for; empty if there are not.
  std::vector<RecommendedItem> items;
};

/// Answers a query. An unknown customer gets what is popular, and `fallback` says so.
/// @return ParticipantErrc::no_model before the purchases are loaded.
[[nodiscard]] Result<Recommendations> recommend_for(const RecommendationQuery& query,
                                                    const ModelShelf& shelf,
                                                    PurchaseStore& purchases, Random& random);
[[nodiscard]] boost::json::object to_json(const Recommendations& answer, bool explain);

}  // namespace guildsum::participant
