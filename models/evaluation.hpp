#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <span>

#include "models/contribute.hpp"
#include "models/history_recommender.hpp"

/// Federated evaluation: every shop measures the candidates of a plan on purchases that it held
/// out, and only sums over shops and groups of customers are opened. Ranked is what a customer had
/// not bought (`EvaluationProtocol::discover`); every figure of a customer is rounded to 2^-20, so
/// that the sum is the same however customers are spread over shops.
namespace guildsum::models {

/// A shop's customers: row u of both is the same customer. References must outlive it.
struct HeldOutCustomers {
  const Interactions& bought;  ///< [customers x own items]
  const Interactions& later;   ///< The same of what was held out; empty rows are not measured.
  /// [own items] position in the plan's items; empty where the own items are the plan's.
  std::span<const std::optional<ItemIndex>> item_of{};
};

/// Makes the recommender of a candidate, over the shop's own items.
using CandidateSource = std::function<Result<std::shared_ptr<const HistoryRecommender>>(
    const EvaluationCandidate& candidate)>;

/// Shops with held-out purchases, by the first sum of an evaluation.
/// @param checkpoint  after that sum
/// @return ModelsErrc::malformed, nothing_opened before it, wrong_step for another kind of task.
[[nodiscard]] Result<std::int64_t> measurable_shops(const TaskPlan& plan, ByteView checkpoint);

/// The shop's part of "evaluation.customers". ModelsErrc::wrong_step, wrong_shape (the layout is
/// not the plan's), out_of_range (more customers than the plan allows).
[[nodiscard]] Result<Contribution> contribute_customers(const TaskPlan& plan,
                                                        const SumRequest& request,
                                                        const HeldOutCustomers& shop);

/// The shop's part of "evaluation.quality"; zeros, and `source` is not asked, where no customer has
/// held-out purchases.
/// @param own  the model that the shop would have alone, to compare with; may be null
/// @return as above, malformed for groups that do not part the bands, and the errors of `source`.
[[nodiscard]] Result<Contribution> contribute_quality(const TaskPlan& plan,
                                                      const SumRequest& request,
                                                      const HeldOutCustomers& shop,
                                                      const CandidateSource& source,
                                                      const HistoryRecommender* own);

}  // namespace guildsum::models
