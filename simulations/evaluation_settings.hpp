#pragma once

#include <optional>
#include <string>
#include <vector>

#include "models/buy_again.hpp"
#include "models/gradient_plan.hpp"
#include "models/ials.hpp"
#include "models/knn.hpp"
#include "models/metrics.hpp"
#include "models/title_ridge.hpp"
#include "models/transitions.hpp"
#include "simulations/customer_groups.hpp"
#include "simulations/model_kind.hpp"
#include "simulations/private_training.hpp"

namespace guildsum::simulations {

/// Weights of a blend's models; each model's scores are brought to the same spread first.
struct BlendWeights {
  double ease = 1.0;
  double ials = 0.2;
  double latest = 0.3;     ///< EASE of the latest basket only
  double title = 0.3;      ///< Items with alike titles; where titles are given.
  double buy_again = 3.0;  ///< For next baskets only.
};

/// Items that nobody has bought yet: purchases of `withheld` items are hidden from training and
/// histories, and only these items are ranked.
struct TitleSettings {
  std::vector<std::string> titles;          ///< by item
  std::vector<models::ItemIndex> withheld;  ///< ascending
  models::TitleRidgeOptions regression;
};

/// What to train and how to judge it. Values left out are the measured ones.
struct EvaluationSettings {
  ModelKind model = ModelKind::ease;
  TrainingMode mode = TrainingMode::centralised;
  models::EvaluationProtocol protocol = models::EvaluationProtocol::discover;
  std::optional<double> ridge;  ///< EASE; by default 500, or 100 for a shop alone
  /// EASE: pairs of items with fewer customers count as 0; see EaseOptions.
  std::uint32_t pairs_min = 0;
  models::IalsPlan ials;
  std::optional<models::GradientPlan> gradient;  ///< BPR, softmax; see gradient_plan()
  models::KnnOptions knn;
  models::BuyAgainOptions buy_again;
  models::TransitionOptions transitions;
  BlendWeights blend;
  TitleSettings title;
  /// Above 0: also ranks one held-out item among so many sampled ones (sampled_protocol.hpp).
  std::size_t sampled_negatives = 0;
  std::uint64_t sampling_seed = 1;
  /// EASE: its inverse is over these items only, ascending; empty means all. `Evaluator` sets it
  /// for shops that do not sell everything.
  std::vector<models::ItemIndex> stock;
  /// EASE when federated: gamma, how often a shop adds its own Gram matrix to the shared one.
  double own_weight = 0;
  const models::GramModel* own_gram = nullptr;  ///< `Evaluator` sets it.
  /// Federated, models of one sum: shops add noise (private_training.hpp).
  std::optional<PrivacySettings> privacy;
  std::optional<CustomerGroups> groups;  ///< Also audits fairness among them.
};

/// What BPR or softmax is trained by: `gradient`, or the measured settings. A shop alone takes
/// those of data in one place.
[[nodiscard]] models::GradientPlan gradient_plan(const EvaluationSettings& settings);

}  // namespace guildsum::simulations
