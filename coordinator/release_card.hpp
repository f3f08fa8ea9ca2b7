#pragma once

#include <boost/json/object.hpp>

#include "coordinator/evaluations.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"

namespace guildsum::coordinator {

/// The model card of a released version (models/model_card.hpp): what it is for from its plan, who
/// made it from ledger and rounds, how good it is and for whom from the newest evaluation that
/// measured it.
/// @return BaseErrc::not_found, saying what to run, for a version that was not evaluated or where
///   nothing tells how many customers bought each item; invalid_argument for one that recommends
///   nothing.
[[nodiscard]] Result<boost::json::object> release_card(Ledger& ledger, Blobs& blobs,
                                                       Evaluations& evaluations,
                                                       const ModelRow& model);

}  // namespace guildsum::coordinator
