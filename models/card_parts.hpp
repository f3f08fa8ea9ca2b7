#pragma once

#include <span>
#include <string>

#include <boost/json/object.hpp>

#include "models/fairness.hpp"
#include "models/task_plan.hpp"

/// Members of a model card (models/model_card.hpp) that do not depend on where the model was made.
namespace guildsum::models {

/// "settings" of "model": what was set for a plan of this kind.
[[nodiscard]] boost::json::object card_settings(const TaskPlan& plan);
/// "intended_use", the same for every recommender.
[[nodiscard]] boost::json::object card_intended_use();

/// A fairness audit: groups with their figures, the names of the suppressed ones, gaps, exposure,
/// and the shops that compared. Lists may be empty.
/// @param group_names  by number of the group
[[nodiscard]] boost::json::object audit_document(const FairnessReport& report,
                                                 std::span<const std::string> group_names);
/// "groups": the audit, where empty lists say in words that there is nothing.
[[nodiscard]] boost::json::object card_groups(const FairnessReport& report,
                                              std::span<const std::string> group_names);

}  // namespace guildsum::models
