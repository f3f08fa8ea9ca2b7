#include "simulations/library/checked_sum.hpp"

#include <algorithm>

#include "base/errors.hpp"

namespace guildsum::simulations {

SumExactness& SumExactness::operator+=(const SumExactness& other) noexcept {
  sums += other.sums;
  values += other.values;
  different += other.different;
  ring_bits_max = std::max(ring_bits_max, other.ring_bits_max);
  length_max = std::max(length_max, other.length_max);
  return *this;
}

Result<std::vector<std::int64_t>> CheckedSum::sum(
    const models::TaskPlan& plan, const models::SumRequest& request,
    std::span<const std::vector<std::int64_t>> contributions) {
  if (stop_ && stop_()) return Error{BaseErrc::interrupted, "stopped between two sums"};
  GS_TRY(auto secure, masked_.sum(plan, request, contributions));
  participation_.push_back(masked_.counted());
  std::vector<std::vector<std::int64_t>> members;
  for (std::size_t shop = 0; shop < contributions.size(); ++shop) {
    if (participation_.back()[shop]) members.push_back(contributions[shop]);
  }
  PlainSum open;
  GS_TRY(const auto plain, open.sum(plan, request, members));
  ++exactness_.sums;
  exactness_.values += plain.size();
  exactness_.length_max = std::max<std::uint64_t>(exactness_.length_max, plain.size());
  exactness_.ring_bits_max =
      std::max(exactness_.ring_bits_max,
               request.layout.ring_bits_min(static_cast<std::uint32_t>(contributions.size())));
  for (std::size_t k = 0; k < plain.size(); ++k) {
    exactness_.different += k >= secure.size() || secure[k] != plain[k] ? 1 : 0;
  }
  return secure;
}

}  // namespace guildsum::simulations
