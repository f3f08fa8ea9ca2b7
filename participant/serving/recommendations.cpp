#include "participant/serving/recommendations.hpp"

#include <algorithm>
#include <array>

#include <boost/json.hpp>

#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

constexpr std::size_t kReasonsMax = 3;

std::string new_rec_id(Random& random) {
  std::array<std::byte, 16> bytes;
  random.fill(bytes);
  return to_hex(bytes);
}

/// The three strongest parts of the score that come from own purchases; else that it is popular.
std::vector<Reason> reasons_for(const ServedModel& model, const models::Vocabulary& vocabulary,
                                std::span<const models::ItemIndex> history,
                                models::ItemIndex item) {
  const auto split = model.recommender->explain(history, item);
  std::vector<Reason> reasons;
  for (const auto& part : split.from_history) {
    if (part.weight <= 0 || reasons.size() == kReasonsMax) break;
    const auto& cause = vocabulary.at(part.item);
    reasons.push_back(
        {"bought", cause.id, part.weight, "because of the purchase of " + cause.title});
  }
  if (reasons.empty()) {
    reasons.push_back({"popular", "", split.constant, "bought by many customers"});
  }
  return reasons;
}

std::string shortfall(std::size_t asked, std::size_t found) {
  if (found >= asked) return {};
  return "only " + std::to_string(found) + " items can be recommended to this customer";
}

boost::json::value text_or_null(const std::string& text) {
  // Parentheses: with braces the text would become an array of one element.
  return text.empty() ? boost::json::value(nullptr) : boost::json::value(text);
}

}  // namespace

Result<Recommendations> recommend_for(const RecommendationQuery& query, const ModelShelf& shelf,
                                      PurchaseStore& purchases, Random& random) {
  const auto data = shelf.data();
  auto model = shelf.chosen();
  if (!data || !model) return ParticipantErrc::no_model;
  Recommendations answer;
  std::span<const models::ItemIndex> history;
  GS_TRY(const auto customer, purchases.find_customer(query.user));
  if (customer) {
    const auto row = data->row_of.find(*customer);
    if (row != data->row_of.end()) history = data->bought.row(row->second);
  }
  if (history.empty()) {
    model = shelf.popular();
    answer.fallback = "unknown_customer";
  } else if (model->version.value() == 0) {
    answer.fallback = "no_shared_model";
  }
  answer.rec_id = new_rec_id(random);
  answer.model_version = model->version;
  answer.model_kind = model->kind;
  models::RecommendOptions options;
  options.count = query.count;
  options.exclude_history = query.exclude_purchased;
  const auto unsold = shelf.unsold();
  options.exclude = unsold;
  for (const auto& found : models::recommend(*model->recommender, history, options)) {
    const auto& item = shelf.vocabulary().at(found.item);
    RecommendedItem out{item.id, item.title, found.score, model->kind, {}};
    if (query.explain) out.reasons = reasons_for(*model, shelf.vocabulary(), history, found.item);
    answer.items.push_back(std::move(out));
  }
  answer.shortfall_reason = shortfall(query.count, answer.items.size());
  return answer;
}

boost::json::object to_json(const Recommendations& answer, bool explain) {
  boost::json::array items;
  for (const RecommendedItem& item : answer.items) {
    boost::json::object out{{"item_id", item.item_id},
                            {"title", item.title},
                            {"score", item.score},
                            {"source", item.source}};
    if (explain) {
      boost::json::array reasons;
      for (const Reason& reason : item.reasons) {
        reasons.push_back(boost::json::object{{"kind", reason.kind},
                                              {"item_id", text_or_null(reason.item_id)},
                                              {"weight", reason.weight},
                                              {"text", reason.text}});
      }
      out["reasons"] = std::move(reasons);
    }
    items.push_back(std::move(out));
  }
  return {{"rec_id", answer.rec_id},
          {"model_version", answer.model_version.value()},
          {"model", answer.model_kind},
          {"fallback", text_or_null(answer.fallback)},
          {"shortfall_reason", text_or_null(answer.shortfall_reason)},
          {"items", std::move(items)}};
}

}  // namespace guildsum::participant
