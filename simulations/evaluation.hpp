#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "base/thread_pool.hpp"
#include "models/metrics.hpp"
#include "simulations/assembly.hpp"
#include "simulations/evaluation_settings.hpp"
#include "simulations/fairness_audit.hpp"
#include "simulations/federation.hpp"
#include "simulations/sampled_protocol.hpp"
#include "simulations/shop_assignment.hpp"
#include "simulations/split_files.hpp"

namespace guildsum::simulations {

struct ShopQuality {
  std::string name;
  std::size_t customers = 0;  ///< with training data
  models::Quality quality;
};

struct EvaluationReport {
  models::Quality quality;                ///< over all customers
  std::vector<ShopQuality> per_shop;      ///< empty when centralised
  std::uint64_t sums = 0;                 ///< secure sums, when federated
  std::optional<SampledQuality> sampled;  ///< when asked for
  std::optional<FairnessFindings> fairness;
  std::optional<PrivacyPlan> privacy;  ///< when shops added noise
  std::string model_root;  ///< when federated: content address of the last task's checkpoint
  double seconds = 0;
};

/// How secure sums are made, when federated.
struct SumSource {
  SecureSum* secure_sum = nullptr;
  Random* random = nullptr;  ///< rounds contributions
  std::function<void(models::TaskProgress)> after_sum{};
  /// What a shop trains on in place of its purchases (may be empty): for attackers. Without times,
  /// so there are no transitions.
  std::function<models::Interactions(std::size_t shop, models::Interactions purchases)>
      contributed{};
};

/// Trains and evaluates on one split, as often as asked: what several settings have in common (a
/// Gram matrix, factors of one plan) is computed once. Not thread safe.
class Evaluator {
 public:
  /// Everything given must outlive it. `shops` is not looked at when centralised, unless its shops
  /// sell different items: then each customer is offered what her shop sells; `sums` only when
  /// federated; `pool` (may be null) trains shops that are alone side by side.
  Evaluator(const SplitMatrices& split, const ShopAssignment& shops, SumSource sums = {},
            ThreadPool* pool = nullptr);
  ~Evaluator();
  Evaluator(const Evaluator&) = delete;
  Evaluator& operator=(const Evaluator&) = delete;
  /// ModelsErrc::wrong_shape if the shops do not fit the data, or titles the items; what training
  /// says.
  [[nodiscard]] Result<EvaluationReport> run(const EvaluationSettings& settings);
  /// Meters by shop of one run (one meter when centralised), and the sums it took: what `run`
  /// reports from.
  struct Measured {
    std::vector<models::QualityMeter> meters;
    std::vector<SampledQuality> sampled;  ///< as many, when asked for
    std::vector<models::FairnessMeter> fairness;  ///< as many, when asked for
    std::vector<std::size_t> customers;   ///< with training data, by shop
    /// As many: to how many customers each item was shown among the first 20.
    std::vector<std::vector<std::uint32_t>> shown;
    std::uint64_t sums = 0;
  };
  [[nodiscard]] Result<Measured> measure(const EvaluationSettings& settings);

 private:
  struct Group;  // The customers of one shop, or all of them.
  [[nodiscard]] Result<> prepare(const EvaluationSettings& settings);
  /// So that nothing of an earlier run is taken for one that could not be prepared.
  void forget();
  [[nodiscard]] Result<> prepare_federation(const EvaluationSettings& settings,
                                            std::vector<models::Interactions> shops,
                                            std::vector<models::Histories> with_times);
  struct GroupResult;
  [[nodiscard]] Result<GroupResult> measure_group(const EvaluationSettings& settings,
                                                  const Group& group,
                                                  std::vector<models::BlendPart> parts) const;
  static void add(const EvaluationSettings& settings, GroupResult result, Measured& measured);
  [[nodiscard]] Result<Measured> measure_alone(const EvaluationSettings& settings);
  [[nodiscard]] Result<FairnessFindings> audit(const EvaluationSettings& settings,
                                               const Measured& measured);

  const SplitMatrices& split_;
  const ShopAssignment& shops_;
  SumSource sums_;
  ThreadPool* pool_;
  std::vector<Group> groups_;
  std::optional<PrivacySettings> privacy_;
  ModelKind private_model_ = ModelKind::ease;
  std::optional<PrivacyPlan> privacy_plan_;
  std::unique_ptr<PrivateSum> private_sum_;  // Adds noise, where that is asked for.
  std::unique_ptr<Statistics> shared_;       // Centralised or federated.
  std::vector<models::ItemIndex> withheld_;
  TrainingMode mode_ = TrainingMode::centralised;
};

}  // namespace guildsum::simulations
