#include "simulations/evaluation.hpp"

#include <chrono>
#include <utility>

#include "base/assert.hpp"
#include "base/errors.hpp"
#include "models/ease.hpp"
#include "models/errors.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"
#include "models/knn.hpp"
#include "models/popularity.hpp"

namespace guildsum::simulations {
namespace {

using models::EvaluationProtocol;
using Model = std::unique_ptr<models::Recommender>;

Model popularity_model(models::PopularityModel counts, EvaluationProtocol protocol) {
  // A next basket mostly repeats: what the customer bought before comes first.
  if (protocol == EvaluationProtocol::next_basket) {
    return models::make_history_popularity(std::move(counts));
  }
  return models::make_popularity(std::move(counts));
}

Result<Model> gram_model(const EvaluationSettings& settings, const models::GramModel& gram,
                         double default_ridge) {
  if (settings.model == ModelKind::knn) return models::make_knn(gram);
  models::EaseOptions options;
  options.ridge = settings.ridge.value_or(default_ridge);
  GS_TRY(auto ease, models::make_ease(gram, options));
  return std::move(ease.recommender);
}

/// The task whose model serves as `kind`; kNN is read off the Gram matrix of EASE.
models::TaskPlan task_plan(const EvaluationSettings& settings, std::uint32_t items) {
  models::TaskPlan plan;
  plan.items = items;
  plan.ials = settings.ials;
  switch (settings.model) {
    case ModelKind::popularity:
      plan.kind = models::TaskKind::popularity;
      break;
    case ModelKind::knn:
    case ModelKind::ease:
      plan.kind = models::TaskKind::ease;
      break;
    case ModelKind::ials:
      plan.kind = models::TaskKind::ials;
      break;
  }
  return plan;
}

Result<Model> released_model(const EvaluationSettings& settings, models::Released released) {
  if (auto* counts = std::get_if<models::PopularityModel>(&released)) {
    return popularity_model(std::move(*counts), settings.protocol);
  }
  if (auto* factors = std::get_if<models::FactorModel>(&released)) {
    return models::make_ials(std::move(*factors));
  }
  return gram_model(settings, std::get<models::GramModel>(released),
                    models::EasePlan{}.ridge_shared);
}

std::size_t count_active(const models::Interactions& data) {
  std::size_t active = 0;
  for (std::size_t u = 0; u < data.customers(); ++u) active += data.row(u).empty() ? 0 : 1;
  return active;
}

}  // namespace

std::string_view to_string(ModelKind kind) noexcept {
  switch (kind) {
    case ModelKind::popularity:
      return "popularity";
    case ModelKind::knn:
      return "knn";
    case ModelKind::ease:
      return "ease";
    case ModelKind::ials:
      return "ials";
  }
  return "unknown";
}

std::string_view to_string(TrainingMode mode) noexcept {
  switch (mode) {
    case TrainingMode::centralised:
      return "centralised";
    case TrainingMode::federated:
      return "federated";
    case TrainingMode::alone:
      return "alone";
  }
  return "unknown";
}

Result<ModelKind> parse_model_kind(std::string_view text) {
  for (const auto kind :
       {ModelKind::popularity, ModelKind::knn, ModelKind::ease, ModelKind::ials}) {
    if (text == to_string(kind)) return kind;
  }
  return Error{BaseErrc::invalid_argument,
               "model '" + std::string{text} + "': use popularity, knn, ease or ials"};
}

Result<TrainingMode> parse_training_mode(std::string_view text) {
  for (const auto mode :
       {TrainingMode::centralised, TrainingMode::federated, TrainingMode::alone}) {
    if (text == to_string(mode)) return mode;
  }
  return Error{BaseErrc::invalid_argument,
               "mode '" + std::string{text} + "': use centralised, federated or alone"};
}

models::Interactions rows_of(const models::Interactions& data,
                             const std::vector<std::size_t>& users) {
  UserItems rows;
  for (const auto user : users) {
    const auto row = data.row(user);
    rows.emplace_back(row.begin(), row.end());
  }
  auto part = models::Interactions::build(data.items(), rows);
  GS_ASSERT(part.has_value());  // Its indexes were checked when `data` was built.
  return std::move(part).value();
}

std::vector<std::vector<std::size_t>> Evaluator::members() const {
  std::vector<std::vector<std::size_t>> members(shops_.names.size());
  for (std::size_t user = 0; user < shops_.shop_of_user.size(); ++user) {
    members[shops_.shop_of_user[user]].push_back(user);
  }
  return members;
}

Result<Model> Evaluator::train(const EvaluationSettings& settings, const models::Interactions& data,
                               bool alone) const {
  const models::EasePlan defaults;
  switch (settings.model) {
    case ModelKind::popularity:
      return popularity_model(models::popularity_of(data), settings.protocol);
    case ModelKind::knn:
    case ModelKind::ease:
      return gram_model(settings, models::gram_of(data),
                        alone ? defaults.ridge_alone : defaults.ridge_shared);
    case ModelKind::ials:
      break;
  }
  GS_TRY(auto factors, models::train_ials(settings.ials, data));
  return models::make_ials(std::move(factors));
}

Result<EvaluationReport> Evaluator::evaluate_shared(const EvaluationSettings& settings,
                                                    const models::Recommender& model,
                                                    bool by_shop) const {
  EvaluationReport report;
  if (!by_shop) {
    report.quality =
        models::evaluate(model, split_.train, split_.test, settings.protocol).quality();
    return report;
  }
  models::QualityMeter all{split_.train.items()};
  const auto users_of = members();
  for (std::size_t shop = 0; shop < users_of.size(); ++shop) {
    // An empty list of customers would mean all of them.
    const auto meter =
        users_of[shop].empty()
            ? models::QualityMeter{split_.train.items()}
            : models::evaluate(model, split_.train, split_.test, settings.protocol, users_of[shop]);
    all.merge(meter);
    report.per_shop.push_back(
        {shops_.names[shop], count_active(rows_of(split_.train, users_of[shop])), meter.quality()});
  }
  report.quality = all.quality();
  return report;
}

Result<EvaluationReport> Evaluator::evaluate_alone(const EvaluationSettings& settings,
                                                   ThreadPool* pool) const {
  const auto users_of = members();
  std::vector<Result<models::QualityMeter>> meters(
      users_of.size(), Result<models::QualityMeter>{models::QualityMeter{split_.train.items()}});
  EvaluationReport report;
  report.per_shop.resize(users_of.size());
  const auto evaluate_range = [&](std::size_t first, std::size_t last) {
    for (std::size_t shop = first; shop < last; ++shop) {
      const auto history = rows_of(split_.train, users_of[shop]);
      const auto later = rows_of(split_.test, users_of[shop]);
      report.per_shop[shop] = {shops_.names[shop], count_active(history), {}};
      auto model = train(settings, history, true);
      if (model.has_error()) {
        meters[shop] = model.error();
        continue;
      }
      meters[shop] = models::evaluate(**model, history, later, settings.protocol);
    }
  };
  if (pool != nullptr) {
    pool->parallel_for(0, users_of.size(), 1, evaluate_range);
  } else {
    evaluate_range(0, users_of.size());
  }
  models::QualityMeter all{split_.train.items()};
  for (std::size_t shop = 0; shop < meters.size(); ++shop) {
    if (meters[shop].has_error()) return meters[shop].error().with_context(shops_.names[shop]);
    report.per_shop[shop].quality = meters[shop]->quality();
    all.merge(*meters[shop]);
  }
  report.quality = all.quality();
  return report;
}

Result<EvaluationReport> Evaluator::evaluate_federated(
    const EvaluationSettings& settings, SecureSum& secure_sum, Random& random,
    const std::function<void(models::TaskProgress)>& after_sum) const {
  std::vector<models::Interactions> shops;
  for (const auto& users : members()) shops.push_back(rows_of(split_.train, users));
  const auto plan = task_plan(settings, split_.train.items());
  GS_TRY(auto trained, train_federated(plan, shops, secure_sum, random, after_sum));
  GS_TRY(const auto model, released_model(settings, std::move(trained.released)));
  GS_TRY(auto report, evaluate_shared(settings, *model, true));
  report.sums = trained.sums;
  return report;
}

Result<EvaluationReport> Evaluator::run(
    const EvaluationSettings& settings, SecureSum* secure_sum, Random& random, ThreadPool* pool,
    const std::function<void(models::TaskProgress)>& after_sum) const {
  const auto started = std::chrono::steady_clock::now();
  const bool needs_shops = settings.mode != TrainingMode::centralised;
  if (needs_shops && shops_.shop_of_user.size() != split_.train.customers()) {
    return Error{models::ModelsErrc::wrong_shape, "the shops file is of another data set"};
  }
  Result<EvaluationReport> report;
  if (settings.mode == TrainingMode::alone) {
    report = evaluate_alone(settings, pool);
  } else if (settings.mode == TrainingMode::federated) {
    GS_ASSERT(secure_sum != nullptr);
    report = evaluate_federated(settings, *secure_sum, random, after_sum);
  } else {
    GS_TRY(const auto model, train(settings, split_.train, false));
    report = evaluate_shared(settings, *model, false);
  }
  if (report.has_value()) {
    report->seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  }
  return report;
}

}  // namespace guildsum::simulations
