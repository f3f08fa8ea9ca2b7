#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/thread_pool.hpp"
#include "simulations/evaluation.hpp"
#include "simulations/library/checked_sum.hpp"
#include "simulations/library/model_scenario.hpp"
#include "simulations/privacy_table.hpp"
#include "simulations/retail_matrices.hpp"

namespace guildsum::simulations {

/// One way to train, measured on the same customers.
struct NamedEvaluation {
  std::string name;  ///< "federated", "alone", "centralised", "popularity" or "guarded"
  EvaluationReport report;
};

/// The federated model before its last epoch or round.
struct CurvePoint {
  std::uint32_t at = 0;
  models::Quality quality;
};

/// What one attack does to the customers of the other shops.
struct AttackOutcome {
  ModelAttack attack;
  std::string refused;  ///< why training stopped, where it did; then the rest is empty
  models::Quality honest;
  models::Quality attacked;
  std::size_t customers = 0;       ///< of the other shops, that were evaluated
  std::uint64_t shown_honest = 0;  ///< of them: to how many the item was shown among the first 20
  std::uint64_t shown_attacked = 0;
};

struct ModelRun {
  std::size_t users = 0;
  std::uint32_t items = 0;
  std::vector<NamedEvaluation> models;  ///< the federated one first
  std::vector<CurvePoint> curve;        ///< ascending, the whole training last
  std::vector<AttackOutcome> attacks;
  std::vector<PrivacyRow> privacy;
  /// With the keep-local guard, by shop: whether its own model was the better one on validation.
  std::vector<bool> keeps_own;
  SumExactness exactness;  ///< of the federated model's sums
  CostsByPhase phases{};   ///< of the same
  std::vector<std::vector<bool>> participation;  ///< of the same: by sum, who is in it by shop
  double seconds = 0;

  /// Null where the scenario does not compare with it.
  [[nodiscard]] const EvaluationReport* find(std::string_view name) const noexcept;
};

struct ModelRunOptions {
  ThreadPool* pool = nullptr;
  std::function<void(std::string_view what)> before_step{};  ///< hears what is measured next
  std::function<bool()> stop{};                              ///< asked before each sum and step
};

/// Steps that a run takes, for a progress display.
[[nodiscard]] std::size_t steps_of(const ModelScenario& scenario) noexcept;

/// Trains and measures everything that the scenario names, federated by real rounds in this
/// process. Same scenario, same figures; only `seconds` and processor times differ.
/// @return BaseErrc::interrupted; invalid_argument for a shop without customers or an unknown item;
/// what training says.
[[nodiscard]] Result<ModelRun> run_model_scenario(const ModelScenario& scenario,
                                                  const RetailSource& source,
                                                  const ModelRunOptions& options = {});

}  // namespace guildsum::simulations
