#include "participant/round/evaluation_rules.hpp"

#include <algorithm>
#include <string>

#include "protocol/errors.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

constexpr std::string_view kSecondStep = "evaluation.quality";

bool is_second_sum(const protocol::StateRoot& state) { return state.step_kind == kSecondStep; }

Error unknown_first_sum(const std::string& why) {
  return {ProtocolErrc::policy_refused,
          "how many shops with held-out purchases the figures would be of is not known: " + why};
}

/// @param is_there  whether a shop may still be in the second sum
template <class IsThere>
Result<> check_left(const KeptShops& kept, IsThere is_there) {
  const auto left_out = std::ranges::count_if(
      kept.shops, [&](const protocol::ParticipantId& shop) { return !is_there(shop); });
  if (left_out <= static_cast<std::ptrdiff_t>(kept.missing_max)) return {};
  return Error{ProtocolErrc::too_few,
               std::to_string(left_out) + " shops of the evaluation's first sum are not in its " +
                   "second one; with " + std::to_string(kept.missing_max + 1) +
                   " less the figures may be of fewer shops than it or policy.survivors_min says"};
}

}  // namespace

Result<std::optional<KeptShops>> shops_to_keep(const protocol::RoundDescription& message,
                                               const RoundContext& context) {
  if (!is_second_sum(message.descriptor.state)) return std::optional<KeptShops>{};
  if (!context.first_sum) return unknown_first_sum("this shop keeps no sums");
  const Result<FirstSum> first = context.first_sum(message);
  if (first.has_error()) return unknown_first_sum(first.error().message());
  const std::uint32_t least = std::max(first->shops_min, context.policy.survivors_min);
  if (first->measurable < least) {
    return Error{ProtocolErrc::policy_refused,
                 "the figures would be of " + std::to_string(first->measurable) +
                     " shops at most; the evaluation and policy.survivors_min want " +
                     std::to_string(least)};
  }
  KeptShops kept{first->survivors, first->measurable - least};
  GS_CHECK(check_left(kept, [&](const protocol::ParticipantId& shop) {
    return std::ranges::find(message.check_ins, shop, &protocol::CheckIn::sender) !=
           message.check_ins.end();
  }));
  return std::optional{std::move(kept)};
}

Result<> check_shops_kept(const AcceptedRound& round, const protocol::Survivors& survivors) {
  if (!is_second_sum(round.view.descriptor.state)) return {};
  if (!round.kept) return unknown_first_sum("it was forgotten");
  return check_left(*round.kept,
                    [&](const protocol::ParticipantId& shop) { return survivors.contains(shop); });
}

}  // namespace guildsum::participant
