#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "models/evaluation_sums.hpp"
#include "models/released.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models::detail {

inline constexpr std::string_view kCustomersStep = "evaluation.customers";
inline constexpr std::string_view kQualityStep = "evaluation.quality";

/// Neighbouring bands joined until each group has enough customers: the end (exclusive) of each
/// group, the last is the number of bands. Empty when all together are too few.
/// @param counts  customers per band
[[nodiscard]] std::vector<std::uint32_t> join_bands(std::span<const std::int64_t> counts);

/// Group ends as the public inputs of "evaluation.quality".
[[nodiscard]] Bytes encode_groups(std::span<const std::uint32_t> ends);
/// ModelsErrc::malformed unless they part the plan's bands.
[[nodiscard]] Result<std::vector<std::uint32_t>> parse_groups(const EvaluationPlan& plan,
                                                              ByteView bytes);

/// A federated evaluation: first who could be measured, then the figures of every candidate for
/// groups of enough customers. Finished after the first sum when nobody may be measured.
class EvaluationTask final : public SumTask {
 public:
  explicit EvaluationTask(const TaskPlan& plan) : plan_{plan} {}
  [[nodiscard]] static Result<EvaluationTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout customers_layout(const TaskPlan& plan);
  [[nodiscard]] static VectorLayout quality_layout(const TaskPlan& plan, std::size_t groups);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  /// There is nothing to go on from.
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override;
  [[nodiscard]] TaskProgress progress() const noexcept override;
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] const EvaluationSums& sums() const noexcept { return sums_; }

 private:
  [[nodiscard]] Result<> check_customers(std::span<const std::int64_t> sum) const;
  [[nodiscard]] Result<> check_quality(std::span<const std::int64_t> sum) const;
  /// Ends of the groups that the first sum leads to; empty before it, and for too few.
  [[nodiscard]] std::vector<std::uint32_t> groups() const;

  TaskPlan plan_;
  EvaluationSums sums_;
};

}  // namespace guildsum::models::detail
