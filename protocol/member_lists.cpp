#include "protocol/detail/member_lists.hpp"

#include <algorithm>

namespace guildsum::protocol::detail {

Result<> check_rd(const RoundDigest& rd, const RoundView& round) {
  if (rd != round.rd) return ProtocolErrc::wrong_round;
  return {};
}

Result<CohortPosition> cohort_position(const ParticipantId& id, const RoundView& round) {
  const auto position = round.cohort.position_of(id);
  if (!position) return Error{ProtocolErrc::not_a_member, id.hex() + " of the cohort"};
  return *position;
}

Result<> check_cohort_member(const ParticipantId& id, const RoundView& round) {
  GS_TRY([[maybe_unused]] const CohortPosition position, cohort_position(id, round));
  return {};
}

const MemberDigest* find_member(std::span<const MemberDigest> list,
                                const ParticipantId& id) noexcept {
  const auto found = std::ranges::lower_bound(list, id, {}, &MemberDigest::member);
  return found == list.end() || found->member != id ? nullptr : &*found;
}

Result<> check_listed(const ParticipantId& id, std::span<const MemberDigest> list,
                      std::string_view list_name) {
  if (find_member(list, id) == nullptr) {
    return Error{ProtocolErrc::not_a_member, id.hex() + " of " + std::string{list_name}};
  }
  return {};
}

Result<> check_member_list(std::span<const MemberDigest> list, const RoundView& round,
                           std::string_view list_name) {
  for (std::size_t i = 0; i < list.size(); ++i) {
    GS_CHECK(check_cohort_member(list[i].member, round));
    if (i == 0) continue;
    if (list[i - 1].member == list[i].member) {
      return Error{ProtocolErrc::duplicate, list[i].member.hex() + " in " + std::string{list_name}};
    }
    if (list[i].member < list[i - 1].member) {
      return Error{ProtocolErrc::malformed, std::string{list_name} + " is not in cohort order"};
    }
  }
  if (list.size() < round.descriptor.s_min) {
    return Error{ProtocolErrc::too_few, std::string{list_name} + " has " +
                                            std::to_string(list.size()) + " members of at least " +
                                            std::to_string(round.descriptor.s_min)};
  }
  return {};
}

}  // namespace guildsum::protocol::detail
