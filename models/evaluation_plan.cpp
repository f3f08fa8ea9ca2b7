#include "models/evaluation_plan.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "models/detail/canonical.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

constexpr std::uint32_t kShopsMin = 2;  // The figures of one shop are no sum.
constexpr std::uint32_t kShopsMax = 256;
constexpr double kRidgeMin = 1;
constexpr double kRidgeMax = 1e6;

Error out_of_range(std::string field) { return {ModelsErrc::bad_plan, std::move(field)}; }

Result<> check(const EvaluationCandidate& candidate) {
  if (candidate.model.version == 0) return out_of_range("a candidate needs a version");
  const bool own_ridge = candidate.ridge == 0 && !std::signbit(candidate.ridge);
  if (!own_ridge && !(candidate.ridge >= kRidgeMin && candidate.ridge <= kRidgeMax)) {
    return out_of_range("ridge of a candidate: 1 to 10^6, or 0 for the one of its plan");
  }
  if (!candidate.is_blend()) {
    if (candidate.other == ReleasedVersion{} && candidate.other_weight == 0) return {};
    return out_of_range("a candidate with half a blend");
  }
  if (candidate.other.version == candidate.model.version) {
    return out_of_range("a blend is of two different versions");
  }
  const double steps = std::round(candidate.other_weight * kEvaluationWeightSteps);
  // Exactly what the text "0.3" is read as.
  if (steps >= 1 && steps < kEvaluationWeightSteps &&
      candidate.other_weight == steps / kEvaluationWeightSteps) {
    return {};
  }
  return out_of_range("weight of a blend: 0.05 to 0.95 in steps of 0.05");
}

Result<> check_apart(std::uint64_t version, double ridge, double other) {
  if (std::max(ridge, other) >= std::min(ridge, other) * kEvaluationRidgeFactor) return {};
  return out_of_range("ridges of version " + std::to_string(version) +
                      ": at least a factor of 1.25 apart");
}

/// The same two models in the same proportion, whichever is named first.
bool is_mirrored(const EvaluationCandidate& a, const EvaluationCandidate& b) {
  return a.is_blend() && a.model == b.other && a.other == b.model && a.ridge == 0 && b.ridge == 0 &&
         std::round(a.other_weight * kEvaluationWeightSteps) ==
             std::round((1 - b.other_weight) * kEvaluationWeightSteps);
}

/// Two candidates whose rankings differ for hardly anybody are refused.
Result<> check_pair(const EvaluationCandidate& a, const EvaluationCandidate& b) {
  if (a == b || is_mirrored(a, b)) return out_of_range("the same candidate twice");
  if (a.model.version != b.model.version || a.ridge == b.ridge) return {};
  if (a.ridge == 0 || b.ridge == 0) return {};  // check_own_ridge
  return check_apart(a.model.version, a.ridge, b.ridge);
}

void write_version(detail::CanonicalWriter& out, const ReleasedVersion& version) {
  out.integer(version.version);
  for (const std::byte byte : version.root) out.integer(std::to_integer<std::uint8_t>(byte));
}

ReleasedVersion read_version(detail::CanonicalReader& in) {
  ReleasedVersion version;
  version.version = in.integer<std::uint64_t>();
  for (std::byte& byte : version.root) byte = std::byte{in.integer<std::uint8_t>()};
  return version;
}

}  // namespace

std::size_t EvaluationPlan::band_of(std::size_t items) const noexcept {
  const auto end = std::ranges::lower_bound(band_ends, items);
  return static_cast<std::size_t>(end - band_ends.begin());
}

Result<> EvaluationPlan::validate() const {
  if (shops_min < kShopsMin || shops_min > kShopsMax) return out_of_range("shops_min: 2 to 256");
  if (bands() > kEvaluationBandsMax) return out_of_range("bands: at most 16");
  std::uint32_t before = 0;
  for (const std::uint32_t end : band_ends) {
    if (end <= before) return out_of_range("bands: ascending numbers of items above 0");
    before = end;
  }
  if (candidates.empty() || candidates.size() > kEvaluationCandidatesMax) {
    return out_of_range("candidates: 1 to 12, there are " + std::to_string(candidates.size()));
  }
  for (auto at = candidates.begin(); at != candidates.end(); ++at) {
    GS_CHECK(check(*at));
    for (auto before_it = candidates.begin(); before_it != at; ++before_it) {
      GS_CHECK(check_pair(*before_it, *at));
    }
  }
  return {};
}

Result<> EvaluationPlan::check_own_ridge(std::uint64_t version, double ridge) const {
  for (const EvaluationCandidate& candidate : candidates) {
    if (candidate.model.version != version || candidate.ridge == 0) continue;
    GS_CHECK(check_apart(version, candidate.ridge, ridge));
  }
  return {};
}

void EvaluationPlan::write(detail::CanonicalWriter& out) const {
  out.integer(shops_min);
  out.integer(static_cast<std::uint32_t>(band_ends.size()));
  for (const std::uint32_t end : band_ends) out.integer(end);
  out.integer(static_cast<std::uint32_t>(candidates.size()));
  for (const EvaluationCandidate& candidate : candidates) {
    write_version(out, candidate.model);
    out.real(candidate.ridge);
    write_version(out, candidate.other);
    out.real(candidate.other_weight);
  }
}

EvaluationPlan EvaluationPlan::read(detail::CanonicalReader& in) {
  EvaluationPlan plan;
  plan.shops_min = in.integer<std::uint32_t>();
  plan.band_ends = in.array<std::uint32_t>(in.integer<std::uint32_t>());
  const auto candidates = in.integer<std::uint32_t>();
  for (std::uint32_t k = 0; k < candidates && !in.failed(); ++k) {
    EvaluationCandidate candidate;
    candidate.model = read_version(in);
    candidate.ridge = in.real();
    candidate.other = read_version(in);
    candidate.other_weight = in.real();
    plan.candidates.push_back(candidate);
  }
  return plan;
}

}  // namespace guildsum::models
