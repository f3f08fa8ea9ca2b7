#pragma once

#include <span>
#include <string_view>

#include "protocol/checks.hpp"

/// What nearly every check of `checks.cpp` and `intake.cpp` begins with.
namespace guildsum::protocol::detail {

/// ProtocolErrc::wrong_round unless the message is about this round's descriptor.
[[nodiscard]] Result<> check_rd(const RoundDigest& rd, const RoundView& round);
/// ProtocolErrc::not_a_member for others than cohort members.
[[nodiscard]] Result<CohortPosition> cohort_position(const ParticipantId& id,
                                                     const RoundView& round);
[[nodiscard]] Result<> check_cohort_member(const ParticipantId& id, const RoundView& round);
/// ProtocolErrc::not_a_member unless `id` is in a list in cohort order; `list_name` is "U1" or
/// "U2".
[[nodiscard]] Result<> check_listed(const ParticipantId& id, std::span<const MemberDigest> list,
                                    std::string_view list_name);
/// A list in cohort order without repeats, of cohort members only, with at least s_min of them.
/// @return ProtocolErrc::duplicate, malformed, not_a_member, too_few.
[[nodiscard]] Result<> check_member_list(std::span<const MemberDigest> list, const RoundView& round,
                                         std::string_view list_name);
/// Where `id` is in a list in cohort order, or nullptr.
[[nodiscard]] const MemberDigest* find_member(std::span<const MemberDigest> list,
                                              const ParticipantId& id) noexcept;

}  // namespace guildsum::protocol::detail
