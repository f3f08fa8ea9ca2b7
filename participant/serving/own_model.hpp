#pragma once

#include "participant/serving/model_shelf.hpp"

/// The keep-local guard (Yu et al. 2020, "Salvaging federated learning by local adaptation"): a
/// shop whose own model is better for its customers than what the federation trained keeps its own.
namespace guildsum::participant {

/// The kind under which the shop's own model is served and configured.
inline constexpr std::string_view kOwnModel = "alone";

/// EASE on the shop's own purchases: what it would have without the federation. Memory and time as
/// for a shared EASE of as many items. ModelsErrc and BaseErrc::invalid_config of `stock_of`.
[[nodiscard]] Result<ServedModel> build_own_model(const ShopData& data, const ServingConfig& config,
                                                  const models::Vocabulary& vocabulary);

/// Whether recommendations are to come from it: it is asked for by name, or chosen by "auto" since
/// it is better on the own hold-out than every shared model that was measured there.
[[nodiscard]] bool keeps_own(const ModelShelf& shelf, const ServingConfig& config);

}  // namespace guildsum::participant
