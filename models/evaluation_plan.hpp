#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/result.hpp"

namespace guildsum::models {

namespace detail {
class CanonicalReader;
class CanonicalWriter;
}  // namespace detail

/// Merkle root of a model's checkpoint.
using ModelRoot = std::array<std::byte, 32>;

/// One released model: a shop measures exactly the version that it verified itself.
struct ReleasedVersion {
  std::uint64_t version = 0;  ///< From 1; 0 = none.
  ModelRoot root{};
  friend bool operator==(const ReleasedVersion&, const ReleasedVersion&) = default;
};

/// A released model as a shop could serve it, or a blend of two.
struct EvaluationCandidate {
  ReleasedVersion model;
  double ridge = 0;       ///< Of an EASE version: l, 1 to 10^6; 0 takes the one of its own plan.
  ReleasedVersion other;  ///< Of a blend; version 0 for a model alone.
  /// Of `other` in a blend, 0.05 to 0.95 in steps of 0.05; the first model has the rest. Both
  /// models' scores are divided by their spread over the shop's customers (`score_spread`).
  double other_weight = 0;
  [[nodiscard]] bool is_blend() const noexcept { return other.version != 0; }
  friend bool operator==(const EvaluationCandidate&, const EvaluationCandidate&) = default;
};

inline constexpr std::size_t kEvaluationCandidatesMax = 12;
/// Candidates that nearly agree rank differently for single customers only, and the difference of
/// their sums would be those customers' figures. Neighbouring ridges of a version are therefore at
/// least this factor apart, weights of blends are multiples of 1 / kEvaluationWeightSteps.
inline constexpr double kEvaluationRidgeFactor = 1.25;
inline constexpr double kEvaluationWeightSteps = 20;
inline constexpr std::size_t kEvaluationBandsMax = 16;

/// Settings of a federated evaluation: which candidates all shops measure on their held-out
/// purchases, for which groups of customers.
struct EvaluationPlan {
  /// Least shops with held-out purchases; with fewer nothing is measured.
  std::uint32_t shops_min = 5;
  /// Bands by how many different items a customer bought: the largest number of each band but the
  /// last, which is open. Ascending. About a quarter of the customers of Online Retail each.
  std::vector<std::uint32_t> band_ends{15, 35, 75};
  std::vector<EvaluationCandidate> candidates;  ///< 1 to kEvaluationCandidatesMax, all apart.

  [[nodiscard]] std::size_t bands() const noexcept { return band_ends.size() + 1; }
  /// The band of a customer who bought `items` different items.
  [[nodiscard]] std::size_t band_of(std::size_t items) const noexcept;
  friend bool operator==(const EvaluationPlan&, const EvaluationPlan&) = default;

  /// ModelsErrc::bad_plan naming the first value that is out of range.
  [[nodiscard]] Result<> validate() const;
  /// The ridges that this plan asks of a version against the one that it was trained with, which
  /// the plan alone does not tell. ModelsErrc::bad_plan where they are too close.
  [[nodiscard]] Result<> check_own_ridge(std::uint64_t version, double ridge) const;
  void write(detail::CanonicalWriter& out) const;
  [[nodiscard]] static EvaluationPlan read(detail::CanonicalReader& in);
};

}  // namespace guildsum::models
