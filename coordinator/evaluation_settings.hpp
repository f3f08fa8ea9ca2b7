#pragma once

#include <cstdint>
#include <span>

#include "coordinator/store/rows.hpp"
#include "coordinator/task_settings.hpp"

namespace guildsum::coordinator {

/// What an evaluation may measure: the newest version of each kind that recommends, oldest version
/// first. Shops keep no others; what was trained before the newest shared rows is about other
/// items.
[[nodiscard]] std::vector<ModelRow> measurable(std::span<const ModelRow> models);

/// The plan of `round start --task evaluation`. Settings: `versions` (default: all measurable),
/// `ridge` (for each EASE version, beside its own), `blend` (weights of iALS in a blend with EASE),
/// `bands` and `shops_min`; lists are separated by commas.
/// @param items, customers_max  as of `make_task_plan`
/// @param shops_min  least shops with held-out purchases, unless the settings have it
/// @return models' bad_plan naming what cannot be measured and why
[[nodiscard]] Result<models::TaskPlan> make_evaluation_plan(std::span<const ModelRow> models,
                                                            std::uint32_t items,
                                                            std::uint32_t customers_max,
                                                            std::uint32_t shops_min,
                                                            const TaskSettings& settings);

}  // namespace guildsum::coordinator
