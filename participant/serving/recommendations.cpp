#include "participant/serving/recommendations.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <limits>

#include <boost/json.hpp>

#include "participant/errors.hpp"
#include "participant/serving/own_model.hpp"

namespace guildsum::participant {
namespace {

using Context = RecommendationContext;
using Items = std::vector<models::ItemIndex>;
using History = std::vector<models::PastPurchase>;

constexpr std::size_t kReasonsMax = 3;
constexpr std::string_view kBuyAgain = "buy-again";

/// A query in terms of the item list.
struct Question {
  Items given;     ///< The cart, the item that is looked at, or what was bought just now.
  Items excluded;  ///< Never in the answer.
  History bought;  ///< Her purchases that count; empty without a user, or without a profile.
  bool is_known = false;  ///< She has purchases, hidden ones included.
  bool without_consent = false;  ///< She has, but did not say yes to recommendations.
  std::vector<std::string> ignored;
};

Items known_items(const std::vector<std::string>& ids, const models::Vocabulary& vocabulary,
                  std::vector<std::string>& ignored) {
  Items items;
  for (const std::string& id : ids) {
    if (const auto item = vocabulary.find(id)) {
      items.push_back(*item);
    } else {
      ignored.push_back(id);
    }
  }
  std::ranges::sort(items);
  const auto repeats = std::ranges::unique(items);
  items.erase(repeats.begin(), repeats.end());
  return items;
}

Result<Question> understand(const RecommendationQuery& query, const ModelShelf& shelf,
                            PurchaseStore& purchases) {
  const auto& vocabulary = shelf.vocabulary();
  Question question;
  question.given = known_items(query.items, vocabulary, question.ignored);
  const Items hidden = known_items(query.hide, vocabulary, question.ignored);
  question.excluded = known_items(query.omit, vocabulary, question.ignored);
  const auto exclude = [&](const Items& items) {
    question.excluded.insert(question.excluded.end(), items.begin(), items.end());
  };
  exclude(shelf.unsold());
  exclude(question.given);
  if (!query.profile || query.user.empty()) return question;
  // The one place where a customer's row is read.
  GS_TRY(question.bought, purchases.history_of(query.user, vocabulary));
  question.is_known = !question.bought.empty();
  if (!question.is_known) {
    GS_TRY(const auto customer, purchases.find_customer(query.user));
    GS_TRY(const bool permitted, purchases.may_recommend(query.user));
    question.without_consent = customer.has_value() && !permitted;
  }
  const bool again = query.context == Context::buy_again;
  if (query.exclude_purchased && !again) exclude(models::distinct_items(question.bought));
  std::erase_if(question.bought, [&hidden](const models::PastPurchase& purchase) {
    return std::ranges::binary_search(hidden, purchase.item);
  });
  return question;
}

/// What a model is asked about: `from` are the items whose parts in the score are the reasons.
struct Basis {
  Items from;
  std::string_view kind;  ///< Of a reason.
  std::string_view text;
};

Basis basis_of(const RecommendationQuery& query, const Question& question) {
  if (query.context == Context::cart ||
      (query.context == Context::next && !question.given.empty())) {
    return {question.given, "in_cart", "goes with what is in the cart: "};
  }
  if (query.context == Context::item) {
    return {question.given, "looked_at", "often bought by who bought "};
  }
  return {models::distinct_items(question.bought), "bought", "because of the purchase of "};
}

/// Her latest baskets, and as the newest one what the query names.
History latest_history(const Question& question) {
  History history = question.bought;
  const std::int64_t now = history.empty() ? 0 : history.back().seconds + 1;
  for (const auto item : question.given) history.push_back({item, now, 1.0F});
  return history;
}

/// The strongest earlier items that this one follows.
std::vector<Reason> followed_items(const models::Explanation& split, const Question& question,
                                   const models::Vocabulary& vocabulary) {
  std::vector<Reason> reasons;
  for (const auto& part : split.from_history) {
    if (part.weight <= 0 || reasons.size() == kReasonsMax) break;
    const auto& cause = vocabulary.at(part.item);
    const bool is_given = std::ranges::binary_search(question.given, part.item);
    reasons.push_back({is_given ? "in_cart" : "bought", cause.id, part.weight,
                       "often bought after " + cause.title});
  }
  return reasons;
}

/// The three strongest parts of the score that come from single items; else that it is popular.
std::vector<Reason> reasons_for(const models::Explanation& split, const Basis& basis,
                                const models::Vocabulary& vocabulary) {
  std::vector<Reason> reasons;
  for (const auto& part : split.from_history) {
    if (part.weight <= 0 || reasons.size() == kReasonsMax) break;
    const auto& cause = vocabulary.at(part.item);
    reasons.push_back({std::string{basis.kind}, cause.id, part.weight,
                       std::string{basis.text} + cause.title});
  }
  if (reasons.empty()) {
    reasons.push_back({"popular", "", split.constant, "bought by many customers"});
  }
  return reasons;
}

std::string new_rec_id(Random& random) {
  std::array<std::byte, 16> bytes;
  random.fill(bytes);
  return to_hex(bytes);
}

std::string shortfall(std::size_t asked, std::size_t found, bool again) {
  if (found >= asked) return {};
  return "only " + std::to_string(found) +
         (again ? " items were bought before by this customer"
                : " items can be recommended to this customer");
}

/// From her own purchases alone, and nothing that she has not bought.
void answer_again(Recommendations& answer, const RecommendationQuery& query,
                  const Question& question, const ModelShelf& shelf) {
  const auto model = shelf.buy_again();
  answer.model_kind = kBuyAgain;
  std::vector<double> scores(model->items());
  model->score(question.bought, scores);
  std::vector<bool> was_bought(scores.size());
  for (const auto& purchase : question.bought) was_bought[purchase.item] = true;
  for (std::size_t i = 0; i < scores.size(); ++i) {
    if (!was_bought[i]) scores[i] = -std::numeric_limits<double>::infinity();
  }
  models::RecommendOptions options;
  options.count = query.count;
  options.exclude_history = false;
  options.exclude = question.excluded;
  const Basis basis{{}, "bought", "bought before: "};
  for (const auto& found : models::best_of(scores, {}, options)) {
    const auto& item = shelf.vocabulary().at(found.item);
    RecommendedItem out{item.id, item.title, found.score, std::string{kBuyAgain}, {}};
    if (query.explain) {
      out.reasons =
          reasons_for(model->explain(question.bought, found.item), basis, shelf.vocabulary());
    }
    answer.items.push_back(std::move(out));
  }
}

/// Only what ever followed: where nothing did, the order would mean nothing.
void answer_next(Recommendations& answer, const NextModel& model, const RecommendationQuery& query,
                 const Question& question, const models::Vocabulary& vocabulary) {
  answer.model_version = model.version;
  answer.model_kind = model.kind;
  const History history = latest_history(question);
  std::vector<double> scores(model.recommender->items());
  model.recommender->score(history, scores);
  for (double& score : scores) {
    if (!(score > 0)) score = -std::numeric_limits<double>::infinity();
  }
  models::RecommendOptions options;
  options.count = query.count;
  options.exclude_history = false;
  options.exclude = question.excluded;
  for (const auto& found : models::best_of(scores, {}, options)) {
    const auto& item = vocabulary.at(found.item);
    RecommendedItem out{item.id, item.title, found.score, model.kind, {}};
    if (query.explain) {
      out.reasons =
          followed_items(model.recommender->explain(history, found.item), question, vocabulary);
    }
    answer.items.push_back(std::move(out));
  }
}

void answer_from(Recommendations& answer, const ServedModel& model,
                 const RecommendationQuery& query, const Question& question, const Basis& basis,
                 const models::Vocabulary& vocabulary) {
  answer.model_version = model.version;
  answer.model_kind = model.kind;
  models::RecommendOptions options;
  options.count = query.count;
  options.exclude_history = false;  // `excluded` says what is left out.
  options.exclude = question.excluded;
  for (const auto& found : models::recommend(*model.recommender, basis.from, options)) {
    const auto& item = vocabulary.at(found.item);
    RecommendedItem out{item.id, item.title, found.score, model.kind, {}};
    if (query.explain) {
      out.reasons =
          reasons_for(model.recommender->explain(basis.from, found.item), basis, vocabulary);
    }
    answer.items.push_back(std::move(out));
  }
}

std::string nobody_known(const Question& question) {
  if (question.without_consent) return "no_consent";
  return question.is_known ? "all_hidden" : "unknown_customer";
}

/// Why there is nothing to ask a model about; empty where there is, or where nothing is needed.
std::string nothing_known(const RecommendationQuery& query, const Question& question,
                          const Basis& basis) {
  if (!basis.from.empty()) return {};
  switch (query.context) {
    case Context::popular:
      return {};
    case Context::cart:
    case Context::item:
      return "unknown_item";
    case Context::next:
      if (query.user.empty() || !query.profile) return "unknown_item";
      return nobody_known(question);
    case Context::home:
      if (!query.profile) return {};
      [[fallthrough]];
    case Context::buy_again:
      return nobody_known(question);
  }
  return {};
}

boost::json::value text_or_null(const std::string& text) {
  // Parentheses: with braces the text would become an array of one element.
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

boost::json::array to_json(const std::vector<Reason>& reasons) {
  boost::json::array out;
  for (const Reason& reason : reasons) {
    out.push_back(boost::json::object{{"kind", reason.kind},
                                      {"item_id", text_or_null(reason.item_id)},
                                      {"weight", reason.weight},
                                      {"text", reason.text}});
  }
  return out;
}

}  // namespace

Result<Recommendations> recommend_for(const RecommendationQuery& query, const ModelShelf& shelf,
                                      PurchaseStore& purchases, Random& random) {
  const auto chosen = shelf.chosen();
  const auto popular = shelf.popular();
  if (!shelf.data() || !chosen || !popular) return ParticipantErrc::no_model;
  GS_TRY(Question question, understand(query, shelf, purchases));
  Recommendations answer;
  answer.rec_id = new_rec_id(random);
  answer.context = query.context;
  answer.profile = query.profile;
  Basis basis = basis_of(query, question);
  if (query.context == Context::popular) basis.from.clear();
  answer.fallback = nothing_known(query, question, basis);
  const bool again = query.context == Context::buy_again && answer.fallback.empty();
  const bool is_next = query.context == Context::next && answer.fallback.empty();
  const auto next = is_next ? shelf.next() : std::nullopt;
  if (again) {
    answer_again(answer, query, question, shelf);
  } else if (next) {
    answer_next(answer, *next, query, question, shelf.vocabulary());
  } else {
    if (is_next) answer.fallback = "no_next_model";
    const auto& model = basis.from.empty() ? *popular : *chosen;
    if (!basis.from.empty() && model.kind == kOwnPopularity) answer.fallback = "no_shared_model";
    if (!basis.from.empty() && model.kind == kOwnModel) answer.fallback = "own_model";
    answer_from(answer, model, query, question, basis, shelf.vocabulary());
  }
  answer.shortfall_reason = shortfall(query.count, answer.items.size(), again);
  answer.ignored = std::move(question.ignored);
  return answer;
}

boost::json::object to_json(const Recommendations& answer, bool explain) {
  boost::json::array items;
  for (const RecommendedItem& item : answer.items) {
    boost::json::object out{{"item_id", item.item_id},
                            {"title", item.title},
                            {"score", item.score},
                            {"source", item.source}};
    if (explain) out["reasons"] = to_json(item.reasons);
    items.push_back(std::move(out));
  }
  boost::json::array ignored(answer.ignored.begin(), answer.ignored.end());
  return {{"rec_id", answer.rec_id},
          {"context", to_string(answer.context)},
          {"profile", answer.profile ? "on" : "off"},
          {"model_version", answer.model_version.value()},
          {"model", answer.model_kind},
          {"fallback", text_or_null(answer.fallback)},
          {"shortfall_reason", text_or_null(answer.shortfall_reason)},
          {"ignored", std::move(ignored)},
          {"items", std::move(items)}};
}

}  // namespace guildsum::participant
