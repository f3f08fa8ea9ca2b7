#pragma once

#include <cstdint>
#include <string_view>

#include "base/result.hpp"

namespace guildsum::models {

namespace detail {
class CanonicalReader;
class CanonicalWriter;
}  // namespace detail

/// How the coordinator moves the model along the shops' average delta.
enum class ServerOptimiser : std::uint8_t {
  sgd = 0,       ///< By the delta itself: federated averaging (McMahan et al. 2017) at a rate of 1.
  momentum = 1,  ///< FedAvgM (Hsu et al. 2019).
  adam = 2,      ///< FedAdam (Reddi et al. 2021).
  yogi = 3,      ///< FedYogi (Reddi et al. 2021).
};

/// "sgd", "momentum", "adam" or "yogi".
[[nodiscard]] std::string_view to_string(ServerOptimiser optimiser) noexcept;
/// ModelsErrc::bad_plan on another word.
[[nodiscard]] Result<ServerOptimiser> parse_server_optimiser(std::string_view text);

/// Settings of matrix factorisation by local gradient steps, for the kinds bpr (Rendle et al. 2009)
/// and softmax. Every sum is one round of federated averaging: shops train from the same item
/// vectors and the coordinator applies the average of what they changed. Defaults are the measured
/// ones of a federated BPR; the functions below have the others.
struct GradientPlan {
  std::uint32_t factors = 64;  ///< d; every item also has a bias.
  double init_scale = 0.1;     ///< Standard deviation of an item's starting vector times sqrt(d).
  std::uint32_t rounds = 50;
  std::uint32_t local_epochs = 2;
  double local_rate = 0.03;  ///< Step size of the shops' stochastic gradient descent.
  /// L2 of item vectors and biases: per touched item and step (BPR), per customer (softmax).
  double regularisation = 0.02;
  std::uint32_t negatives = 1;       ///< BPR: items not bought, drawn uniformly, per purchase.
  std::uint32_t candidates = 5'000;  ///< Softmax: up to this many items the loss is exact.
  double proximal = 0;               ///< mu of FedProx (Li et al. 2020); 0 is federated averaging.
  ServerOptimiser optimiser = ServerOptimiser::momentum;
  double server_rate = 1.2;     ///< Step size at the coordinator.
  double momentum = 0.7;        ///< beta_1 of momentum, Adam and Yogi.
  double second_moment = 0.99;  ///< beta_2 of Adam and Yogi.
  double adaptivity = 1e-3;     ///< tau of Adam and Yogi: added to the root of the second moment.
  std::uint64_t seed = 1;       ///< Of the starting vectors, equal at every shop.
  std::uint64_t scale = 64;     ///< Fixed-point units per 1.0 of customers times delta.
  std::uint64_t clip_norm_l2 = 1'048'576;  ///< Largest L2 norm of customers times delta of a shop.
  friend bool operator==(const GradientPlan&, const GradientPlan&) = default;

  /// The measured settings of a federated softmax.
  [[nodiscard]] static GradientPlan for_softmax();
  /// The measured settings with all purchases in one place: plain stochastic gradient descent.
  [[nodiscard]] static GradientPlan centralised_bpr();
  [[nodiscard]] static GradientPlan centralised_softmax();
  /// ModelsErrc::bad_plan naming the first value that is out of range.
  [[nodiscard]] Result<> validate() const;
  void write(detail::CanonicalWriter& out) const;
  [[nodiscard]] static GradientPlan read(detail::CanonicalReader& in);
};

}  // namespace guildsum::models
