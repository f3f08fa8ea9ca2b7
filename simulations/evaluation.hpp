#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"
#include "models/metrics.hpp"
#include "models/task_plan.hpp"
#include "simulations/federation.hpp"
#include "simulations/shop_assignment.hpp"
#include "simulations/split_files.hpp"

namespace guildsum::simulations {

enum class ModelKind : std::uint8_t { popularity, knn, ease, ials };
enum class TrainingMode : std::uint8_t {
  centralised,  ///< one model of all data in one place
  federated,    ///< one model of the shops' secure sums
  alone,        ///< every shop its own model of its own data
};

[[nodiscard]] std::string_view to_string(ModelKind kind) noexcept;
[[nodiscard]] std::string_view to_string(TrainingMode mode) noexcept;
/// BaseErrc::invalid_argument on another word.
[[nodiscard]] Result<ModelKind> parse_model_kind(std::string_view text);
[[nodiscard]] Result<TrainingMode> parse_training_mode(std::string_view text);

/// What to train and how to judge it. Values left out are the measured ones.
struct EvaluationSettings {
  ModelKind model = ModelKind::ease;
  TrainingMode mode = TrainingMode::centralised;
  models::EvaluationProtocol protocol = models::EvaluationProtocol::discover;
  std::optional<double> ridge;  ///< EASE; by default 500, or 100 for a shop alone
  models::IalsPlan ials;
};

struct ShopQuality {
  std::string name;
  std::size_t customers = 0;  ///< with training data
  models::Quality quality;
};

struct EvaluationReport {
  models::Quality quality;            ///< over all customers
  std::vector<ShopQuality> per_shop;  ///< empty when centralised
  std::uint64_t sums = 0;             ///< secure sums, when federated
  double seconds = 0;
};

/// Trains and evaluates. `secure_sum`: needed for federated only; `random`: rounds contributions;
/// `pool` (may be null) trains shops that are alone side by side. ModelsErrc::wrong_shape if
/// `shops` does not fit the data.
class Evaluator {
 public:
  Evaluator(const SplitMatrices& split, const ShopAssignment& shops)
      : split_{split}, shops_{shops} {}
  [[nodiscard]] Result<EvaluationReport> run(
      const EvaluationSettings& settings, SecureSum* secure_sum, Random& random,
      ThreadPool* pool = nullptr,
      const std::function<void(models::TaskProgress)>& after_sum = {}) const;

 private:
  using Model = std::unique_ptr<models::Recommender>;
  [[nodiscard]] Result<Model> train(const EvaluationSettings& settings,
                                    const models::Interactions& data, bool alone) const;
  [[nodiscard]] Result<EvaluationReport> evaluate_shared(const EvaluationSettings& settings,
                                                         const models::Recommender& model,
                                                         bool by_shop) const;
  [[nodiscard]] Result<EvaluationReport> evaluate_alone(const EvaluationSettings& settings,
                                                        ThreadPool* pool) const;
  [[nodiscard]] Result<EvaluationReport> evaluate_federated(
      const EvaluationSettings& settings, SecureSum& secure_sum, Random& random,
      const std::function<void(models::TaskProgress)>& after_sum) const;
  /// Users of each shop.
  [[nodiscard]] std::vector<std::vector<std::size_t>> members() const;

  const SplitMatrices& split_;
  const ShopAssignment& shops_;
};

/// The rows of `data` for these users, in their order.
[[nodiscard]] models::Interactions rows_of(const models::Interactions& data,
                                           const std::vector<std::size_t>& users);

}  // namespace guildsum::simulations
