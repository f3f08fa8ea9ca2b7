#include "models/detail/item_systems.hpp"

#include <algorithm>

#include "models/detail/ials_task.hpp"

namespace guildsum::models::detail {
namespace {

std::vector<double> unpack(std::span<const double> packed, std::size_t d) {
  std::vector<double> full(d * d);
  std::size_t next = 0;
  for (std::size_t i = 0; i < d; ++i) {
    for (std::size_t j = i; j < d; ++j) {
      full[i * d + j] = packed[next];
      full[j * d + i] = packed[next];
      ++next;
    }
  }
  return full;
}

}  // namespace

ItemSystems::ItemSystems(const IalsPlan& plan, std::span<const double> user_gram,
                         std::span<const std::uint64_t> item_customers, std::uint64_t customers)
    : plan_{plan},
      d_{plan.factors},
      user_gram_{unpack(user_gram, d_)},
      eigen_{symmetric_eigen(user_gram_, d_)} {
  // Rounding noise may push an eigenvalue of a Gram matrix a little below zero.
  for (auto& value : eigen_.values) value = std::max(value, 0.0);
  const auto n = static_cast<double>(customers);
  for (const auto count : item_customers) {
    const auto c = static_cast<double>(count);
    regularisation_.push_back(frequency_regularisation(plan, c, n));
    share_.push_back(c / n);
  }
}

void ItemSystems::apply_shared(std::size_t item, std::span<const double> x,
                               std::span<double> out) const {
  for (std::size_t i = 0; i < d_; ++i) {
    double dot = 0;
    for (std::size_t j = 0; j < d_; ++j) dot += user_gram_[i * d_ + j] * x[j];
    out[i] = plan_.unobserved_weight * dot + regularisation_[item] * x[i];
  }
}

void ItemSystems::precondition(std::size_t item, std::span<const double> x,
                               std::span<double> out) const {
  std::vector<double> rotated(d_, 0.0);
  for (std::size_t i = 0; i < d_; ++i) {
    for (std::size_t j = 0; j < d_; ++j) rotated[j] += eigen_.vectors[i * d_ + j] * x[i];
  }
  const double weight = plan_.unobserved_weight + share_[item];
  for (std::size_t j = 0; j < d_; ++j) {
    rotated[j] = rotated[j] / (weight * eigen_.values[j] + regularisation_[item]);
  }
  for (std::size_t i = 0; i < d_; ++i) {
    double dot = 0;
    for (std::size_t j = 0; j < d_; ++j) dot += eigen_.vectors[i * d_ + j] * rotated[j];
    out[i] = dot;
  }
}

}  // namespace guildsum::models::detail
