#pragma once

#include <optional>
#include <string>
#include <vector>

#include <boost/json/fwd.hpp>

#include "simulations/evaluation.hpp"
#include "simulations/privacy_table.hpp"
#include "simulations/tuning.hpp"

namespace guildsum::simulations {

/// What an evaluation found, ready to be shown.
struct EvaluationResult {
  EvaluationSettings settings;
  std::size_t users = 0;
  std::uint32_t items = 0;
  EvaluationReport report;
  std::optional<TuningReport> tuning;
  std::vector<PrivacyRow> privacy_table{};  ///< the model under other epsilons
};

/// Averages and their standard errors.
[[nodiscard]] boost::json::object quality_json(const models::Quality& quality);
/// As one JSON object, keys as docs/simulation.md lists them.
[[nodiscard]] boost::json::object to_json(const EvaluationResult& result);
/// The same for people.
[[nodiscard]] std::string to_text(const EvaluationResult& result);

}  // namespace guildsum::simulations
