#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/net/http.hpp"
#include "base/result.hpp"

namespace guildsum::participant {

/// What recommendations are for.
enum class RecommendationContext {
  home,       ///< What this customer may like, from all of her purchases.
  cart,       ///< What goes with the items in the cart.
  item,       ///< What is like the item that is looked at.
  buy_again,  ///< What she has bought often and lately.
  popular,    ///< What many customers buy.
  next,       ///< What follows her latest baskets, or what was looked at just now.
};
/// "home", "cart", "item", "buy-again", "popular" or "next".
[[nodiscard]] std::string_view to_string(RecommendationContext context) noexcept;

inline constexpr std::size_t kRecommendationsMax = 200;
/// Most items in each list of a query, and most bytes of an id.
inline constexpr std::size_t kQueryItemsMax = 100;
inline constexpr std::size_t kIdBytesMax = 256;
/// Most queries in one request.
inline constexpr std::size_t kBatchMax = 100;

/// What is asked for. Item ids that the shop's list does not have are ignored, and the answer names
/// them: a cart may hold what is not recommended.
struct RecommendationQuery {
  std::string user = {};  ///< The shop's own customer id; may be empty where nobody is looked up.
  std::size_t count = 10;
  bool explain = false;
  bool exclude_purchased = true;  ///< Not what she has bought. Means nothing for buying again.
  RecommendationContext context = RecommendationContext::home;
  /// False: not based on profiling (Digital Services Act, article 38). No row of any customer is
  /// read, whoever `user` is.
  bool profile = true;
  /// The cart, the one item that is looked at, or what comes after her purchases (`next`).
  std::vector<std::string> items = {};
  std::vector<std::string> hide = {};   ///< Purchases that count as if she had not made them.
  std::vector<std::string> omit = {};   ///< Never in the answer: sold out, or shown already.
};

/// The query of `GET /v1/recommendations`: user, n (1 to 200, default 10), explain (0 or 1),
/// exclude (purchased, the default, or nothing), context, profile (on or off), and item, hide and
/// omit (one id each). Anything else is refused, and so is a query without what its context needs.
/// @return BaseErrc::invalid_argument naming the parameter.
[[nodiscard]] Result<RecommendationQuery> parse_recommendation_query(const net::Parameters& query);

/// The body of `POST /v1/recommendations`: {"queries": [...]}, 1 to kBatchMax objects with the same
/// members, where n is a number, explain a boolean, and items, hide and omit are lists of ids.
/// @return BaseErrc::invalid_argument or malformed, naming the query by its place and the member.
[[nodiscard]] Result<std::vector<RecommendationQuery>> parse_recommendation_batch(
    std::string_view body);

}  // namespace guildsum::participant
