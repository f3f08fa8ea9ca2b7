#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <vector>

#include "base/result.hpp"

namespace guildsum::privacy {

/// How far one customer can move a sum of integers: upper bounds of the L1 and the L2 norm of the
/// vector that she adds.
struct Sensitivity {
  double l1 = 0;
  double l2 = 0;
};

/// (epsilon, delta) differential privacy, and the Rényi order at which epsilon is least.
struct PrivacyLoss {
  double epsilon = 0;
  double order = 0;
};

/// Rényi differential privacy (Mironov 2017) of a mechanism under adding or removing one customer:
/// an upper bound of the divergence at each of a fixed list of orders. Losses of mechanisms that
/// run on the same customers add up.
class RdpCurve {
 public:
  /// Of nothing published: zero everywhere.
  RdpCurve();
  /// Gaussian noise of standard deviation `noise_multiplier` x the L2 sensitivity:
  /// alpha / (2 z^2). BaseErrc::invalid_argument unless it is above 0.
  [[nodiscard]] static Result<RdpCurve> gaussian(double noise_multiplier);
  /// Skellam noise of this variance on every value (Agarwal, Kairouz, Liu 2021, theorem 3.5):
  /// alpha l2^2 / (2 mu) + min(((2 alpha - 1) l2^2 + 6 l1) / (4 mu^2), 3 l1 / (2 mu)) for whole
  /// orders; an order between two whole ones takes the upper one's, as divergence rises with the
  /// order. BaseErrc::invalid_argument unless variance and norms are finite and above 0.
  [[nodiscard]] static Result<RdpCurve> skellam(const Sensitivity& sensitivity, double variance);

  /// Both mechanisms run, one after the other, also where the second was chosen by what the first
  /// published.
  RdpCurve& operator+=(const RdpCurve& other) noexcept;
  /// The mechanism runs so often.
  [[nodiscard]] RdpCurve times(std::uint64_t runs) const;

  /// The least epsilon over the orders, by the conversion of Canonne, Kamath and Steinke 2020
  /// (proposition 12): loss + log(1 - 1/alpha) - log(alpha delta) / (alpha - 1), never below 0.
  /// BaseErrc::invalid_argument unless 0 < delta < 1.
  [[nodiscard]] Result<PrivacyLoss> at(double delta) const;

  /// The orders, ascending, all above 1.
  [[nodiscard]] static std::span<const double> orders() noexcept;
  /// The loss at each order.
  [[nodiscard]] std::span<const double> losses() const noexcept { return losses_; }

 private:
  std::vector<double> losses_;
};

}  // namespace guildsum::privacy
