#pragma once

#include "participant/round/round_machine.hpp"

namespace guildsum::participant {

/// What a shop of a private federation demands of the vocabulary before it shares a key
/// (docs/protocol.md section 15): its own key, whose members all still belong to the federation,
/// and only rows that its own histogram shows to be held by k + c shops. Nothing is demanded where
/// the item list is published.
/// @return ProtocolErrc::vocabulary_key_equivocation, sparse_row, models' malformed for the plan.
[[nodiscard]] Result<> check_vocabulary(const protocol::RoundDescription& message,
                                        const RoundContext& context);

}  // namespace guildsum::participant
