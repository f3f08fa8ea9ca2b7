#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>

#include "base/result.hpp"
#include "models/recommender.hpp"

namespace guildsum::models {

struct TitleKnnOptions {
  std::uint32_t neighbours = 50;  ///< similar items kept per item
};

/// Items whose titles share words: score_i = sum over the history of the cosine of TF-IDF rows
/// (title_features.hpp), each item keeping its most similar ones. Reads public titles only, so it
/// needs no sum and ranks items that nobody has bought. `titles`: by item. ModelsErrc::wrong_shape.
[[nodiscard]] Result<std::unique_ptr<Recommender>> make_title_knn(
    std::span<const std::string> titles, const TitleKnnOptions& options = {});

}  // namespace guildsum::models
