#include "coordinator/round_views.hpp"

#include <algorithm>

#include <boost/json/array.hpp>

#include "base/log.hpp"
#include "coordinator/continuation.hpp"
#include "models/sum_task.hpp"
#include "protocol/digests.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::AbortReason;
namespace json = boost::json;

json::array names_of(const std::vector<ParticipantId>& ids, const Membership& names) {
  json::array list;
  for (const ParticipantId& id : ids) list.emplace_back(names.name_of(id));
  return list;
}

std::string joined(const std::vector<ParticipantId>& ids, const Membership& names) {
  std::string text;
  for (const ParticipantId& id : ids) text += (text.empty() ? "" : ", ") + names.name_of(id);
  return text;
}

std::string_view sentence(AbortReason reason) noexcept {
  switch (reason) {
    case AbortReason::too_few_check_ins:
      return "too few shops checked in";
    case AbortReason::too_few_shares:
      return "too few shops shared keys";
    case AbortReason::too_few_masked_inputs:
      return "too few masked inputs arrived";
    case AbortReason::not_certified:
      return "too few survivors signed the certificate";
    case AbortReason::too_few_unmask_answers:
      return "too few shops answered unmasking";
    case AbortReason::dealer_fault:
      return "committed shares do not fit what their dealer announced";
    case AbortReason::abandoned:
      return "enough shops abandoned the attempt";
    case AbortReason::operator_abort:
      return "ended by the operator";
    case AbortReason::model_step_failed:
      return "the model step could not be computed from the opened sum";
    case AbortReason::storage_failed:
      return "the coordinator's storage failed";
  }
  return "unknown reason";
}

void add_result(json::object& out, const protocol::RoundResult& result) {
  out["sum"] = result.sum.hex();
  out["model_root"] = result.model_root.hex();
  out["model_version"] = result.model_version.value();
  out["survivor_count"] = result.survivor_count;
}

json::object votes_of(const std::vector<protocol::Vote>& votes) {
  const auto accepted = std::ranges::count_if(votes, &protocol::Vote::accept);
  return {{"accepted", accepted}, {"rejected", static_cast<std::int64_t>(votes.size()) - accepted}};
}

/// Names of U2, once it is known.
json::array survivors_of(const Phase& phase, const Membership& names) {
  struct Visitor {
    const ProposedRound* operator()(const Certifying& p) const { return &p.round; }
    const ProposedRound* operator()(const Unmasking& p) const { return &p.round.proposed; }
    const ProposedRound* operator()(const Opening& p) const { return &p.round.certified.proposed; }
    const ProposedRound* operator()(const CollectingVotes& p) const {
      return &p.round.certified.proposed;
    }
    const ProposedRound* operator()(const Completed& p) const {
      return &p.round.certified.proposed;
    }
    const ProposedRound* operator()(const CollectingCheckIns&) const { return nullptr; }
    const ProposedRound* operator()(const CollectingShares&) const { return nullptr; }
    const ProposedRound* operator()(const CollectingMaskedInputs&) const { return nullptr; }
    const ProposedRound* operator()(const CollectingAbandons&) const { return nullptr; }
    const ProposedRound* operator()(const Aborted&) const { return nullptr; }
  };
  json::array list;
  if (const ProposedRound* proposed = std::visit(Visitor{}, phase)) {
    for (const auto& header : proposed->headers) list.emplace_back(names.name_of(header.sender));
  }
  return list;
}

void add_outcome(json::object& out, const Phase& phase, const Membership& names) {
  out["survivors"] = survivors_of(phase, names);
  if (const auto* voting = std::get_if<CollectingVotes>(&phase)) add_result(out, voting->result);
  if (const auto* done = std::get_if<Completed>(&phase)) {
    add_result(out, done->result);
    out["votes"] = votes_of(done->votes);
    out["transcript"] = done->transcript.hex();
  }
  if (const auto* aborted = std::get_if<Aborted>(&phase)) {
    out["reason"] = json::object{{"code", code_of(aborted->message.reason)},
                                 {"text", explain_abort(aborted->message, names)},
                                 {"missing", names_of(aborted->message.missing, names)}};
  }
}

void add_progress(json::object& out, const RoundProgress& seen, const Membership& names) {
  json::array shops;
  for (const auto& [id, progress] : seen.shops) {
    shops.push_back(json::object{
        {"name", names.name_of(id)}, {"identity", id.hex()}, {"progress", to_string(progress)}});
  }
  out["shops"] = std::move(shops);
  out["waiting_for"] = names_of(seen.waiting_for, names);
  out["recovered"] = names_of(seen.recovered, names);
}

}  // namespace

std::string_view code_of(AbortReason reason) noexcept {
  switch (reason) {
    case AbortReason::too_few_check_ins:
      return "too-few-check-ins";
    case AbortReason::too_few_shares:
      return "too-few-shares";
    case AbortReason::too_few_masked_inputs:
      return "too-few-masked-inputs";
    case AbortReason::not_certified:
      return "not-certified";
    case AbortReason::too_few_unmask_answers:
      return "too-few-unmask-answers";
    case AbortReason::dealer_fault:
      return "dealer-fault";
    case AbortReason::abandoned:
      return "abandoned";
    case AbortReason::operator_abort:
      return "operator-abort";
    case AbortReason::model_step_failed:
      return "model-step-failed";
    case AbortReason::storage_failed:
      return "storage-failed";
  }
  return "unknown";
}

