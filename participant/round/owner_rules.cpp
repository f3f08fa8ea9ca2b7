#include "participant/round/detail/owner_rules.hpp"

#include <algorithm>
#include <optional>

#include "base/config/reader.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"

namespace guildsum::participant::detail {
namespace {

using protocol::ProtocolErrc;

Error base_is_lost(const std::string& step) {
  return {ProtocolErrc::delta_base_lost,
          "this shop's values of its last sum before step " + step + " are not known any more"};
}

/// What this shop's delta would be against: it is there, and old enough. In a sum that comes right
/// after another the others have changed nothing, and who was left out of the other is read.
Result<> check_base(const protocol::RoundDescriptor& descriptor, const RoundContext& context,
                    const std::string& step) {
  const auto base = context.history.delta_base(descriptor.state);
  if (!base || context.history.repair_of(descriptor.state)) return {};
  if (context.holds_state && !context.holds_state(base->rd)) return base_is_lost(step);
  const auto contributed_ms = context.history.contributed_ms(base->rd);
  if (!contributed_ms) return {};
  // Negative when the clock was set back; it is then waited for.
  const std::chrono::milliseconds age{context.now_ms - *contributed_ms};
  const auto least = context.policy.delta_interval_min;
  if (age >= least) return {};
  return Error{ProtocolErrc::policy_refused,
               "step " + step + " comes " +
                   config::format_duration(std::max(age, std::chrono::milliseconds{0})) +
                   " after this shop's last contribution, policy.delta_interval_min is " +
                   config::format_duration(least)};
}

/// The differencing guard (docs/protocol.md section 6).
Result<> check_history(const protocol::RoundDescriptor& descriptor, const RoundContext& context) {
  const auto forbidden = context.history.forbids(descriptor.task_kind, descriptor.state);
  const std::string step =
      descriptor.state.step_kind + " " + std::to_string(descriptor.state.step_number);
  if (forbidden == ProtocolErrc::repeated_step) {
    return Error{*forbidden, "this shop is already counted in a sum of step " + step};
  }
  if (forbidden == ProtocolErrc::certificate_withheld) {
    return Error{*forbidden, "an earlier attempt up to step " + step +
                                 " may hold this shop's input; its certificate is missing"};
  }
  const bool joins = joins_deltas(descriptor.state);
  if (forbidden == ProtocolErrc::delta_base_lost) return base_is_lost(step);
  if (joins && !context.policy.accept_deltas) {
    return Error{ProtocolErrc::policy_refused, "policy.accept_deltas forbids step " + step};
  }
  const bool accepted = joins ? context.policy.accept_joins : context.policy.accept_new_lineages;
  if (forbidden == ProtocolErrc::new_lineage && !accepted) {
    const std::string why =
        joins ? "all of this shop's data would be added to a sum of what changed elsewhere"
              : "this shop's data is already in a sum of " + descriptor.state.step_kind;
    return Error{*forbidden, why + "; to allow it once: guildsum-participant approve " +
                                 approval_for(descriptor.task_kind, descriptor.state)};
  }
  return check_base(descriptor, context, step);
}

/// A repair asks for the vector that was kept, of exactly the shops that may be in its sum.
Result<> check_repair(const protocol::RoundDescription& description, const RoundContext& context) {
  const auto repair = context.history.repair_of(description.descriptor.state);
  if (!repair) return {};
  if (protocol::request_digest(description.descriptor) != repair->request) {
    return Error{ProtocolErrc::repair_mismatch, "it asks for another vector than the one kept"};
  }
  if (!std::ranges::equal(description.check_ins, repair->survivors, {},
                          &protocol::CheckIn::sender)) {
    return Error{ProtocolErrc::repair_mismatch, "its shops are not those of the certified sum"};
  }
  return {};
}

/// A coordinator that told shops different pasts cannot go on with all of them.
Result<> check_past(const protocol::RoundDescriptor& descriptor, const RoundContext& context) {
  if (!context.past) return {};
  const Result<protocol::Digest>& past = *context.past;
  if (past.has_error()) {
    return Error{ProtocolErrc::forked_chain,
                 "how the attempts before it ended is not shown: " + past.error().message()};
  }
  if (*past == descriptor.previous_transcript) return {};
  return Error{ProtocolErrc::forked_chain, "it does not continue the attempts that this shop saw"};
}

Result<> check_clip_norm(const protocol::RoundDescriptor& descriptor,
                         const ParticipantPolicy& policy) {
  const std::uint64_t asked = descriptor.codec.clip_norm_milli;
  if (policy.clip_norm_max == 0 || asked / 1000 < policy.clip_norm_max ||
      asked == policy.clip_norm_max * 1000) {
    return {};
  }
  return Error{ProtocolErrc::policy_refused, "the clip norm is " + std::to_string(asked) +
                                                 " thousandths, policy.clip_norm_max " +
                                                 std::to_string(policy.clip_norm_max)};
}

/// Epochs only rise: an older one would undo what newcomers are measured by.
Result<> check_epoch(const protocol::RoundDescriptor& descriptor, const RoundContext& context) {
  const auto& accepted = context.history.accepted_rosters();
  if (accepted.empty() || descriptor.epoch >= accepted.back().epoch) return {};
  return Error{ProtocolErrc::wrong_round,
               "epoch " + std::to_string(descriptor.epoch.value()) + " after epoch " +
                   std::to_string(accepted.back().epoch.value())};
}

/// Part of the chain that this shop has met.
struct KnownEntries {
  std::uint64_t count = 0;
  bool in_this_epoch = false;  ///< Met in this very epoch, for want of an earlier one.
};

/// What this shop went by in the newest earlier epoch; in its own first one, in the newest round
/// of it. Nothing before its first round.
std::optional<KnownEntries> known_entries(const RoundContext& context, protocol::Epoch epoch) {
  auto head = context.history.roster_before(epoch);
  KnownEntries known{0, !head.has_value()};
  if (!head && !context.history.accepted_rosters().empty()) {
    head = context.history.accepted_rosters().back().head;
  }
  if (!head) return std::nullopt;
  for (const protocol::RosterEntry& entry : context.roster.entries()) {
    if (protocol::roster_entry_digest(entry) == *head) known.count = entry.sequence;
  }
  return known;
}

/// New is who joined for this epoch, and whom the chain did not name when this shop last took part
/// in an earlier one: entries that name an old epoch do not slip by.
Result<> check_newcomers(const protocol::RoundDescriptor& descriptor, const RoundContext& context) {
  if (context.policy.new_members_max == 0) return {};
  const auto known = known_entries(context, descriptor.epoch);
  std::uint32_t newcomers = 0;
  for (const protocol::RosterEntry& entry : context.roster.entries()) {
    const bool joins = entry.change == protocol::RosterChange::join;
    const bool for_this_epoch = entry.epoch == descriptor.epoch && !(known && known->in_this_epoch);
    const bool is_new = for_this_epoch || (known && entry.sequence > known->count);
    if (!joins || !is_new) continue;
    // In its own first round everybody is new to it.
    if (entry.participant == context.self && !known) return {};
    if (context.roster.contains(entry.participant)) ++newcomers;
  }
  if (newcomers <= context.policy.new_members_max) return {};
  return Error{ProtocolErrc::policy_refused,
               std::to_string(newcomers) + " shops are new, policy.new_members_max " +
                   std::to_string(context.policy.new_members_max)};
}

}  // namespace

Result<> check_owner_rules(const protocol::RoundDescription& description,
                           const RoundContext& context) {
  const protocol::RoundDescriptor& descriptor = description.descriptor;
  GS_CHECK(check_epoch(descriptor, context));
  GS_CHECK(check_history(descriptor, context));
  GS_CHECK(check_repair(description, context));
  GS_CHECK(check_past(descriptor, context));
  GS_CHECK(check_clip_norm(descriptor, context.policy));
  return check_newcomers(descriptor, context);
}

}  // namespace guildsum::participant::detail
