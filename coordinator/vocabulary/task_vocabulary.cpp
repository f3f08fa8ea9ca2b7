// What a private vocabulary means for the running task: part of RoundService.
#include <algorithm>

#include "base/errors.hpp"
#include "coordinator/round_service.hpp"
#include "models/released.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

Error none_shared(std::string why) {
  return {BaseErrc::not_found, std::move(why) + "; run a vocabulary task first"};
}

}  // namespace

std::uint32_t RoundService::holders_min() const {
  const auto active = static_cast<std::uint32_t>(parts_.membership.roster().members().size());
  const std::uint32_t corrupt = terms_.rounds.corrupt;
  return protocol::kHolders + (corrupt != 0 ? corrupt : protocol::default_corrupt(active));
}

Result<SharedVocabulary> RoundService::shared_vocabulary() const {
  GS_TRY(const auto models,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.models(); }));
  const auto newest = std::find_if(models.rbegin(), models.rend(), [](const ModelRow& model) {
    return model.kind == models::to_string(models::TaskKind::vocabulary);
  });
  if (newest == models.rend()) return none_shared("no rows are shared yet");
  GS_TRY(const auto key, parts_.keys->known_key(newest->epoch));
  if (!key) return Error{BaseErrc::corrupt, "a vocabulary without its key agreement"};
  for (const ParticipantId& member : key->members) {
    if (parts_.membership.is_eligible(member, newest->epoch)) continue;
    return none_shared(parts_.membership.name_of(member) + " has left and knows the key");
  }
  GS_TRY(const auto plan, models::TaskPlan::parse(newest->plan));
  if (plan.vocabulary.holders_min < holders_min()) {
    return none_shared("the shared rows were made for fewer corrupt shops");
  }
  GS_TRY(const Bytes checkpoint, parts_.blobs.load(newest->checkpoint, protocol::kBlobBytesMax));
  GS_TRY(const auto released, models::release(plan, checkpoint));
  SharedVocabulary shared;
  shared.root = newest->checkpoint;
  shared.rows = static_cast<std::uint32_t>(std::get<models::VocabularyModel>(released).rows.size());
  shared.key = *key;
  return shared;
}

Result<> RoundService::check_vocabulary(const models::TaskPlan& plan) const {
  const bool counts_presence = plan.kind == models::TaskKind::vocabulary;
  if (parts_.keys == nullptr) {
    if (!counts_presence) return {};
    return Error{BaseErrc::invalid_config, "a vocabulary task needs catalogue.mode = \"private\""};
  }
  if (counts_presence) {
    if (plan.vocabulary.holders_min >= holders_min()) return {};
    return Error{BaseErrc::privacy_refused, "fewer holders than k + c"};
  }
  GS_TRY(const auto shared, shared_vocabulary());
  if (plan.items == shared.rows) return {};
  return Error{BaseErrc::privacy_refused,
               std::to_string(plan.items) + " rows, shared are " + std::to_string(shared.rows)};
}

Result<std::optional<Continuation>> RoundService::continuation_for(
    const models::TaskPlan& plan) const {
  if (plan.kind != models::TaskKind::ease) return std::optional<Continuation>{};
  if (parts_.keys == nullptr) return continuation_of(parts_.ledger, plan, terms_.vocabulary);
  GS_TRY(const auto shared, shared_vocabulary());
  return continuation_of(parts_.ledger, plan, Digest{shared.root.view()});
}

Result<std::optional<SharedVocabulary>> RoundService::vocabulary_of_task() {
  if (parts_.keys == nullptr) return std::optional<SharedVocabulary>{};
  if (run_->plan.kind != models::TaskKind::vocabulary) {
    GS_TRY(auto shared, shared_vocabulary());
    return std::optional{std::move(shared)};
  }
  GS_TRY(const auto key, parts_.keys->key_for(run_->row.epoch));
  if (!key) return std::optional<SharedVocabulary>{};
  SharedVocabulary shared;
  shared.key = *key;
  return std::optional{std::move(shared)};
}

}  // namespace guildsum::coordinator
