#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace guildsum::simulations {

/// The recommenders that can be evaluated.
enum class ModelKind : std::uint8_t {
  popularity,
  knn,
  ease,
  ials,
  blend,        ///< EASE and iALS; for next baskets buy-again too
  buy_again,    ///< the local head of repeats
  title,        ///< iALS, whose withheld items are placed by their titles
  transitions,  ///< what follows what
  bpr,          ///< matrix factorisation by federated averaging, pairwise loss
  softmax,      ///< the same with the cross entropy over all items
};

enum class TrainingMode : std::uint8_t {
  centralised,  ///< one model of all data in one place
  federated,    ///< one model of the shops' secure sums
  alone,        ///< every shop its own model of its own data
};

[[nodiscard]] std::string_view to_string(ModelKind kind) noexcept;
[[nodiscard]] std::string_view to_string(TrainingMode mode) noexcept;
/// BaseErrc::invalid_argument on another word, with the words that are known.
[[nodiscard]] Result<ModelKind> parse_model_kind(std::string_view text);
[[nodiscard]] Result<TrainingMode> parse_training_mode(std::string_view text);
/// "popularity|knn|...", for help.
[[nodiscard]] std::string_view model_kind_words() noexcept;

}  // namespace guildsum::simulations
