#include "models/gram.hpp"

#include <algorithm>

#include "models/errors.hpp"

namespace guildsum::models {

GramModel gram_of(const Interactions& interactions) {
  const std::uint32_t n = interactions.items();
  GramModel gram{n, std::vector<std::uint32_t>(GramModel::packed_length(n), 0)};
  const Interactions by_item = interactions.transposed();
  // Row by row, so that the counters in use stay in the first-level cache.
  for (std::uint32_t i = 0; i < n; ++i) {
    // Position of (i, j) is row + j; computed without a base that could lie before the array.
    const std::size_t row = GramModel::packed_index(n, i, i) - i;
    for (const auto customer : by_item.row(i)) {
      const auto bought = interactions.row(customer);
      for (auto j = std::ranges::lower_bound(bought, i); j != bought.end(); ++j) {
        ++gram.upper[row + *j];
      }
    }
  }
  return gram;
}

Result<> subtract(GramModel& gram, const Interactions& removed) {
  if (gram.items != removed.items()) return Error{ModelsErrc::wrong_shape, "another item list"};
  const GramModel part = gram_of(removed);
  for (std::size_t k = 0; k < part.upper.size(); ++k) {
    if (part.upper[k] > gram.upper[k]) {
      return Error{ModelsErrc::out_of_range, "these customers are not in the Gram matrix"};
    }
  }
  for (std::size_t k = 0; k < part.upper.size(); ++k) gram.upper[k] -= part.upper[k];
  return {};
}

}  // namespace guildsum::models
