#pragma once

#include <string>

#include <boost/json/fwd.hpp>

#include "base/cli/command_line.hpp"
#include "simulations/evaluation.hpp"

namespace guildsum::simulations {

/// The report as one JSON object, keys as docs/simulation.md lists them.
[[nodiscard]] boost::json::object to_json(const EvaluationSettings& settings,
                                          const SplitMatrices& split,
                                          const EvaluationReport& report);
/// The same for people.
[[nodiscard]] std::string to_text(const EvaluationSettings& settings, const SplitMatrices& split,
                                  const EvaluationReport& report);

/// `evaluate`.
[[nodiscard]] cli::Command evaluate_command();

}  // namespace guildsum::simulations
