#include "participant/training/candidates.hpp"

#include <algorithm>
#include <utility>

#include "models/blend.hpp"
#include "participant/errors.hpp"
#include "participant/serving/model_shelf.hpp"
#include "participant/serving/own_model.hpp"
#include "protocol/errors.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kFirstStep = "evaluation.customers";
constexpr std::string_view kEase = "ease";

using Model = std::shared_ptr<const models::HistoryRecommender>;

/// Lets several blends share one model.
class Shared final : public models::Recommender {
 public:
  explicit Shared(std::shared_ptr<const models::Recommender> model) : model_{std::move(model)} {}
  [[nodiscard]] std::string_view name() const noexcept override { return model_->name(); }
  [[nodiscard]] std::uint32_t items() const noexcept override { return model_->items(); }
  void score(std::span<const models::ItemIndex> history, std::span<double> scores) const override {
    model_->score(history, scores);
  }
  [[nodiscard]] models::Explanation explain(std::span<const models::ItemIndex> history,
                                            models::ItemIndex item) const override {
    return model_->explain(history, item);
  }

 private:
  std::shared_ptr<const models::Recommender> model_;
};

Model over_histories(std::shared_ptr<const models::Recommender> model) {
  return models::of_histories(std::make_unique<Shared>(std::move(model)));
}

Result<ModelRecord> find_version(const models::ReleasedVersion& wanted, ModelStore& store) {
  const std::string name = "version " + std::to_string(wanted.version);
  GS_TRY(const auto kept, store.models());
  const auto found = std::ranges::find_if(
      kept, [&](const ModelRecord& record) { return record.version.value() == wanted.version; });
  if (found == kept.end()) {
    return Error{ParticipantErrc::version_unknown,
                 name + " is not kept here: it was not verified, or a newer one of its kind was"};
  }
  if (!std::ranges::equal(found->root.view(), wanted.root)) {
    return Error{ParticipantErrc::version_unknown, name + " has another root here"};
  }
  if (!models::is_recommender(found->kind)) {
    return Error{ParticipantErrc::version_unknown, name + " recommends nothing that is measured"};
  }
  return *found;
}

/// Makes candidates. The two models that were used last are kept, so that several weights of one
/// blend cost two models.
class Workshop {
 public:
  explicit Workshop(const EvaluationInputs& inputs)
      : inputs_{inputs}, histories_{models::Histories::of(inputs.data.bought)} {}

  Result<Model> make(const models::EvaluationCandidate& candidate) {
    GS_TRY(const Made first, model(candidate.model, candidate.ridge));
    if (!candidate.is_blend()) return first.model;
    GS_TRY(const Made second, model(candidate.other, 0));
    GS_TRY(auto blend, models::make_blend({{first.model, 1 - candidate.other_weight, first.spread},
                                           {second.model, candidate.other_weight, second.spread}}));
    return Model{std::move(blend)};
  }

 private:
  struct Made {
    std::uint64_t version = 0;
    double ridge = 0;
    Model model;
    double spread = 1;
  };

  Result<Made> model(const models::ReleasedVersion& version, double ridge) {
    const auto known = std::ranges::find_if(made_, [&](const Made& made) {
      return made.version == version.version && made.ridge == ridge;
    });
    if (known != made_.end()) {
      std::rotate(made_.begin(), known, known + 1);
      return made_.front();
    }
    made_.back() = {};  // Its memory may be needed.
    GS_TRY(const ModelRecord record, find_version(version, inputs_.models));
    GS_TRY(const ServedModel served, build_model(record, inputs_.models, inputs_.data,
                                                 inputs_.serving, inputs_.vocabulary, ridge));
    Made made{version.version, ridge, over_histories(served.recommender), 1};
    made.spread = models::score_spread(*made.model, histories_);
    std::rotate(made_.begin(), made_.end() - 1, made_.end());
    made_.front() = std::move(made);
    return made_.front();
  }

  const EvaluationInputs& inputs_;
  models::Histories histories_;
  std::array<Made, 2> made_;  // The newest first.
};

}  // namespace

Result<> check_candidates(const models::EvaluationPlan& plan, const EvaluationInputs& inputs) {
  if (plan.shops_min < inputs.shops_min) {
    return Error{protocol::ProtocolErrc::policy_refused,
                 "the evaluation would open figures of " + std::to_string(plan.shops_min) +
                     " shops, policy.survivors_min is " + std::to_string(inputs.shops_min)};
  }
  for (const models::EvaluationCandidate& candidate : plan.candidates) {
    GS_TRY(const ModelRecord record, find_version(candidate.model, inputs.models));
    if (candidate.ridge > 0 && record.kind != kEase) {
      return Error{ParticipantErrc::request_mismatch, "a ridge for version " +
                                                          std::to_string(candidate.model.version) +
                                                          ", which is " + record.kind};
    }
    if (candidate.ridge > 0) {
      GS_TRY(const auto trained, models::TaskPlan::parse(record.plan));
      GS_CHECK(plan.check_own_ridge(candidate.model.version, trained.ease.ridge_shared));
    }
    if (candidate.is_blend()) GS_CHECK(find_version(candidate.other, inputs.models));
  }
  return {};
}

Result<models::Contribution> contribute_evaluation(const models::TaskPlan& plan,
                                                   const models::SumRequest& request,
                                                   const EvaluationInputs& inputs) {
  GS_CHECK(check_candidates(plan.evaluation, inputs));
  models::HeldOutCustomers shop{inputs.data.bought, inputs.data.held_out};
  if (inputs.data.shared) shop.item_of = inputs.data.shared->row_of_item;
  if (request.step_kind == kFirstStep) return models::contribute_customers(plan, request, shop);
  Model own;
  if (inputs.data.held_out.pairs() > 0) {
    GS_TRY(const ServedModel alone,
           build_own_model(inputs.data, inputs.serving, inputs.vocabulary));
    own = over_histories(alone.recommender);
  }
  Workshop workshop{inputs};
  return models::contribute_quality(
      plan, request, shop,
      [&workshop](const models::EvaluationCandidate& candidate) {
        return workshop.make(candidate);
      },
      own.get());
}

}  // namespace guildsum::participant
