#include "models/sum_task.hpp"

#include <utility>

#include "models/detail/delta_task.hpp"
#include "models/detail/evaluation_task.hpp"
#include "models/detail/ials_task.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"
#include "models/released.hpp"

namespace guildsum::models {
namespace {

template <class Task>
Result<std::unique_ptr<SumTask>> restored(const TaskPlan& plan, ByteView checkpoint) {
  GS_TRY(Task task, Task::restore(plan, checkpoint));
  return std::unique_ptr<SumTask>{std::make_unique<Task>(std::move(task))};
}

Error not_released(std::string_view kind) {
  return {ModelsErrc::wrong_step, "the " + std::string{kind} + " task has no model yet"};
}

}  // namespace

Result<std::unique_ptr<SumTask>> make_task(const TaskPlan& plan) {
  GS_CHECK(plan.validate());
  switch (plan.kind) {
    case TaskKind::popularity:
      return std::unique_ptr<SumTask>{std::make_unique<detail::PopularityTask>(plan)};
    case TaskKind::ease:
      return std::unique_ptr<SumTask>{std::make_unique<detail::GramTask>(plan)};
    case TaskKind::ials:
      return std::unique_ptr<SumTask>{std::make_unique<detail::IalsTask>(plan)};
    case TaskKind::vocabulary:
      return std::unique_ptr<SumTask>{std::make_unique<detail::VocabularyTask>(plan)};
    case TaskKind::bpr:
    case TaskKind::softmax:
      return std::unique_ptr<SumTask>{std::make_unique<detail::DeltaTask>(plan)};
    case TaskKind::evaluation:
      return std::unique_ptr<SumTask>{std::make_unique<detail::EvaluationTask>(plan)};
    case TaskKind::transitions:
      return std::unique_ptr<SumTask>{std::make_unique<detail::TransitionTask>(plan)};
  }
  return Error{ModelsErrc::bad_plan, "kind"};
}

Result<std::unique_ptr<SumTask>> restore_task(const TaskPlan& plan, ByteView checkpoint) {
  GS_CHECK(plan.validate());
  switch (plan.kind) {
    case TaskKind::popularity:
      return restored<detail::PopularityTask>(plan, checkpoint);
    case TaskKind::ease:
      return restored<detail::GramTask>(plan, checkpoint);
    case TaskKind::ials:
      return restored<detail::IalsTask>(plan, checkpoint);
    case TaskKind::vocabulary:
      return restored<detail::VocabularyTask>(plan, checkpoint);
    case TaskKind::bpr:
    case TaskKind::softmax:
      return restored<detail::DeltaTask>(plan, checkpoint);
    case TaskKind::evaluation:
      return restored<detail::EvaluationTask>(plan, checkpoint);
    case TaskKind::transitions:
      return restored<detail::TransitionTask>(plan, checkpoint);
  }
  return Error{ModelsErrc::bad_plan, "kind"};
}

Result<> SumTask::reopen() {
  return Error{ModelsErrc::wrong_step,
               "a " + std::string{to_string(plan().kind)} + " task is trained from its start"};
}

Result<std::unique_ptr<SumTask>> restore_task_at(const TaskPlan& plan, ByteView checkpoint,
                                                 std::uint64_t step_number) {
  GS_TRY(auto task, restore_task(plan, checkpoint));
  if (plan.kind == TaskKind::ease && step_number > 1 && task->finished()) {
    GS_CHECK(task->reopen());
  }
  return task;
}

bool is_cumulative(std::string_view step_kind) noexcept { return step_kind == detail::kGramStep; }

Result<Released> release(const TaskPlan& plan, ByteView checkpoint) {
  GS_CHECK(plan.validate());
  switch (plan.kind) {
    case TaskKind::popularity: {
      GS_TRY(auto task, detail::PopularityTask::restore(plan, checkpoint));
      if (!task.finished()) return not_released("popularity");
      return Released{PopularityModel{task.customers()}};
    }
    case TaskKind::ease: {
      GS_TRY(auto task, detail::GramTask::restore(plan, checkpoint));
      if (!task.finished()) return not_released("EASE");
      return Released{GramModel{plan.items, std::move(task.upper())}};
    }
    case TaskKind::ials: {
      GS_TRY(auto task, detail::IalsTask::restore(plan, checkpoint));
      if (!task.moved()) return not_released("iALS");
      return Released{FactorModel{plan.items, plan.ials.factors, task.factors(), plan.ials}};
    }
    case TaskKind::bpr:
    case TaskKind::softmax: {
      GS_TRY(auto task, detail::DeltaTask::restore(plan, checkpoint));
      if (!task.moved()) return not_released(to_string(plan.kind));
      return Released{
          VectorModel{plan.kind, plan.items, plan.gradient.factors, std::move(task.vectors())}};
    }
    case TaskKind::vocabulary: {
      GS_TRY(auto task, detail::VocabularyTask::restore(plan, checkpoint));
      if (!task.finished()) return not_released("vocabulary");
      return Released{task.model()};
    }
    case TaskKind::evaluation: {
      GS_TRY(auto task, detail::EvaluationTask::restore(plan, checkpoint));
      if (!task.finished()) return not_released("evaluation");
      return Released{task.sums()};
    }
    case TaskKind::transitions: {
      GS_TRY(auto task, detail::TransitionTask::restore(plan, checkpoint));
      if (!task.finished()) return not_released("transitions");
      return Released{TransitionModel{plan.items, std::move(task.counts())}};
    }
  }
  return Error{ModelsErrc::bad_plan, "kind"};
}

}  // namespace guildsum::models
