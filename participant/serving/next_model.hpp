#pragma once

#include "participant/serving/model_shelf.hpp"

namespace guildsum::participant {

/// What a transitions task released, ready to answer about the shop's own items: what customers
/// bought after their latest baskets. ParticipantErrc::catalogue_mismatch where the counts are of
/// earlier shared rows; what the store or the checkpoint says.
[[nodiscard]] Result<NextModel> build_next_model(const ModelRecord& record, ModelStore& store,
                                                 const ShopData& data);

}  // namespace guildsum::participant
