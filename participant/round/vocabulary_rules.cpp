#include "participant/round/vocabulary_rules.hpp"

#include "models/task_plan.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

Error sparse(std::string why) { return {ProtocolErrc::sparse_row, std::move(why)}; }

/// Every member of the key must still belong to the federation: who left still knows it.
Result<> check_key(const protocol::RoundDescriptor& descriptor, const VocabularyView& own,
                   const protocol::Roster& roster) {
  if (own.key.is_zero()) {
    return Error{ProtocolErrc::vocabulary_key_equivocation, "this shop has no vocabulary key"};
  }
  if (descriptor.vocabulary_key != own.key) {
    return Error{ProtocolErrc::vocabulary_key_equivocation,
                 "the round names another key than this shop agreed to"};
  }
  for (const protocol::ParticipantId& member : own.members) {
    if (roster.contains(member)) continue;
    return Error{ProtocolErrc::vocabulary_key_equivocation,
                 "the key is known to a shop that has left: " + member.hex()};
  }
  return {};
}

Result<> check_gate(std::uint32_t holders_min, const protocol::RoundDescriptor& descriptor) {
  const std::uint32_t wanted = protocol::kHolders + descriptor.c;
  if (holders_min >= wanted) return {};
  return sparse("rows of " + std::to_string(holders_min) + " holders, k + c is " +
                std::to_string(wanted));
}

}  // namespace

Result<> check_vocabulary(const protocol::RoundDescription& message, const RoundContext& context) {
  if (context.vocabulary == nullptr) return {};
  const VocabularyView& own = *context.vocabulary;
  const protocol::RoundDescriptor& descriptor = message.descriptor;
  GS_CHECK(check_key(descriptor, own, context.roster));
  GS_TRY(const auto plan, models::TaskPlan::parse(message.training_plan));
  if (plan.kind == models::TaskKind::vocabulary) {
    if (!descriptor.vocabulary.is_zero()) return sparse("a histogram over rows");
    return check_gate(plan.vocabulary.holders_min, descriptor);
  }
  if (!own.shared || own.shared->key != own.key) {
    return sparse("this shop has verified no histogram under the key");
  }
  if (descriptor.vocabulary != protocol::Digest{own.shared->root.view()}) {
    return sparse("rows of another histogram than the one that this shop verified");
  }
  if (plan.items != own.shared->rows) {
    return sparse(std::to_string(plan.items) + " rows, the histogram leads to " +
                  std::to_string(own.shared->rows));
  }
  return check_gate(own.shared->holders_min, descriptor);
}

}  // namespace guildsum::participant
