#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>

#include "models/history_recommender.hpp"
#include "models/recommender.hpp"
#include "models/vocabulary.hpp"
#include "participant/config.hpp"
#include "participant/store/model_store.hpp"
#include "participant/store/purchase_store.hpp"

namespace guildsum::participant {

/// A recommender that is ready to answer.
struct ServedModel {
  /// A task kind; "alone" for the shop's own EASE, "own-popularity" before any shared model.
  std::string kind;
  protocol::ModelVersion version;  ///< 0 for the shop's own.
  std::shared_ptr<const models::Recommender> recommender;
  std::string main_parameters = {};  ///< What decides the order, in words.
};

/// What customers bought next, of a transitions task.
struct NextModel {
  std::string kind;
  protocol::ModelVersion version;
  std::shared_ptr<const models::HistoryRecommender> recommender;
  std::string main_parameters = {};
};

/// Before any shared model: what this shop's own customers buy.
inline constexpr std::string_view kOwnPopularity = "own-popularity";

/// The models in use and the shop's purchases, as the API reads them. Readers get immutable
/// snapshots. Thread safe.
class ModelShelf {
 public:
  ModelShelf(models::Vocabulary vocabulary, std::string preference)
      : vocabulary_{std::move(vocabulary)}, preference_{std::move(preference)} {}

  [[nodiscard]] const models::Vocabulary& vocabulary() const noexcept { return vocabulary_; }
  /// The own items, where no list is published. Before other threads use the shelf.
  void put_vocabulary(models::Vocabulary own) { vocabulary_ = std::move(own); }
  void put_data(std::shared_ptr<const ShopData> data);
  /// What the shop sells, as `stock_of` gives it.
  void put_stock(std::span<const models::ItemIndex> stock);
  /// Items of the published list that the shop does not sell: no model recommends them.
  [[nodiscard]] std::vector<models::ItemIndex> unsold() const;
  [[nodiscard]] std::shared_ptr<const ShopData> data() const;
  void put(ServedModel model);
  /// Never what `chosen` gives: it is asked for by its own context.
  void put_next(NextModel model);
  /// Harmless when there is none.
  void remove(std::string_view kind);
  /// Quality on the own hold-out, by which "auto" chooses.
  void put_quality(const std::string& kind, double ndcg_at_20);
  [[nodiscard]] std::optional<double> quality(const std::string& kind) const;
  /// Of the shared models here that were measured.
  [[nodiscard]] std::optional<double> best_shared_quality() const;

  /// What to recommend from: the configured kind if it is there, or by "auto" the best on the own
  /// hold-out, the newest where nothing was measured, and the shop's own popularity before any
  /// shared model. Nothing before the purchases are loaded.
  [[nodiscard]] std::optional<ServedModel> chosen() const;
  /// For customers without a history, and for who wants nothing personal.
  [[nodiscard]] std::optional<ServedModel> popular() const;
  /// What a customer buys again, from her own purchases alone. Null before the purchases are
  /// loaded.
  [[nodiscard]] std::shared_ptr<const models::HistoryRecommender> buy_again() const;
  /// What follows her latest baskets; nothing before transitions were released.
  [[nodiscard]] std::optional<NextModel> next() const;

 private:
  models::Vocabulary vocabulary_;
  std::string preference_;
  mutable std::mutex mutex_;
  std::shared_ptr<const ShopData> data_;
  std::shared_ptr<const models::HistoryRecommender> buy_again_;
  std::optional<NextModel> next_;
  std::map<std::string, ServedModel> models_;
  std::map<std::string, double> quality_;
  std::vector<models::ItemIndex> unsold_;
};

/// The recommender of a kept model, made on this machine from its checkpoint and the shop's
/// settings.
/// @param ridge  of EASE, instead of the plan's; 0 takes that one
[[nodiscard]] Result<ServedModel> build_model(const ModelRecord& record, ModelStore& store,
                                              const ShopData& data, const ServingConfig& config,
                                              const models::Vocabulary& vocabulary,
                                              double ridge = 0);
/// Indexes of the items the shop sells, ascending; empty for all.
/// BaseErrc::invalid_config naming an item that is not in the published list.
[[nodiscard]] Result<std::vector<models::ItemIndex>> stock_of(const ServingConfig& config,
                                                              const models::Vocabulary& vocabulary);

}  // namespace guildsum::participant
