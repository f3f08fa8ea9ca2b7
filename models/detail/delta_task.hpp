#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/detail/server_step.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models::detail {

inline constexpr std::string_view kDeltaStep = "gradient.delta";

/// Number of values of the model: [items x (factors + 1)], row-major, an item's bias last.
[[nodiscard]] inline std::uint64_t vectors_length(const TaskPlan& plan) noexcept {
  return std::uint64_t{plan.items} * (std::uint64_t{plan.gradient.factors} + 1);
}

/// Starting item vectors from the plan's seed, biases 0; the same at every shop.
[[nodiscard]] std::vector<float> starting_vectors(const TaskPlan& plan);

/// The public inputs of a delta sum: the item vectors that local training starts from.
[[nodiscard]] Bytes encode_vectors(std::span<const float> vectors);
/// ModelsErrc::malformed unless there are vectors_length() values, not_finite.
[[nodiscard]] Result<std::vector<float>> parse_vectors(const TaskPlan& plan, ByteView bytes);

/// Matrix factorisation by federated averaging: every sum adds what the shops' local training
/// changed, times their customers, and the coordinator's optimiser moves the model along the
/// average over customers.
class DeltaTask final : public SumTask {
 public:
  explicit DeltaTask(const TaskPlan& plan);
  [[nodiscard]] static Result<DeltaTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  /// A third of the last step, so that the model moves before a shop contributes again.
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override { return round_ >= plan_.gradient.rounds; }
  [[nodiscard]] TaskProgress progress() const noexcept override {
    return {round_, plan_.gradient.rounds};
  }
  [[nodiscard]] Bytes checkpoint() const override;
  /// False until the first step: the vectors are still the random ones.
  [[nodiscard]] bool moved() const noexcept { return round_ > 0; }
  /// [items x (factors + 1)]
  [[nodiscard]] std::vector<float>& vectors() noexcept { return state_.vectors; }

 private:
  DeltaTask() = default;

  TaskPlan plan_;
  std::uint32_t round_ = 0;
  ServerState state_;
};

}  // namespace guildsum::models::detail
