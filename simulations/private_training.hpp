#pragma once

#include <cstdint>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/interactions.hpp"
#include "privacy/calibration.hpp"
#include "privacy/skellam.hpp"
#include "simulations/federation.hpp"
#include "simulations/model_kind.hpp"

/// Training with differential privacy: what a model's quality costs at an epsilon. For models that
/// one sum of counts makes, where a bound on a customer's items bounds all that she adds.
namespace guildsum::simulations {

/// What may be spent, and how the sum is treated.
struct PrivacySettings {
  privacy::Budget budget;
  /// Of each customer so many items are counted at most, drawn at random.
  std::uint32_t customer_items = 20;
  /// Sums below so many standard deviations of the noise count as 0; 0 only takes negative ones
  /// away. It publishes nothing more, so it costs nothing.
  double kept_deviations = 3.0;
  friend bool operator==(const PrivacySettings&, const PrivacySettings&) = default;
};

/// What the settings come to for one model and federation.
struct PrivacyPlan {
  privacy::Sensitivity sensitivity;
  std::uint32_t honest = 0;               ///< s_min - c: shops whose noise is counted on
  std::uint64_t shop_variance_micro = 0;  ///< of what each shop adds to every value
  double noise_deviation = 0;             ///< of a value when every shop is in the sum
  std::int64_t kept_from = 0;             ///< smaller sums count as 0
  double epsilon = 0;                     ///< spent when only the honest shops' noise counts
};

/// The noise for one sum of `shops` shops: enough although only s_min of them survive and c of
/// these add none (docs/protocol.md section 3). BaseErrc::invalid_argument for a model of several
/// sums or of reals, whose customers are not bounded; too_large for noise beyond the sampler's.
[[nodiscard]] Result<PrivacyPlan> plan_privacy(const PrivacySettings& settings, ModelKind model,
                                               std::uint32_t shops);

/// The same customers with at most so many items each.
[[nodiscard]] models::Interactions with_items_limited(const models::Interactions& purchases,
                                                      std::uint32_t customer_items, Random& random);

/// Every shop adds its noise before its contribution is masked; what is opened is cut off as the
/// plan says.
class PrivateSum final : public SecureSum {
 public:
  /// Everything given must outlive it. The errors of `SkellamSampler::create`.
  [[nodiscard]] static Result<PrivateSum> create(const PrivacyPlan& plan, SecureSum& inner,
                                                 Random& random);
  /// ModelsErrc::out_of_range where noise leaves the layout's bounds: less likely than 2^-40.
  [[nodiscard]] Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) override;
  [[nodiscard]] std::vector<bool> counted() const override { return inner_->counted(); }
  /// Sums made so far: each costs the plan's epsilon.
  [[nodiscard]] std::uint64_t sums() const noexcept { return sums_; }

 private:
  PrivateSum(const PrivacyPlan& plan, privacy::SkellamSampler sampler, SecureSum& inner,
             Random& random)
      : plan_{plan}, sampler_{std::move(sampler)}, inner_{&inner}, random_{&random} {}

  PrivacyPlan plan_;
  privacy::SkellamSampler sampler_;
  SecureSum* inner_;
  Random* random_;
  std::uint64_t sums_ = 0;
};

}  // namespace guildsum::simulations
