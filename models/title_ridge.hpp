#pragma once

#include <span>
#include <string>

#include "base/result.hpp"
#include "models/interactions.hpp"
#include "models/released.hpp"

namespace guildsum::models {

struct TitleRidgeOptions {
  double ridge = 0.3;  ///< l in the ridge regression, against rows of norm 1
};

/// Gives items that nobody has bought yet a place among the others: a ridge regression from the
/// public titles of known items to their factors predicts the factors of `cold` items (content
/// features for cold start, as in Gantner et al. 2010, "Learning attribute-to-feature mappings").
/// Everything it reads is public or released, so every shop computes it for itself and no sum is
/// asked for.
///
/// `titles`: by item [model.items]; `cold`: ascending item indexes. The other items' factors stay
/// as they are. ModelsErrc::wrong_shape, bad_plan; nothing_opened where every item is cold.
[[nodiscard]] Result<FactorModel> with_title_factors(FactorModel model,
                                                     std::span<const std::string> titles,
                                                     std::span<const ItemIndex> cold,
                                                     const TitleRidgeOptions& options = {});

}  // namespace guildsum::models
