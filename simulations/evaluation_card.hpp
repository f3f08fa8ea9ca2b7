#pragma once

#include <filesystem>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"
#include "simulations/evaluation_output.hpp"

namespace guildsum::simulations {

/// The model card of a federated evaluation with a fairness audit; complete by
/// `models::check_model_card`. BaseErrc::invalid_argument for models of several tasks or none, for
/// another mode, and without an audit.
[[nodiscard]] Result<boost::json::object> model_card_of(const EvaluationResult& result);

/// Writes card.json and card.html into `directory`, which is made where it is missing.
[[nodiscard]] Result<> write_model_card(const boost::json::object& card,
                                        const std::filesystem::path& directory);

}  // namespace guildsum::simulations
