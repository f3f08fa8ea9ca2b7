#pragma once

#include "participant/round/round_machine.hpp"
#include "participant/store/model_store.hpp"

namespace guildsum::participant {

/// The first sum of the evaluation that `round` asks the second one of, as this shop verified it.
/// @param round  whose plan is the one that its descriptor names
/// @return BaseErrc::not_found where this shop did not verify exactly the sum before; the errors of
///   reading it.
[[nodiscard]] Result<FirstSum> first_sum_of(const protocol::RoundDescription& round,
                                            ModelStore& store);

}  // namespace guildsum::participant
