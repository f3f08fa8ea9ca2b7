#include "protocol/cohort.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::protocol {

Result<Cohort> Cohort::parse(std::vector<ParticipantId> members) {
  if (members.size() > kCohortMax) return Error{ProtocolErrc::too_large, "cohort"};
  for (std::size_t i = 1; i < members.size(); ++i) {
    if (members[i - 1] == members[i]) return Error{ProtocolErrc::duplicate, members[i].hex()};
    if (members[i] < members[i - 1]) {
      return Error{ProtocolErrc::malformed, "members are not in cohort order"};
    }
  }
  Cohort cohort;
  cohort.members_ = std::move(members);
  return cohort;
}

Result<Cohort> Cohort::of(std::span<const CheckIn> check_ins) {
  std::vector<ParticipantId> members;
  members.reserve(check_ins.size());
  for (const CheckIn& check_in : check_ins) members.push_back(check_in.sender);
  return parse(std::move(members));
}

std::optional<CohortPosition> Cohort::position_of(const ParticipantId& id) const noexcept {
  const auto found = std::ranges::lower_bound(members_, id);
  if (found == members_.end() || *found != id) return std::nullopt;
  return CohortPosition{static_cast<std::uint32_t>(found - members_.begin())};
}

const ParticipantId& Cohort::at(CohortPosition position) const {
  GS_ASSERT(position.value() < members_.size());
  return members_[position.value()];
}

}  // namespace guildsum::protocol
