#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "models/evaluation_plan.hpp"
#include "models/gradient_plan.hpp"
#include "models/transition_plan.hpp"

namespace guildsum::models {

enum class TaskKind : std::uint8_t {
  popularity = 1,
  ease = 2,
  ials = 3,
  vocabulary = 4,
  bpr = 5,
  softmax = 6,
  evaluation = 7,
  transitions = 8
};

/// Every kind, by number.
inline constexpr std::array kTaskKinds{
    TaskKind::popularity, TaskKind::ease,    TaskKind::ials,       TaskKind::vocabulary,
    TaskKind::bpr,        TaskKind::softmax, TaskKind::evaluation, TaskKind::transitions};

/// "popularity", "ease", "ials", "vocabulary", "bpr", "softmax", "evaluation" or "transitions".
[[nodiscard]] std::string_view to_string(TaskKind kind) noexcept;
/// ModelsErrc::bad_plan on another word.
[[nodiscard]] Result<TaskKind> parse_task_kind(std::string_view text);
/// The words of every kind.
[[nodiscard]] std::vector<std::string> task_kind_words();
/// "popularity, ease, ... or evaluation": for help texts and messages.
[[nodiscard]] std::string task_kind_choice();
/// Whether what a task of this kind releases recommends items to whoever bought a set of items; a
/// vocabulary and an evaluation recommend nothing, transitions go by the order of baskets.
[[nodiscard]] bool is_recommender(TaskKind kind) noexcept;
/// The same by its word; false for an unknown one.
[[nodiscard]] bool is_recommender(std::string_view kind) noexcept;

/// Settings of the popularity task.
struct PopularityPlan {
  std::uint32_t customers_min = 5;  ///< Items with fewer customers are released as 0.
  friend bool operator==(const PopularityPlan&, const PopularityPlan&) = default;
};

/// Settings of EASE (Steck 2019) and of item-kNN, which is derived from the same Gram matrix.
struct EasePlan {
  double ridge_shared = 500.0;  ///< l in (G + l I)^-1 for the federation's Gram.
  double ridge_alone = 100.0;   ///< The same for one shop's own Gram.
  friend bool operator==(const EasePlan&, const EasePlan&) = default;
};

/// Settings of implicit ALS (Rendle et al. 2021) and of its federated form.
struct IalsPlan {
  std::uint32_t factors = 64;      ///< d
  double unobserved_weight = 0.5;  ///< a (alpha)
  double regularisation = 0.007;   ///< l (lambda), scaled by frequency
  double exponent = 1.0;           ///< nu: 0, 0.5 or 1, whose powers every CPU computes alike
  double init_scale = 0.1;  ///< Standard deviation of an item's starting vector times sqrt(d).
  std::uint32_t epochs = 12;
  std::uint32_t products = 1;          ///< k: Hessian products per epoch; 2 above d = 64
  std::uint64_t seed = 1;              ///< Of the starting factors, equal at every shop
  std::uint64_t scale = 4096;          ///< Fixed-point units per 1.0 (12 bits)
  std::uint64_t clip_norm_l2 = 16384;  ///< Largest L2 norm of a shop's contribution per segment
  friend bool operator==(const IalsPlan&, const IalsPlan&) = default;

  /// The measured settings for `factors`: a = .5, l = .007, k = 1 up to 64; a = .3, l = .01, k = 2
  /// above.
  [[nodiscard]] static IalsPlan for_factors(std::uint32_t factors);
};

/// Settings of the private vocabulary: which items enough shops hold. `TaskPlan::items` is the
/// number of slots, a power of two from 2^8 to 2^24: the more, the fewer items share one.
struct VocabularyPlan {
  std::uint32_t holders_min = 4;  ///< Shops that must hold an item: k + c, k = 3.
  friend bool operator==(const VocabularyPlan&, const VocabularyPlan&) = default;
};

/// Everything that decides what a task computes: kind, size of the item list and hyper-parameters.
/// Its canonical bytes are the training plan whose digest every round states. Default values are
/// the measured ones; only the settings of `kind` are encoded.
struct TaskPlan {
  TaskKind kind = TaskKind::popularity;
  std::uint32_t items = 0;  ///< n: length of the item list, or number of slots of a vocabulary.
  /// Most customers one shop may contribute; bounds every count for the overflow proof.
  std::uint32_t customers_max = 1'000'000;
  PopularityPlan popularity;
  EasePlan ease;
  IalsPlan ials;
  VocabularyPlan vocabulary;
  GradientPlan gradient;  ///< Of bpr and softmax.
  EvaluationPlan evaluation;
  TransitionPlan transitions;

  /// ModelsErrc::bad_plan naming the first value that is out of range.
  [[nodiscard]] Result<> validate() const;
  [[nodiscard]] Bytes canonical_bytes() const;
  /// ModelsErrc::malformed unless `bytes` are exactly the canonical bytes of a valid plan.
  [[nodiscard]] static Result<TaskPlan> parse(ByteView bytes);
  friend bool operator==(const TaskPlan&, const TaskPlan&) = default;
};

}  // namespace guildsum::models
