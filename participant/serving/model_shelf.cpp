#include "participant/serving/model_shelf.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "models/buy_again.hpp"
#include "models/gram.hpp"
#include "models/model_card.hpp"
#include "models/popularity.hpp"
#include "participant/errors.hpp"
#include "participant/vocabulary/over_own_items.hpp"
#include "participant/vocabulary/row_map.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kPopularity = "popularity";

}  // namespace

void ModelShelf::put_data(std::shared_ptr<const ShopData> data) {
  ServedModel own;
  own.kind = kOwnPopularity;
  own.recommender = models::make_popularity(models::popularity_of(data->bought));
  own.main_parameters = "Items are ordered by how many customers of this shop bought them. "
                        "Nothing about you is used.";
  // With these options there is nothing that could be refused.
  auto again = models::make_buy_again(models::popularity_of(data->bought));
  const std::lock_guard lock{mutex_};
  data_ = std::move(data);
  buy_again_ = std::move(again).value();
  models_.insert_or_assign(own.kind, std::move(own));
}

void ModelShelf::put_stock(std::span<const models::ItemIndex> stock) {
  std::vector<models::ItemIndex> unsold;
  for (models::ItemIndex item = 0; !stock.empty() && item < vocabulary_.size(); ++item) {
    if (!std::ranges::binary_search(stock, item)) unsold.push_back(item);
  }
  const std::lock_guard lock{mutex_};
  unsold_ = std::move(unsold);
}

std::vector<models::ItemIndex> ModelShelf::unsold() const {
  const std::lock_guard lock{mutex_};
  return unsold_;
}

std::shared_ptr<const ShopData> ModelShelf::data() const {
  const std::lock_guard lock{mutex_};
  return data_;
}

void ModelShelf::put(ServedModel model) {
  const std::lock_guard lock{mutex_};
  models_.insert_or_assign(model.kind, std::move(model));
}

void ModelShelf::put_next(NextModel model) {
  const std::lock_guard lock{mutex_};
  next_ = std::move(model);
}

std::optional<NextModel> ModelShelf::next() const {
  const std::lock_guard lock{mutex_};
  return next_;
}

void ModelShelf::remove(std::string_view kind) {
  const std::lock_guard lock{mutex_};
  models_.erase(std::string{kind});
}

void ModelShelf::put_quality(const std::string& kind, double ndcg_at_20) {
  const std::lock_guard lock{mutex_};
  quality_[kind] = ndcg_at_20;
}

std::optional<double> ModelShelf::quality(const std::string& kind) const {
  const std::lock_guard lock{mutex_};
  const auto found = quality_.find(kind);
  return found == quality_.end() ? std::nullopt : std::optional{found->second};
}

std::optional<double> ModelShelf::best_shared_quality() const {
  const std::lock_guard lock{mutex_};
  std::optional<double> best;
  for (const auto& [kind, model] : models_) {
    const auto measured = quality_.find(kind);
    const bool is_shared = model.version.value() > 0;
    if (!is_shared || measured == quality_.end()) continue;
    best = std::max(best.value_or(-1), measured->second);
  }
  return best;
}

std::optional<ServedModel> ModelShelf::chosen() const {
  const std::lock_guard lock{mutex_};
  if (const auto wanted = models_.find(preference_); wanted != models_.end()) return wanted->second;
  const ServedModel* best = nullptr;
  // Measured ones first, by quality; among the others the newest; the own popularity has version 0.
  const auto rank = [&](const ServedModel& model) {
    const auto measured = quality_.find(model.kind);
    const double quality = measured == quality_.end() ? -1 : measured->second;
    return std::pair{quality, model.version.value()};
  };
  for (const auto& [kind, model] : models_) {
    if (best == nullptr || rank(model) > rank(*best)) best = &model;
  }
  return best == nullptr ? std::nullopt : std::optional{*best};
}

std::optional<ServedModel> ModelShelf::popular() const {
  const std::lock_guard lock{mutex_};
  for (const std::string_view kind : {kPopularity, kOwnPopularity}) {
    const auto found = models_.find(std::string{kind});
    if (found != models_.end()) return found->second;
  }
  return std::nullopt;
}

std::shared_ptr<const models::HistoryRecommender> ModelShelf::buy_again() const {
  const std::lock_guard lock{mutex_};
  return buy_again_;
}

Result<std::vector<models::ItemIndex>> stock_of(const ServingConfig& config,
                                                const models::Vocabulary& vocabulary) {
  std::vector<models::ItemIndex> stock;
  for (const std::string& id : config.stock) {
    const auto index = vocabulary.find(id);
    if (!index) {
      return Error{BaseErrc::invalid_config,
                   "serving.stock names \"" + id + "\", which is not in the published item list"};
    }
    stock.push_back(*index);
  }
  std::ranges::sort(stock);
  const auto repeats = std::ranges::unique(stock);
  stock.erase(repeats.begin(), repeats.end());
  return stock;
}

Result<ServedModel> build_model(const ModelRecord& record, ModelStore& store, const ShopData& data,
                                const ServingConfig& config, const models::Vocabulary& vocabulary,
                                double ridge) {
  GS_TRY(const auto plan, models::TaskPlan::parse(record.plan));
  if (data.shared && record.round < data.shared->since) {
    return Error{ParticipantErrc::catalogue_mismatch, "the model is about earlier rows"};
  }
  std::optional<models::Released> released;
  {
    GS_TRY(const Bytes checkpoint, store.checkpoint(record.root));
    GS_TRY(released, models::release(plan, checkpoint));
  }
  models::ServingOptions options;
  options.ridge = ridge;
  options.pair_customers_min = config.pairs_min;
  GS_TRY(options.stock, stock_of(config, vocabulary));
  if (data.shared) options.stock = stocked_rows(*data.shared, options.stock);
  models::GramModel own;
  if (config.own_weight > 0 && std::holds_alternative<models::GramModel>(*released)) {
    own = models::gram_of(data.in_common());
    options.own_gram = &own;
    options.own_weight = config.own_weight;
  }
  GS_TRY(auto recommender, models::make_recommender(plan, *released, options));
  if (data.shared) recommender = over_own_items(std::move(recommender), data.shared);
  ServedModel model;
  model.kind = record.kind;
  model.version = record.version;
  model.recommender = std::move(recommender);
  model.main_parameters = models::main_parameters_text(plan);
  return model;
}

}  // namespace guildsum::participant
