#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/result.hpp"
#include "models/contribute.hpp"
#include "models/interactions.hpp"
#include "models/released.hpp"
#include "models/sum_task.hpp"

namespace guildsum::simulations {

/// How the shops' contributions of one step become their sum.
class SecureSum {
 public:
  virtual ~SecureSum() = default;
  /// `contributions`: one vector per shop, each of the request's layout. The sum is exact or an
  /// error.
  [[nodiscard]] virtual Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) = 0;
  /// Which contributions the last sum holds, by shop; empty means all of them.
  [[nodiscard]] virtual std::vector<bool> counted() const { return {}; }
};

/// Adds in the open: the reference that the masked sum must equal.
class PlainSum final : public SecureSum {
 public:
  [[nodiscard]] Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) override;
};

/// What training a task over a federation took.
struct FederatedModel {
  models::Released released;
  Bytes checkpoint;
  std::uint64_t sums = 0;
  std::uint64_t segments_clipped = 0;  ///< over all shops and sums
};

/// What shop `shop` adds to a sum.
using ContributionSource =
    std::function<Result<models::Contribution>(std::size_t shop, const models::SumRequest&)>;

/// Runs a task to its end over so many shops. `after_sum` (may be empty) sees the progress.
[[nodiscard]] Result<FederatedModel> train_federated(
    const models::TaskPlan& plan, std::size_t shops, const ContributionSource& contribution_of,
    SecureSum& secure_sum, const std::function<void(models::TaskProgress)>& after_sum = {});

/// Runs a task to its end over `shops`, one data set each. `random` rounds contributions;
/// `after_sum` (may be empty) sees the progress.
[[nodiscard]] Result<FederatedModel> train_federated(
    const models::TaskPlan& plan, std::span<const models::Interactions> shops,
    SecureSum& secure_sum, Random& random,
    const std::function<void(models::TaskProgress)>& after_sum = {});

}  // namespace guildsum::simulations
