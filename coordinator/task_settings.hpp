#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "models/task_plan.hpp"

namespace guildsum::coordinator {

using TaskSettings = std::map<std::string, std::string, std::less<>>;

/// The training plan of `round start --task KIND --set KEY=VALUE ...`: the measured defaults for
/// the kind, changed by the settings.
/// @param items          length of the published item list
/// @param customers_max  most customers one shop may contribute
/// @return models' bad_plan for an unknown kind, an unknown key (with the known ones) or a value
/// out of
///   range.
[[nodiscard]] Result<models::TaskPlan> make_task_plan(std::string_view kind, std::uint32_t items,
                                                      std::uint32_t customers_max,
                                                      const TaskSettings& settings);

}  // namespace guildsum::coordinator
