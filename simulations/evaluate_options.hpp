#pragma once

#include <vector>

#include "base/cli/command_line.hpp"
#include "base/result.hpp"
#include "simulations/evaluation_settings.hpp"

namespace guildsum::simulations {

/// What `evaluate` takes.
[[nodiscard]] std::vector<cli::Option> evaluate_options();

/// What to train and how to judge it, as far as options say. BaseErrc::invalid_argument naming the
/// option.
[[nodiscard]] Result<EvaluationSettings> parse_evaluation_settings(const cli::Arguments& arguments);

/// The settings of each row of the table that `--epsilons` asks for, in its order; empty without
/// it. BaseErrc::invalid_argument.
[[nodiscard]] Result<std::vector<PrivacySettings>> parse_privacy_table(
    const cli::Arguments& arguments);

}  // namespace guildsum::simulations
