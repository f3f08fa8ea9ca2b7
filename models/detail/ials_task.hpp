#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "models/sum_task.hpp"

namespace guildsum::models::detail {

/// What a shop is told beside the layout of an iALS sum.
struct IalsInputs {
  std::vector<float> item_factors;  ///< H at the start of the epoch [items x factors]
  std::vector<float> direction;     ///< p [items x factors]; empty for the gradient sum

  [[nodiscard]] Bytes encode() const;
  /// ModelsErrc::malformed unless both arrays have the plan's shape and finite values.
  [[nodiscard]] static Result<IalsInputs> parse(const TaskPlan& plan, bool with_direction,
                                                ByteView bytes);
};

/// Starting item factors: near-Gaussian from the plan's seed, the same at every shop.
[[nodiscard]] std::vector<float> starting_factors(const TaskPlan& plan);

/// l (count + a total)^nu, for nu 0, 0.5 or 1.
[[nodiscard]] double frequency_regularisation(const IalsPlan& plan, double count,
                                              double total) noexcept;

[[nodiscard]] VectorLayout ials_gradient_layout(const TaskPlan& plan);
[[nodiscard]] VectorLayout ials_product_layout(const TaskPlan& plan);

/// iALS-PCG(k): per epoch one gradient sum and up to k Hessian products, every item's own conjugate
/// gradient for its exact least-squares problem with the customers' factors held at the epoch's
/// start.
class IalsTask final : public SumTask {
 public:
  explicit IalsTask(const TaskPlan& plan);
  [[nodiscard]] static Result<IalsTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override {
    return state_.epoch >= plan_.ials.epochs;
  }
  [[nodiscard]] TaskProgress progress() const noexcept override;
  [[nodiscard]] Bytes checkpoint() const override;
  /// The newest item factors [items x factors]; within an epoch those its steps have reached so
  /// far.
  [[nodiscard]] const std::vector<float>& factors() const noexcept;
  /// False until the first step: the factors are still the random ones.
  [[nodiscard]] bool moved() const noexcept { return state_.moved; }

 private:
  struct State {
    std::uint32_t epoch = 0;
    std::uint32_t product = 0;  // 0: the gradient is wanted; j: the j-th product of this epoch.
    std::uint64_t sums_done = 0;
    bool moved = false;
    std::uint64_t customers = 0;    // N of the gradient sum
    std::vector<float> factors;     // H
    std::vector<float> direction;   // p; after an epoch the last one taken
    std::vector<float> reached;     // H plus the steps of this epoch; empty at product 0
    std::vector<float> residual;    // r; empty at product 0
    std::vector<double> user_gram;  // G_U packed upper triangle; empty at product 0
    std::vector<std::uint64_t> item_customers;  // c; empty at product 0
  };

  IalsTask() = default;
  [[nodiscard]] Result<> apply_gradient(std::span<const std::int64_t> sum);
  [[nodiscard]] Result<> apply_product(std::span<const std::int64_t> sum, bool same_survivors);
  void start_directions(std::span<const std::int64_t> gradient);
  void step_items(std::span<const std::int64_t> product, double ratio, bool bounded, bool last);
  void finish_epoch();
  void move_damped();

  TaskPlan plan_;
  State state_;
};

}  // namespace guildsum::models::detail
