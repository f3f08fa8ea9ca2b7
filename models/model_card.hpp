#pragma once

#include <string>
#include <string_view>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "models/task_plan.hpp"

namespace guildsum::models {

/// A model card (Mitchell et al. 2019) goes with every version: what the model is for, whose data
/// it comes from, how good it is and for whom, what protects the contributors, where it ends. It is
/// a JSON object; the page for people is made from it, so that both say the same.
///
/// Members, all of them required:
///
///     model                 kind, version, settings
///     intended_use          primary, users, not_for
///     data                  shops, customers, items, what
///     training              procedure, secure_sums
///     contributors          shops, minimum
///     lineage               parent, root
///     quality               protocol, and figures with their errors
///     groups                the fairness audit
///     differential_privacy  enabled; a reason where not, else epsilon, delta, unit
///     main_parameters       what decides the order of recommendations, in words
///     limits                what the card's readers must know

/// @return ModelsErrc::malformed naming the first member that is missing or empty: null, "", [] or
/// {} anywhere in the card. A card with a gap is not a card.
[[nodiscard]] Result<> check_model_card(const boost::json::object& card);

/// A self-contained HTML page: no scripts, nothing loaded from elsewhere. Call only for a card that
/// passed `check_model_card`.
[[nodiscard]] std::string model_card_page(const boost::json::object& card);

/// What mainly decides the order of recommendations and how the customer can change it, in plain
/// words (Digital Services Act, articles 27 and 38), for a model of this kind and these settings.
[[nodiscard]] std::string main_parameters_text(const TaskPlan& plan);

}  // namespace guildsum::models
