#include "models/detail/item_vectors.hpp"

#include <algorithm>

#include "models/kernels/scoring.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::size_t kStrideUnit = 8;  // As the kernel wants it.

std::size_t stride_of(std::size_t factors) {
  return (factors + kStrideUnit - 1) / kStrideUnit * kStrideUnit;
}

}  // namespace

ItemVectors::ItemVectors(std::span<const float> values, std::size_t items, std::size_t factors,
                         std::size_t row_length)
    : items_{items},
      factors_{factors},
      stride_{stride_of(factors)},
      values_(items * stride_, 0.0F) {
  for (std::size_t i = 0; i < items; ++i) {
    std::copy_n(values.data() + i * row_length, factors, values_.data() + i * stride_);
  }
}

std::vector<double> ItemVectors::sum_of(std::span<const ItemIndex> history) const {
  std::vector<double> sum(factors_, 0.0);
  for (const auto item : history) {
    const auto row = (*this)[item];
    for (std::size_t k = 0; k < factors_; ++k) sum[k] += static_cast<double>(row[k]);
  }
  return sum;
}

void ItemVectors::add_scores(std::span<const double> customer, std::span<double> scores) const {
  std::vector<double> padded(stride_, 0.0);
  std::ranges::copy(customer, padded.begin());
  kernels::best_kernels<kernels::ScoreKernels>().add_scores(values_.data(), items_, stride_,
                                                            padded.data(), scores.data());
}

std::vector<ItemIndex> outside_stock(std::span<const ItemIndex> stock, std::size_t items) {
  std::vector<ItemIndex> outside;
  if (stock.empty()) return outside;
  auto next = stock.begin();
  for (ItemIndex item = 0; item < items; ++item) {
    if (next != stock.end() && *next == item) {
      ++next;
    } else {
      outside.push_back(item);
    }
  }
  return outside;
}

}  // namespace guildsum::models::detail
