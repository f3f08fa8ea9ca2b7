#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "models/released.hpp"
#include "models/sum_task.hpp"

namespace guildsum::models::detail {

/// One sum: customers per item.
class PopularityTask final : public SumTask {
 public:
  explicit PopularityTask(const TaskPlan& plan) : plan_{plan} {}
  [[nodiscard]] static Result<PopularityTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override { return !customers_.empty(); }
  [[nodiscard]] TaskProgress progress() const noexcept override {
    return {finished() ? 1u : 0u, 1};
  }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] const std::vector<std::uint64_t>& customers() const noexcept { return customers_; }

 private:
  TaskPlan plan_;
  std::vector<std::uint64_t> customers_;  // Empty until the sum is in.
};

/// One sum: the upper triangle of the item Gram matrix, in bands of rows.
class GramTask final : public SumTask {
 public:
  explicit GramTask(const TaskPlan& plan) : plan_{plan} {}
  [[nodiscard]] static Result<GramTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override { return !upper_.empty(); }
  [[nodiscard]] TaskProgress progress() const noexcept override {
    return {finished() ? 1u : 0u, 1};
  }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] std::vector<std::uint32_t>& upper() noexcept { return upper_; }

 private:
  TaskPlan plan_;
  std::vector<std::uint32_t> upper_;  // Empty until the sum is in.
};

inline constexpr std::string_view kPresenceStep = "vocabulary.presence";

/// One sum: per slot how many shops hold an item there, and the sum of these items' tags.
class VocabularyTask final : public SumTask {
 public:
  explicit VocabularyTask(const TaskPlan& plan) : plan_{plan} {}
  [[nodiscard]] static Result<VocabularyTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] bool finished() const noexcept override { return model_.has_value(); }
  [[nodiscard]] TaskProgress progress() const noexcept override {
    return {finished() ? 1u : 0u, 1};
  }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] const VocabularyModel& model() const noexcept { return *model_; }

 private:
  TaskPlan plan_;
  std::optional<VocabularyModel> model_;  // None until the sum is in.
};

}  // namespace guildsum::models::detail
