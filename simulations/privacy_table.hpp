#pragma once

#include <functional>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"
#include "models/metrics.hpp"
#include "simulations/evaluation.hpp"

namespace guildsum::simulations {

/// One model under one epsilon.
struct PrivacyRow {
  PrivacySettings settings;
  PrivacyPlan plan;
  models::Quality quality;
};

/// Trains and measures the same model anew under each of `table`. Every row is a model of its own:
/// publishing several would add their losses up. `before_row` (may be empty) hears the epsilon.
[[nodiscard]] Result<std::vector<PrivacyRow>> measure_privacy_table(
    Evaluator& evaluator, const EvaluationSettings& settings,
    const std::vector<PrivacySettings>& table,
    const std::function<void(double epsilon)>& before_row = {});

/// How a model was protected: a card's section where noise was added.
[[nodiscard]] boost::json::object privacy_json(const PrivacySettings& settings,
                                               const PrivacyPlan& plan);
[[nodiscard]] boost::json::array to_json(const std::vector<PrivacyRow>& rows);
/// One sentence.
[[nodiscard]] std::string to_text(const PrivacySettings& settings, const PrivacyPlan& plan);
[[nodiscard]] std::string to_text(const std::vector<PrivacyRow>& rows);

}  // namespace guildsum::simulations
