#include <cmath>
#include <string>

#include "models/detail/canonical.hpp"
#include "models/detail/ials_task.hpp"
#include "models/detail/seeded_factors.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::string_view kMagic = "GSII";
constexpr std::uint16_t kVersion = 1;

bool all_finite(std::span<const float> values) {
  for (const float value : values) {
    if (!std::isfinite(value)) return false;
  }
  return true;
}

}  // namespace

std::vector<float> starting_factors(const TaskPlan& plan) {
  const std::size_t d = plan.ials.factors;
  return seeded_factors(plan.ials.seed, plan.ials.init_scale, plan.items, d, d);
}

double frequency_regularisation(const IalsPlan& plan, double count, double total) noexcept {
  const double frequency = count + plan.unobserved_weight * total;
  if (plan.exponent == 1.0) return plan.regularisation * frequency;
  if (plan.exponent == 0.5) return plan.regularisation * std::sqrt(frequency);
  return plan.regularisation;
}

VectorLayout ials_gradient_layout(const TaskPlan& plan) {
  const auto& p = plan.ials;
  const std::uint64_t d = p.factors;
  return {{Segment::clipped("gradient", plan.items * d, p.scale, p.clip_norm_l2),
           Segment::clipped("user_gram", d * (d + 1) / 2, p.scale, p.clip_norm_l2),
           Segment::exact("item_customers", plan.items, plan.customers_max),
           Segment::exact("customers", 1, plan.customers_max),
           Segment::exact("segments_clipped", 1, 2)}};
}

VectorLayout ials_product_layout(const TaskPlan& plan) {
  const auto& p = plan.ials;
  return {
      {Segment::clipped("product", std::uint64_t{plan.items} * p.factors, p.scale, p.clip_norm_l2),
       Segment::exact("customers", 1, plan.customers_max),
       Segment::exact("segments_clipped", 1, 1)}};
}

Bytes IalsInputs::encode() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(static_cast<std::uint64_t>(item_factors.size()));
  out.integer(static_cast<std::uint64_t>(direction.size()));
  out.array(std::span{item_factors});
  out.array(std::span{direction});
  return std::move(out).take();
}

Result<IalsInputs> IalsInputs::parse(const TaskPlan& plan, bool with_direction, ByteView bytes) {
  const std::uint64_t length = std::uint64_t{plan.items} * plan.ials.factors;
  CanonicalReader in{bytes};
  in.header(kMagic, kVersion);
  const auto factors_length = in.integer<std::uint64_t>();
  const auto direction_length = in.integer<std::uint64_t>();
  if (factors_length != length || direction_length != (with_direction ? length : 0)) {
    return Error{ModelsErrc::malformed, "iALS inputs of another shape"};
  }
  IalsInputs inputs;
  inputs.item_factors = in.array<float>(factors_length);
  inputs.direction = in.array<float>(direction_length);
  GS_CHECK(in.finish("iALS inputs"));
  if (!all_finite(inputs.item_factors) || !all_finite(inputs.direction)) {
    return Error{ModelsErrc::not_finite, "iALS inputs"};
  }
  return inputs;
}

}  // namespace guildsum::models::detail
