#include "models/transition_plan.hpp"

#include <cmath>
#include <limits>

#include "models/detail/canonical.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

// One shop's count alone must fit into the 32 bits of the model.
constexpr std::uint32_t kPairsMax = std::numeric_limits<std::uint32_t>::max() / kTransitionUnits;

Error out_of_range(const char* field) { return {ModelsErrc::bad_plan, field}; }

}  // namespace

Result<> TransitionOptions::validate() const {
  if (!std::isfinite(shrink) || shrink < 0) return out_of_range("shrink must be 0 or above");
  if (!(decay > 0 && decay <= 1)) return out_of_range("decay must be above 0 and at most 1");
  if (baskets == 0) return out_of_range("baskets must be 1 or above");
  return {};
}

Result<> TransitionPlan::validate() const {
  if (distance_max == 0 || distance_max > kTransitionDistanceMax) {
    return out_of_range("distance_max: 1 to 5");
  }
  if (pairs_max == 0 || pairs_max > kPairsMax) return out_of_range("pairs_max: 1 to 71,582,788");
  return scoring.validate();
}

void TransitionPlan::write(detail::CanonicalWriter& out) const {
  out.integer(distance_max);
  out.integer(pairs_max);
  out.real(scoring.shrink);
  out.real(scoring.decay);
  out.integer(scoring.baskets);
}

TransitionPlan TransitionPlan::read(detail::CanonicalReader& in) {
  TransitionPlan plan;
  plan.distance_max = in.integer<std::uint32_t>();
  plan.pairs_max = in.integer<std::uint32_t>();
  plan.scoring.shrink = in.real();
  plan.scoring.decay = in.real();
  plan.scoring.baskets = in.integer<std::uint32_t>();
  return plan;
}

}  // namespace guildsum::models
