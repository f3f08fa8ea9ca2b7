#include "models/gradient_plan.hpp"

#include <cmath>
#include <string>

#include "models/detail/canonical.hpp"
#include "models/errors.hpp"

namespace guildsum::models {
namespace {

constexpr std::uint32_t kFactorsMax = 1'024;
constexpr std::uint32_t kRoundsMax = 10'000;
constexpr std::uint32_t kLocalEpochsMax = 100;
constexpr std::uint32_t kNegativesMax = 1'000;
constexpr std::uint32_t kCandidatesMax = 100'000;
constexpr std::uint64_t kScaleMax = std::uint64_t{1} << 32;
constexpr std::uint64_t kClipNormMax = std::uint64_t{1} << 40;
constexpr double kRateMax = 1'000;

Error out_of_range(const char* field) { return {ModelsErrc::bad_plan, field}; }
bool within(double value, double largest) {
  return std::isfinite(value) && value > 0 && value <= largest;
}
bool from_zero(double value, double largest) { return value == 0 || within(value, largest); }
bool decay(double value) { return std::isfinite(value) && value >= 0 && value < 1; }

Result<> check_server(const GradientPlan& plan) {
  if (plan.optimiser > ServerOptimiser::yogi) {
    return out_of_range("optimiser: sgd, momentum, adam or yogi");
  }
  if (!within(plan.server_rate, kRateMax)) return out_of_range("server_rate: above 0, up to 1000");
  if (!decay(plan.momentum)) return out_of_range("momentum: from 0, below 1");
  if (!decay(plan.second_moment)) return out_of_range("second_moment: from 0, below 1");
  if (!within(plan.adaptivity, kRateMax) || plan.adaptivity < 1e-12) {
    return out_of_range("adaptivity: 1e-12 to 1000");
  }
  return {};
}

}  // namespace

std::string_view to_string(ServerOptimiser optimiser) noexcept {
  switch (optimiser) {
    case ServerOptimiser::sgd:
      return "sgd";
    case ServerOptimiser::momentum:
      return "momentum";
    case ServerOptimiser::adam:
      return "adam";
    case ServerOptimiser::yogi:
      return "yogi";
  }
  return "unknown";
}

Result<ServerOptimiser> parse_server_optimiser(std::string_view text) {
  for (const auto optimiser : {ServerOptimiser::sgd, ServerOptimiser::momentum,
                               ServerOptimiser::adam, ServerOptimiser::yogi}) {
    if (text == to_string(optimiser)) return optimiser;
  }
  return Error{ModelsErrc::bad_plan,
               "unknown optimiser '" + std::string{text} + "', use sgd, momentum, adam or yogi"};
}

GradientPlan GradientPlan::for_softmax() {
  GradientPlan plan;
  plan.local_rate = 0.015;
  plan.regularisation = 0.01;
  return plan;
}

GradientPlan GradientPlan::centralised_bpr() {
  GradientPlan plan;
  plan.rounds = 60;
  plan.local_epochs = 1;
  plan.local_rate = 0.007;
  plan.regularisation = 0.01;
  plan.optimiser = ServerOptimiser::sgd;
  plan.server_rate = 1;
  return plan;
}

GradientPlan GradientPlan::centralised_softmax() {
  GradientPlan plan = centralised_bpr();
  plan.local_rate = 0.004;
  return plan;
}

Result<> GradientPlan::validate() const {
  if (factors == 0 || factors > kFactorsMax) return out_of_range("factors: 1 to 1024");
  if (!within(init_scale, kRateMax)) return out_of_range("init_scale: above 0, up to 1000");
  if (rounds == 0 || rounds > kRoundsMax) return out_of_range("rounds: 1 to 10000");
  if (local_epochs == 0 || local_epochs > kLocalEpochsMax) {
    return out_of_range("local_epochs: 1 to 100");
  }
  if (!within(local_rate, kRateMax)) return out_of_range("local_rate: above 0, up to 1000");
  if (!from_zero(regularisation, kRateMax)) return out_of_range("regularisation: 0 to 1000");
  if (negatives == 0 || negatives > kNegativesMax) return out_of_range("negatives: 1 to 1000");
  if (candidates == 0 || candidates > kCandidatesMax) {
    return out_of_range("candidates: 1 to 100000");
  }
  if (!from_zero(proximal, kRateMax)) return out_of_range("proximal: 0 to 1000");
  GS_CHECK(check_server(*this));
  if (scale == 0 || scale > kScaleMax) return out_of_range("scale: 1 to 2^32");
  if (clip_norm_l2 == 0 || clip_norm_l2 > kClipNormMax ||
      clip_norm_l2 > (std::uint64_t{1} << 61) / scale) {
    return out_of_range("clip_norm_l2 times scale: 1 to 2^61");
  }
  return {};
}

void GradientPlan::write(detail::CanonicalWriter& out) const {
  out.integer(factors);
  out.real(init_scale);
  out.integer(rounds);
  out.integer(local_epochs);
  out.real(local_rate);
  out.real(regularisation);
  out.integer(negatives);
  out.integer(candidates);
  out.real(proximal);
  out.integer(static_cast<std::uint8_t>(optimiser));
  out.real(server_rate);
  out.real(momentum);
  out.real(second_moment);
  out.real(adaptivity);
  out.integer(seed);
  out.integer(scale);
  out.integer(clip_norm_l2);
}

GradientPlan GradientPlan::read(detail::CanonicalReader& in) {
  GradientPlan plan;
  plan.factors = in.integer<std::uint32_t>();
  plan.init_scale = in.real();
  plan.rounds = in.integer<std::uint32_t>();
  plan.local_epochs = in.integer<std::uint32_t>();
  plan.local_rate = in.real();
  plan.regularisation = in.real();
  plan.negatives = in.integer<std::uint32_t>();
  plan.candidates = in.integer<std::uint32_t>();
  plan.proximal = in.real();
  plan.optimiser = static_cast<ServerOptimiser>(in.integer<std::uint8_t>());
  plan.server_rate = in.real();
  plan.momentum = in.real();
  plan.second_moment = in.real();
  plan.adaptivity = in.real();
  plan.seed = in.integer<std::uint64_t>();
  plan.scale = in.integer<std::uint64_t>();
  plan.clip_norm_l2 = in.integer<std::uint64_t>();
  return plan;
}

}  // namespace guildsum::models
