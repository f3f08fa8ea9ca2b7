#include "participant/serving/query.hpp"

#include <array>
#include <charconv>
#include <utility>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"

namespace guildsum::participant {
namespace {

using Context = RecommendationContext;

constexpr std::array<std::pair<std::string_view, Context>, 6> kContexts{
    {{"home", Context::home},
     {"cart", Context::cart},
     {"item", Context::item},
     {"buy-again", Context::buy_again},
     {"popular", Context::popular},
     {"next", Context::next}}};

Error bad(std::string_view name, std::string_view expected) {
  return {BaseErrc::invalid_argument, std::string{name} + " must be " + std::string{expected}};
}

Error unknown_name(std::string_view name) {
  return {BaseErrc::invalid_argument, "there is no parameter " + std::string{name}};
}

bool is_id(std::string_view id) noexcept { return !id.empty() && id.size() <= kIdBytesMax; }

Result<> read_user(RecommendationQuery& out, std::string_view value) {
  if (!is_id(value)) return bad("user", "1 to 256 bytes");
  out.user = value;
  return {};
}

Result<> read_exclude(RecommendationQuery& out, std::string_view value) {
  if (value != "purchased" && value != "nothing") return bad("exclude", "purchased or nothing");
  out.exclude_purchased = value == "purchased";
  return {};
}

Result<> read_profile(RecommendationQuery& out, std::string_view value) {
  if (value != "on" && value != "off") return bad("profile", "on or off");
  out.profile = value == "on";
  return {};
}

Result<> read_context(RecommendationQuery& out, std::string_view value) {
  for (const auto& [word, context] : kContexts) {
    if (word != value) continue;
    out.context = context;
    return {};
  }
  return bad("context", "home, cart, item, buy-again, popular or next");
}

Result<> read_count(RecommendationQuery& out, std::string_view value) {
  const auto [end, error] = std::from_chars(value.data(), value.data() + value.size(), out.count);
  const bool number = error == std::errc{} && end == value.data() + value.size();
  if (!number || out.count < 1 || out.count > kRecommendationsMax) return bad("n", "1 to 200");
  return {};
}

Result<> read_id(std::vector<std::string>& out, std::string_view name, std::string_view value) {
  if (!is_id(value)) return bad(name, "an item id of 1 to 256 bytes");
  out.emplace_back(value);
  return {};
}

Result<> read_parameter(RecommendationQuery& out, const std::string& name,
                        const std::string& value) {
  if (name == "user") return read_user(out, value);
  if (name == "n") return read_count(out, value);
  if (name == "exclude") return read_exclude(out, value);
  if (name == "context") return read_context(out, value);
  if (name == "profile") return read_profile(out, value);
  if (name == "item") return read_id(out.items, name, value);
  if (name == "hide") return read_id(out.hide, name, value);
  if (name == "omit") return read_id(out.omit, name, value);
  if (name != "explain") return unknown_name(name);
  if (value != "0" && value != "1") return bad(name, "0 or 1");
  out.explain = value == "1";
  return {};
}

Result<> read_ids(std::vector<std::string>& out, std::string_view name,
                  const boost::json::value& value) {
  const auto* list = value.if_array();
  if (list == nullptr || list->size() > kQueryItemsMax) return bad(name, "a list of up to 100 ids");
  for (const auto& element : *list) {
    const auto* id = element.if_string();
    if (id == nullptr) return bad(name, "a list of texts");
    GS_CHECK(read_id(out, name, *id));
  }
  return {};
}

Result<> read_member(RecommendationQuery& out, std::string_view name,
                     const boost::json::value& value) {
  if (name == "items") return read_ids(out.items, name, value);
  if (name == "hide") return read_ids(out.hide, name, value);
  if (name == "omit") return read_ids(out.omit, name, value);
  if (name == "explain") {
    if (!value.is_bool()) return bad(name, "true or false");
    out.explain = value.get_bool();
    return {};
  }
  if (name == "n") {
    const std::int64_t count = value.is_int64() ? value.get_int64() : 0;
    if (count < 1 || std::cmp_greater(count, kRecommendationsMax)) return bad(name, "1 to 200");
    out.count = static_cast<std::size_t>(count);
    return {};
  }
  if (name != "user" && name != "exclude" && name != "context" && name != "profile") {
    return unknown_name(name);
  }
  const auto* text = value.if_string();
  if (text == nullptr) return bad(name, "a text");
  if (name == "user") return read_user(out, *text);
  if (name == "exclude") return read_exclude(out, *text);
  return name == "context" ? read_context(out, *text) : read_profile(out, *text);
}

/// Whether the query has what its context needs, and nothing that would mean nothing.
Result<> check(const RecommendationQuery& query) {
  const bool takes_items = query.context == Context::cart || query.context == Context::item ||
                           query.context == Context::next;
  if (query.context == Context::item && query.items.size() != 1) {
    return bad("item", "the one that is looked at, in this context");
  }
  if (query.context == Context::cart && query.items.empty()) {
    return bad("item", "given for a cart (a list named items in a batch)");
  }
  if (!takes_items && !query.items.empty()) {
    return bad("item", "left out, or context be cart, item or next");
  }
  const bool knows_user = query.profile && !query.user.empty();
  if (query.context == Context::next && query.items.empty() && !knows_user) {
    return bad("item", "given, or a user whose purchases may be looked at");
  }
  if (query.context == Context::buy_again && !query.profile) {
    return bad("profile", "on, since buying again is made of her purchases");
  }
  const bool needs_user =
      query.context == Context::buy_again || (query.context == Context::home && query.profile);
  if (needs_user && query.user.empty()) return bad("user", "given");
  return {};
}

}  // namespace

std::string_view to_string(RecommendationContext context) noexcept {
  for (const auto& [word, known] : kContexts) {
    if (known == context) return word;
  }
  return "?";
}

Result<RecommendationQuery> parse_recommendation_query(const net::Parameters& query) {
  RecommendationQuery out;
  for (const auto& [name, value] : query) GS_CHECK(read_parameter(out, name, value));
  GS_CHECK(check(out));
  return out;
}

Result<std::vector<RecommendationQuery>> parse_recommendation_batch(std::string_view body) {
  GS_TRY(const auto document, json::parse_object(body));
  if (document.size() != 1) return bad("the body", "one member, queries");
  GS_TRY(const auto* list, json::array_at(document, "queries"));
  if (list->empty() || list->size() > kBatchMax) return bad("queries", "a list of 1 to 100");
  std::vector<RecommendationQuery> queries;
  const auto read = [](const boost::json::value& value) -> Result<RecommendationQuery> {
    const auto* object = value.if_object();
    if (object == nullptr) return bad("it", "an object");
    RecommendationQuery query;
    for (const auto& [name, member] : *object) GS_CHECK(read_member(query, name, member));
    GS_CHECK(check(query));
    return query;
  };
  for (const auto& value : *list) {
    auto query = read(value);
    if (!query) {
      return Error{BaseErrc::invalid_argument, "queries[" + std::to_string(queries.size()) +
                                                   "]: " + query.error().detail()};
    }
    queries.push_back(*std::move(query));
  }
  return queries;
}

}  // namespace guildsum::participant
