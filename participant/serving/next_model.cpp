#include "participant/serving/next_model.hpp"

#include <algorithm>
#include <limits>
#include <utility>
#include <variant>

#include "models/model_card.hpp"
#include "models/transitions.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using History = std::vector<models::PastPurchase>;

constexpr double kUnrankable = -std::numeric_limits<double>::infinity();

/// A model over shared rows that answers about own items.
class OverOwnItems final : public models::HistoryRecommender {
 public:
  OverOwnItems(std::unique_ptr<models::HistoryRecommender> inner,
               std::shared_ptr<const SharedPurchases> shared)
      : inner_{std::move(inner)}, shared_{std::move(shared)} {}

  [[nodiscard]] std::string_view name() const noexcept override { return inner_->name(); }
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return static_cast<std::uint32_t>(shared_->row_of_item.size());
  }
  void score(std::span<const models::PastPurchase> history,
             std::span<double> scores) const override {
    std::vector<double> by_row(inner_->items());
    inner_->score(rows_of(history), by_row);
    for (std::size_t item = 0; item < scores.size(); ++item) {
      const auto& row = shared_->row_of_item[item];
      scores[item] = row ? by_row[*row] : kUnrankable;
    }
  }
  [[nodiscard]] models::Explanation explain(std::span<const models::PastPurchase> history,
                                            models::ItemIndex item) const override {
    const auto& row = shared_->row_of_item[item];
    if (!row) return {kUnrankable, kUnrankable, {}};
    auto split = inner_->explain(rows_of(history), *row);
    for (auto& part : split.from_history) part.item = *shared_->item_of_row[part.item];
    return split;
  }

 private:
  /// Rows of one basket in ascending order, as models of histories expect them.
  [[nodiscard]] History rows_of(std::span<const models::PastPurchase> history) const {
    History rows;
    for (auto purchase : history) {
      const auto& row = shared_->row_of_item[purchase.item];
      if (!row) continue;
      purchase.item = *row;
      rows.push_back(purchase);
    }
    std::ranges::sort(rows, {}, [](const models::PastPurchase& purchase) {
      return std::pair{purchase.seconds, purchase.item};
    });
    return rows;
  }
  std::unique_ptr<models::HistoryRecommender> inner_;
  std::shared_ptr<const SharedPurchases> shared_;
};

}  // namespace

Result<NextModel> build_next_model(const ModelRecord& record, ModelStore& store,
                                   const ShopData& data) {
  GS_TRY(const auto plan, models::TaskPlan::parse(record.plan));
  if (data.shared && record.round < data.shared->since) {
    return Error{ParticipantErrc::catalogue_mismatch, "the model is about earlier rows"};
  }
  std::unique_ptr<models::HistoryRecommender> recommender;
  {
    GS_TRY(const Bytes checkpoint, store.checkpoint(record.root));
    GS_TRY(auto released, models::release(plan, checkpoint));
    auto* const counts = std::get_if<models::TransitionModel>(&released);
    if (counts == nullptr) {
      return Error{ParticipantErrc::request_mismatch, "the model counts no transitions"};
    }
    GS_TRY(recommender, models::make_transitions(std::move(*counts), plan.transitions.scoring));
  }
  if (data.shared) {
    recommender = std::make_unique<OverOwnItems>(std::move(recommender), data.shared);
  }
  return NextModel{record.kind, record.version, std::move(recommender),
                   models::main_parameters_text(plan)};
}

}  // namespace guildsum::participant
