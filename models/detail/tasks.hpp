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

inline constexpr std::string_view kCountsStep = "popularity.counts";
inline constexpr std::string_view kGramStep = "ease.gram";
inline constexpr std::string_view kTransitionsStep = "transitions.counts";
inline constexpr std::string_view kPresenceStep = "vocabulary.presence";

/// What the tasks of one exact sum have in common: the model is there or it is not.
class OneSumTask : public SumTask {
 public:
  [[nodiscard]] const TaskPlan& plan() const noexcept override { return plan_; }
  [[nodiscard]] Result<SumRequest> next_request() const override;
  /// There is nothing to go on from.
  [[nodiscard]] Result<> apply_lost() override;
  [[nodiscard]] TaskProgress progress() const noexcept override {
    return {finished() ? 1u : 0u, 1};
  }

 protected:
  explicit OneSumTask(const TaskPlan& plan) : plan_{plan} {}
  /// ModelsErrc::wrong_step when the sum is in.
  [[nodiscard]] Result<> expect_unfinished() const;

 private:
  [[nodiscard]] virtual std::string_view step_kind() const noexcept = 0;
  [[nodiscard]] virtual std::uint64_t step_number() const noexcept { return 1; }
  [[nodiscard]] virtual VectorLayout own_layout() const = 0;
  TaskPlan plan_;
};

/// Customers per item.
class PopularityTask final : public OneSumTask {
 public:
  explicit PopularityTask(const TaskPlan& plan) : OneSumTask{plan} {}
  [[nodiscard]] static Result<PopularityTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] bool finished() const noexcept override { return !customers_.empty(); }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] const std::vector<std::uint64_t>& customers() const noexcept { return customers_; }

 private:
  [[nodiscard]] std::string_view step_kind() const noexcept override { return kCountsStep; }
  [[nodiscard]] VectorLayout own_layout() const override { return layout(plan()); }
  std::vector<std::uint64_t> customers_;  // Empty until the sum is in.
};

/// The upper triangle of the item Gram matrix, in bands of rows. The first sum is the matrix; each
/// later one, after `reopen`, is the signed change of it.
class GramTask final : public OneSumTask {
 public:
  explicit GramTask(const TaskPlan& plan) : OneSumTask{plan} {}
  [[nodiscard]] static Result<GramTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] Result<> reopen() override;
  [[nodiscard]] bool finished() const noexcept override { return sums_ > 0 && !reopened_; }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] std::vector<std::uint32_t>& upper() noexcept { return upper_; }

 private:
  [[nodiscard]] std::string_view step_kind() const noexcept override { return kGramStep; }
  [[nodiscard]] std::uint64_t step_number() const noexcept override { return sums_ + 1; }
  [[nodiscard]] VectorLayout own_layout() const override { return layout(plan()); }
  std::vector<std::uint32_t> upper_;  // Empty until the first sum is in.
  std::uint64_t sums_ = 0;            // Which it is made of.
  bool reopened_ = false;             // Wants the next one.
};

/// How often an item followed another, [items x items] in tiles of rows, in 1/60.
class TransitionTask final : public OneSumTask {
 public:
  explicit TransitionTask(const TaskPlan& plan) : OneSumTask{plan} {}
  [[nodiscard]] static Result<TransitionTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] bool finished() const noexcept override { return !counts_.empty(); }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] std::vector<std::uint32_t>& counts() noexcept { return counts_; }

 private:
  [[nodiscard]] std::string_view step_kind() const noexcept override { return kTransitionsStep; }
  [[nodiscard]] VectorLayout own_layout() const override { return layout(plan()); }
  std::vector<std::uint32_t> counts_;  // Empty until the sum is in.
};

/// Per slot how many shops hold an item there, and the sum of these items' tags.
class VocabularyTask final : public OneSumTask {
 public:
  explicit VocabularyTask(const TaskPlan& plan) : OneSumTask{plan} {}
  [[nodiscard]] static Result<VocabularyTask> restore(const TaskPlan& plan, ByteView checkpoint);
  [[nodiscard]] static VectorLayout layout(const TaskPlan& plan);
  [[nodiscard]] Result<> apply(std::span<const std::int64_t> sum,
                               const SumContext& context) override;
  [[nodiscard]] bool finished() const noexcept override { return model_.has_value(); }
  [[nodiscard]] Bytes checkpoint() const override;
  [[nodiscard]] const VocabularyModel& model() const noexcept { return *model_; }

 private:
  [[nodiscard]] std::string_view step_kind() const noexcept override { return kPresenceStep; }
  [[nodiscard]] VectorLayout own_layout() const override { return layout(plan()); }
  std::optional<VocabularyModel> model_;  // None until the sum is in.
};

}  // namespace guildsum::models::detail