std::string explain_abort(const protocol::RoundAborted& message, const Membership& names) {
  std::string text{sentence(message.reason)};
  if (message.missing.empty()) return text;
  const bool fault = message.reason == AbortReason::dealer_fault;
  return text + (fault ? "; at fault: " : "; waited for ") + joined(message.missing, names);
}

std::string_view to_string(ShopProgress progress) noexcept {
  switch (progress) {
    case ShopProgress::invited:
      return "invited";
    case ShopProgress::checked_in:
      return "checked in";
    case ShopProgress::shared:
      return "shared keys";
    case ShopProgress::uploading:
      return "uploading";
    case ShopProgress::uploaded:
      return "uploaded";
    case ShopProgress::certified:
      return "certified";
    case ShopProgress::unmasked:
      return "unmasked";
    case ShopProgress::voted:
      return "voted";
    case ShopProgress::abandoned:
      return "abandoned";
  }
  return "unknown";
}

std::string_view to_string(TaskStatus status) noexcept {
  switch (status) {
    case TaskStatus::running:
      return "running";
    case TaskStatus::completed:
      return "completed";
    case TaskStatus::failed:
      return "failed";
  }
  return "unknown";
}

std::string_view to_string(RoundStatus status) noexcept {
  switch (status) {
    case RoundStatus::running:
      return "running";
    case RoundStatus::completed:
      return "completed";
    case RoundStatus::aborted:
      return "aborted";
    case RoundStatus::lost:
      return "lost";
  }
  return "unknown";
}

std::string_view to_string(ShopStatus status) noexcept {
  switch (status) {
    case ShopStatus::active:
      return "active";
    case ShopStatus::revoked:
      return "revoked";
    case ShopStatus::left:
      return "left";
  }
  return "unknown";
}

json::value time_or_null(std::int64_t unix_ms) {
  if (unix_ms == 0) return nullptr;
  return json::value(to_rfc3339(Clock::Wall{std::chrono::milliseconds{unix_ms}}));
}

json::object describe_round(const ActiveRound& round, const RoundRow& row, const Membership& names,
                            std::optional<std::chrono::milliseconds> remaining) {
  const protocol::RoundDescriptor& descriptor = round.plan().descriptor;
  json::object out{{"round", row.key.round.value()},
                   {"attempt", row.key.attempt.value()},
                   {"task", row.epoch.value()},
                   {"kind", descriptor.task_kind},
                   {"step", row.step_kind},
                   {"step_number", row.step_number},
                   {"delta", models::is_cumulative(row.step_kind) && row.step_number > 1},
                   {"status", to_string(row.status)},
                   {"phase", phase_name(round.phase())},
                   {"deadline_in_ms", nullptr},
                   {"values", descriptor.codec.vector_length},
                   {"ring_bits", descriptor.codec.ring_bits},
                   {"survivor_count", 0},
                   {"sum", nullptr},
                   {"model_root", nullptr},
                   {"model_version", 0},
                   {"reason", nullptr},
                   {"started_at", time_or_null(row.started_unix_ms)},
                   {"ended_at", time_or_null(row.ended_unix_ms)}};
  if (remaining) out["deadline_in_ms"] = remaining->count();
  add_progress(out, progress(round.phase(), round.context()), names);
  add_outcome(out, round.phase(), names);
  return out;
}

json::object describe_task(const TaskRow& task) {
  return {{"task", task.epoch.value()},
          {"kind", task.kind},
          {"status", to_string(task.status)},
          {"reason", task.reason.empty() ? json::value(nullptr) : json::value(task.reason)},
          {"sums_done", task.sums_done},
          {"sums_total", task.sums_total},
          {"lineage", lineage_of(task).hex()},
          {"continues_task",
           task.origin == task.epoch ? json::value(nullptr) : json::value(task.origin.value())},
          {"checkpoint", task.checkpoint.hex()},
          {"training_plan", to_hex(task.plan)},
          {"started_at", time_or_null(task.created_unix_ms)},
          {"ended_at", time_or_null(task.ended_unix_ms)}};
}

json::object describe_model(const ModelRow& model) {
  return {{"version", model.version.value()},
          {"kind", model.kind},
          {"task", model.epoch.value()},
          {"round", model.round.value()},
          {"survivor_count", model.survivors},
          {"blob", model.checkpoint.hex()},
          {"lineage", model.lineage.hex()},
          {"training_plan", to_hex(model.plan)},
          {"created_at", time_or_null(model.created_unix_ms)}};
}

json::object describe_refusal(const RefusalRow& refusal, const Membership& names) {
  return {{"name", names.name_of(refusal.identity)}, {"identity", refusal.identity.hex()},
          {"round", refusal.round.value()},          {"attempt", refusal.attempt.value()},
          {"code", refusal.code},                    {"at", time_or_null(refusal.at_unix_ms)}};
}

json::object describe_shop(const ShopRow& shop, Clock::Wall now) {
  constexpr std::int64_t kOnlineMs = 60'000;
  const std::int64_t now_ms = now.time_since_epoch().count();
  return {
      {"name", shop.name},
      {"identity", shop.identity.hex()},
      {"status", to_string(shop.status)},
      {"online", shop.status == ShopStatus::active && now_ms - shop.last_seen_unix_ms < kOnlineMs},
      {"last_seen", time_or_null(shop.last_seen_unix_ms)},
      {"joined_at", time_or_null(shop.joined_unix_ms)},
      {"certificate_expires_at", time_or_null(shop.certificate_expires_unix_ms)}};
}

}  // namespace guildsum::coordinator
