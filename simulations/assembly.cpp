#include "simulations/assembly.hpp"

#include <algorithm>
#include <utility>

#include "models/ease.hpp"
#include "models/gradient.hpp"
#include "models/popularity.hpp"
#include "models/title_knn.hpp"

namespace guildsum::simulations {
namespace {

using models::EvaluationProtocol;
using Parts = std::vector<models::BlendPart>;

Result<Model> popularity_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* counts, statistics.popularity());
  // A next basket mostly repeats: what the customer bought before comes first.
  return Model{models::of_histories(settings.protocol == EvaluationProtocol::next_basket
                                        ? models::make_history_popularity(*counts)
                                        : models::make_popularity(*counts))};
}

Result<Model> knn_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* gram, statistics.gram());
  GS_TRY(auto made, models::make_knn(*gram, settings.knn));
  return Model{models::of_histories(std::move(made))};
}

Result<Model> ease_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* gram, statistics.gram());
  models::EaseOptions options;
  options.ridge = settings.ridge.value_or(statistics.default_ridge());
  options.stock = settings.stock;
  options.own_gram = settings.own_gram;
  options.own_weight = settings.own_gram == nullptr ? 0 : settings.own_weight;
  options.pair_customers_min = settings.pairs_min;
  // Noise makes the matrix indefinite, as rare pairs left out do.
  if (settings.privacy) options.pair_customers_min = std::max(options.pair_customers_min, 2U);
  GS_TRY(auto made, models::make_ease(*gram, options));
  return Model{models::of_histories(std::move(made.recommender))};
}

Result<Model> ials_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* factors, statistics.factors(settings.ials));
  GS_TRY(auto made, models::make_ials(*factors));
  return Model{models::of_histories(std::move(made))};
}

Result<Model> title_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* factors, statistics.factors(settings.ials));
  GS_TRY(auto placed,
         models::with_title_factors(*factors, settings.title.titles, settings.title.withheld,
                                    settings.title.regression));
  GS_TRY(auto made, models::make_ials(std::move(placed)));
  return Model{models::of_histories(std::move(made))};
}

Result<Model> buy_again_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* counts, statistics.popularity());
  GS_TRY(auto made, models::make_buy_again(*counts, settings.buy_again));
  return Model{std::move(made)};
}

Result<Model> transition_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* counts, statistics.transitions());
  GS_TRY(auto made, models::make_transitions(*counts, settings.transitions));
  return Model{std::move(made)};
}

template <models::TaskKind kind>
Result<Model> factorisation(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(const auto* vectors, statistics.vectors(kind, gradient_plan(settings)));
  GS_TRY(auto made, models::make_factorisation(*vectors));
  return Model{models::of_histories(std::move(made))};
}

Result<Model> latest_model(const EvaluationSettings& settings, Statistics& statistics) {
  GS_TRY(auto ease, ease_model(settings, statistics));
  return Model{models::of_latest_baskets(std::move(ease), 1)};
}

Result<Model> title_knn_model(const EvaluationSettings& settings, Statistics&) {
  GS_TRY(auto made, models::make_title_knn(settings.title.titles));
  return Model{models::of_histories(std::move(made))};
}

using MakeModel = Result<Model> (*)(const EvaluationSettings&, Statistics&);

/// Adds a model, unless it has no weight: then it is not even trained.
Result<> add(Parts& parts, double weight, MakeModel make, const EvaluationSettings& settings,
             Statistics& statistics) {
  if (weight == 0) return {};
  GS_TRY(auto model, make(settings, statistics));
  parts.push_back({std::move(model), weight, 1.0});
  return {};
}

MakeModel single_model(ModelKind kind) {
  switch (kind) {
    case ModelKind::popularity:
      return popularity_model;
    case ModelKind::knn:
      return knn_model;
    case ModelKind::ials:
      return ials_model;
    case ModelKind::buy_again:
      return buy_again_model;
    case ModelKind::title:
      return title_model;
    case ModelKind::transitions:
      return transition_model;
    case ModelKind::bpr:
      return factorisation<models::TaskKind::bpr>;
    case ModelKind::softmax:
      return factorisation<models::TaskKind::softmax>;
    case ModelKind::ease:
    case ModelKind::blend:
      break;
  }
  return ease_model;
}

}  // namespace

Result<Parts> model_parts(const EvaluationSettings& settings, Statistics& statistics) {
  Parts parts;
  if (settings.model != ModelKind::blend) {
    GS_CHECK(add(parts, 1.0, single_model(settings.model), settings, statistics));
    return parts;
  }
  const auto& weights = settings.blend;
  GS_CHECK(add(parts, weights.ease, ease_model, settings, statistics));
  GS_CHECK(add(parts, weights.ials, ials_model, settings, statistics));
  GS_CHECK(add(parts, weights.latest, latest_model, settings, statistics));
  if (!settings.title.titles.empty()) {
    GS_CHECK(add(parts, weights.title, title_knn_model, settings, statistics));
  }
  if (settings.protocol == EvaluationProtocol::next_basket) {
    GS_CHECK(add(parts, weights.buy_again, buy_again_model, settings, statistics));
  }
  return parts;
}

Result<Model> assembled(Parts parts, const models::Histories& histories) {
  if (parts.size() == 1) return std::move(parts.front().model);
  for (auto& part : parts) part.spread = models::score_spread(*part.model, histories);
  GS_TRY(auto blend, models::make_blend(std::move(parts)));
  return Model{std::move(blend)};
}

}  // namespace guildsum::simulations
