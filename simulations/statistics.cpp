#include "simulations/statistics.hpp"

#include <string>
#include <unistd.h>
#include <utility>
#include <variant>

#include "base/cli/format.hpp"
#include "base/errors.hpp"
#include "models/gradient.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"
#include "models/popularity.hpp"
#include "protocol/blob_id.hpp"

namespace guildsum::simulations {
namespace {

/// Bytes per pair of items at the peak: the packed Gram, two matrices of doubles, the weights.
constexpr std::uint64_t kEaseBytesPerPair = 22;
/// Counts of one data set while they are made; and, beside them, what each shop contributes.
constexpr std::uint64_t kTransitionBytesPerPair = 12;
constexpr std::uint64_t kContributionBytesPerPair = 8;

std::uint64_t physical_memory() {
  const auto pages = sysconf(_SC_PHYS_PAGES);
  const auto size = sysconf(_SC_PAGE_SIZE);
  return pages > 0 && size > 0
             ? static_cast<std::uint64_t>(pages) * static_cast<std::uint64_t>(size)
             : 0;
}

Result<> expect_room(std::string_view model, std::uint64_t bytes_per_pair, std::uint64_t items) {
  const auto needed = bytes_per_pair * items * items;
  const auto present = physical_memory();
  if (present == 0 || needed <= present) return {};
  return Error{BaseErrc::too_large, std::string{model} + " over " + cli::format_count(items) +
                                        " items needs " + cli::format_bytes(needed) +
                                        " of memory, this machine has " +
                                        cli::format_bytes(present) + "; use ials"};
}

models::TaskPlan gradient_task(models::TaskKind kind, std::uint32_t items,
                               const models::GradientPlan& gradient) {
  models::TaskPlan plan;
  plan.kind = kind;
  plan.items = items;
  plan.gradient = gradient;
  return plan;
}

/// The value of `slot`, made at the first call.
template <class Model, class Make>
Result<const Model*> once(std::optional<Model>& slot, Make make) {
  if (!slot) {
    GS_TRY(slot, make());
  }
  return &*slot;
}

/// The same by plan.
template <class Model, class Make>
Result<const Model*> once_per_plan(std::map<Bytes, Model>& slots, const models::TaskPlan& plan,
                                   Make make) {
  auto key = plan.canonical_bytes();
  auto found = slots.find(key);
  if (found == slots.end()) {
    GS_TRY(auto made, make());
    found = slots.emplace(std::move(key), std::move(made)).first;
  }
  return &found->second;
}

}  // namespace

Result<const models::PopularityModel*> Statistics::popularity() {
  return once(popularity_, [this] { return make_popularity(); });
}

Result<const models::GramModel*> Statistics::gram() {
  if (!gram_) GS_CHECK(expect_room("EASE", kEaseBytesPerPair, items()));
  return once(gram_, [this] { return make_gram(); });
}

Result<const models::FactorModel*> Statistics::factors(const models::IalsPlan& plan) {
  models::TaskPlan key;
  key.kind = models::TaskKind::ials;
  key.items = items();
  key.ials = plan;
  return once_per_plan(factors_, key, [&] { return make_factors(plan); });
}

Result<const models::VectorModel*> Statistics::vectors(models::TaskKind kind,
                                                       const models::GradientPlan& plan) {
  return once_per_plan(vectors_, gradient_task(kind, items(), plan),
                       [&] { return make_vectors(kind, plan); });
}

Result<const models::TransitionModel*> Statistics::transitions() {
  return once(transitions_, [this] { return make_transition_counts(); });
}

double OwnStatistics::default_ridge() const noexcept {
  const models::EasePlan defaults;
  return alone_ ? defaults.ridge_alone : defaults.ridge_shared;
}

Result<models::PopularityModel> OwnStatistics::make_popularity() {
  return models::popularity_of(data_);
}
Result<models::GramModel> OwnStatistics::make_gram() { return models::gram_of(data_); }
Result<models::FactorModel> OwnStatistics::make_factors(const models::IalsPlan& plan) {
  return models::train_ials(plan, data_);
}
Result<models::TransitionModel> OwnStatistics::make_transition_counts() {
  GS_CHECK(expect_room("transitions", kTransitionBytesPerPair, items()));
  return models::transitions_of(histories_);
}

Result<models::VectorModel> OwnStatistics::make_vectors(models::TaskKind kind,
                                                        const models::GradientPlan& plan) {
  SeededRandom random{plan.seed};
  return kind == models::TaskKind::softmax ? models::train_softmax(plan, data_, random)
                                           : models::train_bpr(plan, data_, random);
}

double FederatedStatistics::default_ridge() const noexcept {
  return models::EasePlan{}.ridge_shared;
}

template <class Model>
Result<Model> FederatedStatistics::train(models::TaskPlan plan) {
  plan.items = items();
  GS_TRY(auto trained, train_federated(plan, shops_, secure_sum_, random_, after_sum_));
  return taken<Model>(std::move(trained));
}

template <class Model>
Model FederatedStatistics::taken(FederatedModel trained) {
  sums_ += trained.sums;
  newest_root_ = protocol::blob_id(trained.checkpoint).hex();
  return std::get<Model>(std::move(trained.released));
}

Result<models::PopularityModel> FederatedStatistics::make_popularity() {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::popularity;
  return train<models::PopularityModel>(std::move(plan));
}

Result<models::GramModel> FederatedStatistics::make_gram() {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ease;
  return train<models::GramModel>(std::move(plan));
}

Result<models::FactorModel> FederatedStatistics::make_factors(const models::IalsPlan& ials) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ials;
  plan.ials = ials;
  return train<models::FactorModel>(std::move(plan));
}

Result<models::VectorModel> FederatedStatistics::make_vectors(models::TaskKind kind,
                                                              const models::GradientPlan& plan) {
  return train<models::VectorModel>(gradient_task(kind, items(), plan));
}

Result<models::TransitionModel> FederatedStatistics::make_transition_counts() {
  if (histories_.size() != shops_.size()) {
    return Error{BaseErrc::invalid_argument, "transitions need the times of the shops' purchases"};
  }
  GS_CHECK(expect_room("transitions",
                       kTransitionBytesPerPair + kContributionBytesPerPair * histories_.size(),
                       items()));
  models::TaskPlan plan;
  plan.kind = models::TaskKind::transitions;
  plan.items = items();
  const auto counts_of = [&](std::size_t shop, const models::SumRequest& request) {
    return models::contribute_transitions(plan, request, histories_[shop]);
  };
  GS_TRY(auto trained,
         train_federated(plan, histories_.size(), counts_of, secure_sum_, after_sum_));
  return taken<models::TransitionModel>(std::move(trained));
}

}  // namespace guildsum::simulations
