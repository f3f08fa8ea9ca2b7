#include "privacy/rdp.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "base/errors.hpp"

namespace guildsum::privacy {
namespace {

/// 1.1 to 10.9 in tenths, 11 to 64, and powers of two up to 1,024: small budgets are least at high
/// orders, large ones at low orders.
std::vector<double> make_orders() {
  constexpr int kTenthsFirst = 11;
  constexpr int kTenthsLast = 109;
  constexpr int kWholeLast = 64;
  std::vector<double> orders;
  for (int tenths = kTenthsFirst; tenths <= kTenthsLast; ++tenths) orders.push_back(tenths / 10.0);
  for (int whole = kTenthsFirst; whole <= kWholeLast; ++whole) orders.push_back(whole);
  for (const double high : {128.0, 256.0, 512.0, 1024.0}) orders.push_back(high);
  return orders;
}

const std::vector<double>& all_orders() {
  static const std::vector<double> kOrders = make_orders();
  return kOrders;
}

bool is_positive(double value) { return std::isfinite(value) && value > 0; }

}  // namespace

std::span<const double> RdpCurve::orders() noexcept { return all_orders(); }

RdpCurve::RdpCurve() : losses_(all_orders().size(), 0.0) {}

Result<RdpCurve> RdpCurve::gaussian(double noise_multiplier) {
  if (!is_positive(noise_multiplier)) {
    return Error{BaseErrc::invalid_argument, "a noise multiplier is above 0"};
  }
  RdpCurve curve;
  for (std::size_t k = 0; k < curve.losses_.size(); ++k) {
    curve.losses_[k] = all_orders()[k] / (2.0 * noise_multiplier * noise_multiplier);
  }
  return curve;
}

Result<RdpCurve> RdpCurve::skellam(const Sensitivity& sensitivity, double variance) {
  const auto [l1, l2] = sensitivity;
  if (!is_positive(l1) || !is_positive(l2) || !is_positive(variance)) {
    return Error{BaseErrc::invalid_argument, "variance and sensitivities are above 0"};
  }
  RdpCurve curve;
  for (std::size_t k = 0; k < curve.losses_.size(); ++k) {
    const double order = std::ceil(all_orders()[k]);
    const double gaussian = order * l2 * l2 / (2.0 * variance);
    const double far = ((2.0 * order - 1.0) * l2 * l2 + 6.0 * l1) / (4.0 * variance * variance);
    const double near = 3.0 * l1 / (2.0 * variance);
    curve.losses_[k] = gaussian + std::min(far, near);
  }
  return curve;
}

RdpCurve& RdpCurve::operator+=(const RdpCurve& other) noexcept {
  for (std::size_t k = 0; k < losses_.size(); ++k) losses_[k] += other.losses_[k];
  return *this;
}

RdpCurve RdpCurve::times(std::uint64_t runs) const {
  RdpCurve total = *this;
  for (auto& loss : total.losses_) loss *= static_cast<double>(runs);
  return total;
}

Result<PrivacyLoss> RdpCurve::at(double delta) const {
  if (!is_positive(delta) || delta >= 1) {
    return Error{BaseErrc::invalid_argument, "delta lies between 0 and 1"};
  }
  PrivacyLoss best{HUGE_VAL, 0};
  for (std::size_t k = 0; k < losses_.size(); ++k) {
    const double order = all_orders()[k];
    // No divergence at all: the published never depended on her.
    if (losses_[k] == 0) return PrivacyLoss{0, order};
    const double epsilon =
        losses_[k] + std::log1p(-1.0 / order) - std::log(order * delta) / (order - 1.0);
    if (epsilon < best.epsilon) best = {epsilon, order};
  }
  best.epsilon = std::max(best.epsilon, 0.0);
  return best;
}

}  // namespace guildsum::privacy
