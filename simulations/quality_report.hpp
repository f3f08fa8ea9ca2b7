#pragma once

#include <functional>
#include <string>
#include <string_view>

#include "base/cli/command_line.hpp"
#include "base/result.hpp"
#include "simulations/retail_data.hpp"

namespace guildsum::simulations {

/// Measures every model on the Online Retail split, in one place, federated and shop by shop, and
/// writes the tables of docs/quality.md as Markdown. Trains on train + valid with the default
/// settings, which were chosen on valid; real rounds and masks where federated. `before_row` (may
/// be empty) hears what is measured next. The figures follow from the data alone.
[[nodiscard]] Result<std::string> quality_tables(
    const RetailData& data, const std::function<void(std::string_view)>& before_row = {});

/// `quality`.
[[nodiscard]] cli::Command quality_command();

}  // namespace guildsum::simulations
