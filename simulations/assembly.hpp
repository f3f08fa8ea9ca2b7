#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "models/blend.hpp"
#include "models/history_recommender.hpp"
#include "simulations/evaluation_settings.hpp"
#include "simulations/statistics.hpp"

namespace guildsum::simulations {

using Model = std::shared_ptr<const models::HistoryRecommender>;

/// The models that a kind consists of, most often one. Spreads are not measured yet.
[[nodiscard]] Result<std::vector<models::BlendPart>> model_parts(const EvaluationSettings& settings,
                                                                 Statistics& statistics);

/// One model of the parts. A blend measures its models' spreads on `histories`, which are the
/// shop's own, so that no sum is needed for it.
[[nodiscard]] Result<Model> assembled(std::vector<models::BlendPart> parts,
                                      const models::Histories& histories);

}  // namespace guildsum::simulations
