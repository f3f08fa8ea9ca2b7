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
constexpr double kRidgeMax = 1e9;

Error out_of_range(std::string field) { return {ModelsErrc::bad_plan, std::move(field)}; }

Result<> check(const EvaluationCandidate& candidate) {
  if (candidate.model.version == 0) return out_of_range("a candidate needs a version");
  if (!std::isfinite(candidate.ridge) || std::signbit(candidate.ridge) ||
      candidate.ridge > kRidgeMax) {
    return out_of_range("ridge of a candidate: 0 to 10^9");
  }
  if (!candidate.is_blend()) {
    if (candidate.other == ReleasedVersion{} && candidate.other_weight == 0) return {};
    return out_of_range("a candidate with half a blend");
  }
  if (candidate.other.version == candidate.model.version) {
    return out_of_range("a blend is of two different versions");
  }
  if (!(candidate.other_weight > 0 && candidate.other_weight < 1)) {
    return out_of_range("weight of a blend: above 0 and below 1");
  }
  return {};
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
    return out_of_range("candidates: 1 to 16, there are " + std::to_string(candidates.size()));
  }
  for (auto at = candidates.begin(); at != candidates.end(); ++at) {
    GS_CHECK(check(*at));
    if (std::find(candidates.begin(), at, *at) != at) {
      return out_of_range("the same candidate twice");
    }
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
