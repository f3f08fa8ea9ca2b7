#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "simulations/evaluation.hpp"

namespace guildsum::simulations {

/// Settings to try, with what sets them apart from the others.
struct Candidate {
  std::string label;
  EvaluationSettings settings;
};

/// The grid of a model around its measured defaults; one candidate for a model without settings.
[[nodiscard]] std::vector<Candidate> candidates_of(const EvaluationSettings& base);

struct TuningReport {
  std::vector<Candidate> candidates;
  std::vector<double> ndcg_at_20;  ///< on the validation file, by candidate
  std::size_t best = 0;            ///< ties: the first
  std::uint64_t sums = 0;          ///< secure sums, those that compare candidates included
  [[nodiscard]] const EvaluationSettings& chosen() const noexcept {
    return candidates[best].settings;
  }
};

/// Measures every candidate with `evaluator`, whose test part is a validation file, and picks the
/// best NDCG@20. When federated, the comparison itself is one secure sum: each shop adds its sum of
/// NDCG (in units of 2^-20) and its number of customers per candidate, so that no shop's quality is
/// seen. `after_candidate` (may be empty) sees how many are done.
[[nodiscard]] Result<TuningReport> tune(
    Evaluator& evaluator, std::vector<Candidate> candidates, const SumSource& sums,
    const std::function<void(std::size_t)>& after_candidate = {});

}  // namespace guildsum::simulations
