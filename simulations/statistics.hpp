#pragma once

#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/bytes.hpp"
#include "base/random.hpp"
#include "base/result.hpp"
#include "models/histories.hpp"
#include "models/released.hpp"
#include "models/transitions.hpp"
#include "simulations/federation.hpp"

namespace guildsum::simulations {

/// The sums that every model is made of, each computed once: of data in one place or of secure sums
/// over shops. Not thread safe.
class Statistics {
 public:
  virtual ~Statistics() = default;
  /// Customers per item.
  [[nodiscard]] Result<const models::PopularityModel*> popularity();
  /// Common customers of pairs of items. BaseErrc::too_large where an EASE model of so many items
  /// does not fit into this machine's memory.
  [[nodiscard]] Result<const models::GramModel*> gram();
  /// iALS factors, one set per plan.
  [[nodiscard]] Result<const models::FactorModel*> factors(const models::IalsPlan& plan);
  /// What follows what. BaseErrc::invalid_argument where no times are known.
  [[nodiscard]] Result<const models::TransitionModel*> transitions();
  /// Item vectors of TaskKind::bpr or softmax, one set per kind and plan.
  [[nodiscard]] Result<const models::VectorModel*> vectors(models::TaskKind kind,
                                                           const models::GradientPlan& plan);
  [[nodiscard]] virtual std::uint32_t items() const noexcept = 0;
  /// The ridge of EASE that suits this much data.
  [[nodiscard]] virtual double default_ridge() const noexcept = 0;

 private:
  [[nodiscard]] virtual Result<models::PopularityModel> make_popularity() = 0;
  [[nodiscard]] virtual Result<models::GramModel> make_gram() = 0;
  [[nodiscard]] virtual Result<models::FactorModel> make_factors(const models::IalsPlan& plan) = 0;
  [[nodiscard]] virtual Result<models::TransitionModel> make_transition_counts() = 0;
  [[nodiscard]] virtual Result<models::VectorModel> make_vectors(
      models::TaskKind kind, const models::GradientPlan& plan) = 0;

  std::optional<models::PopularityModel> popularity_;
  std::optional<models::GramModel> gram_;
  std::map<Bytes, models::FactorModel> factors_;  // By the plan's canonical bytes.
  std::map<Bytes, models::VectorModel> vectors_;
  std::optional<models::TransitionModel> transitions_;
};

/// Of one data set: everybody's, or one shop's own.
class OwnStatistics final : public Statistics {
 public:
  OwnStatistics(models::Histories histories, bool alone)
      : histories_{std::move(histories)}, data_{histories_.interactions()}, alone_{alone} {}
  [[nodiscard]] std::uint32_t items() const noexcept override { return data_.items(); }
  [[nodiscard]] double default_ridge() const noexcept override;

 private:
  [[nodiscard]] Result<models::PopularityModel> make_popularity() override;
  [[nodiscard]] Result<models::GramModel> make_gram() override;
  [[nodiscard]] Result<models::FactorModel> make_factors(const models::IalsPlan& plan) override;
  [[nodiscard]] Result<models::TransitionModel> make_transition_counts() override;
  [[nodiscard]] Result<models::VectorModel> make_vectors(models::TaskKind kind,
                                                         const models::GradientPlan& plan) override;

  models::Histories histories_;
  models::Interactions data_;
  bool alone_;
};

/// Of secure sums over shops: the tasks that the coordinator runs.
class FederatedStatistics final : public Statistics {
 public:
  /// `shops`: one data set each, of the same items. `after_sum` may be empty. `histories`: the same
  /// with times, by shop; without them there are no transitions.
  FederatedStatistics(std::vector<models::Interactions> shops, SecureSum& secure_sum,
                      Random& random, std::function<void(models::TaskProgress)> after_sum,
                      std::vector<models::Histories> histories = {})
      : shops_{std::move(shops)},
        secure_sum_{secure_sum},
        random_{random},
        after_sum_{std::move(after_sum)},
        histories_{std::move(histories)} {}
  [[nodiscard]] std::uint32_t items() const noexcept override {
    return shops_.empty() ? 0 : shops_.front().items();
  }
  [[nodiscard]] double default_ridge() const noexcept override;
  /// Secure sums so far.
  [[nodiscard]] std::uint64_t sums() const noexcept { return sums_; }
  /// Content address of the newest model's checkpoint, as the coordinator would name it; empty
  /// before there is one.
  [[nodiscard]] const std::string& newest_root() const noexcept { return newest_root_; }

 private:
  [[nodiscard]] Result<models::PopularityModel> make_popularity() override;
  [[nodiscard]] Result<models::GramModel> make_gram() override;
  [[nodiscard]] Result<models::FactorModel> make_factors(const models::IalsPlan& plan) override;
  [[nodiscard]] Result<models::TransitionModel> make_transition_counts() override;
  [[nodiscard]] Result<models::VectorModel> make_vectors(models::TaskKind kind,
                                                         const models::GradientPlan& plan) override;
  template <class Model>
  [[nodiscard]] Result<Model> train(models::TaskPlan plan);
  template <class Model>
  [[nodiscard]] Model taken(FederatedModel trained);

  std::vector<models::Interactions> shops_;
  SecureSum& secure_sum_;
  Random& random_;
  std::function<void(models::TaskProgress)> after_sum_;
  std::vector<models::Histories> histories_;
  std::uint64_t sums_ = 0;
  std::string newest_root_;
};

}  // namespace guildsum::simulations
