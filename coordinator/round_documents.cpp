// What the operator reads of tasks and rounds.
#include <algorithm>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/round_service.hpp"
#include "coordinator/round_views.hpp"
#include "coordinator/task_failure.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;

namespace {

constexpr std::uint32_t kListed = 1000;

/// Of an attempt that ended: what was stored then.
boost::json::object stored(const RoundRow& row) {
  auto parsed = json::parse_object(row.summary);
  if (parsed.has_value()) return *std::move(parsed);
  return {{"round", row.key.round.value()},
          {"attempt", row.key.attempt.value()},
          {"status", to_string(row.status)}};
}

constexpr std::uint64_t kRefusalRoundsKept = 1000;  // of each shop

}  // namespace

Result<> RoundService::note_refusal(const protocol::Refusal& refusal) {
  GS_CHECK(protocol::verify(refusal, terms_.federation));
  const std::scoped_lock lock{mutex_};
  GS_TRY(const auto rows, read_from(parts_.ledger, [&](LedgerReader& reader) {
           return reader.attempts(refusal.round);
         }));
  const bool known = std::ranges::any_of(
      rows, [&](const RoundRow& row) { return row.key.attempt == refusal.attempt; });
  if (!known) return ProtocolErrc::wrong_round;
  GS_TRY(const auto noted, read_from(parts_.ledger, [&](LedgerReader& reader) {
           return reader.refusals_of(refusal.round);
         }));
  // The first one stays: repeated, it must cost no transaction and wake nobody.
  if (std::ranges::any_of(noted, [&](const RefusalRow& row) {
        return row.identity == refusal.sender && row.attempt == refusal.attempt;
      })) {
    return {};
  }
  const RefusalRow row{refusal.sender, refusal.round, refusal.attempt, refusal.code, now()};
  GS_CHECK(parts_.ledger.change(
      [&](LedgerWriter& writer) { return writer.add_refusal(row, kRefusalRoundsKept); }));
  parts_.log.info("round.refused_by", {{"round", refusal.round},
                                       {"shop", parts_.membership.name_of(refusal.sender)},
                                       {"code", refusal.code}});
  parts_.changes.notify();
  return {};
}

std::string RoundService::document_of(const RoundRow& row) const {
  if (active_ && active_->key() == row.key && !active_->is_behind()) {
    return boost::json::serialize(
        describe_round(*active_, active_->row(), parts_.membership, remaining()));
  }
  return boost::json::serialize(stored(row));
}

Result<std::string> RoundService::task_document(protocol::Epoch epoch) const {
  const std::scoped_lock lock{mutex_};
  GS_TRY(const auto task,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.task(epoch); }));
  if (!task) return Error{BaseErrc::not_found, "task " + std::to_string(epoch.value())};
  boost::json::object described = describe_task(*task);
  described["failure"] = nullptr;
  if (task->status == TaskStatus::failed) {
    GS_TRY(const TaskFailure failure, failure_of(parts_.ledger, *task));
    described["failure"] = to_string(failure);
  }
  boost::json::object out{
      {"version", parts_.changes.version()}, {"task", std::move(described)}, {"round", nullptr}};
  if (active_ && active_->row().epoch == epoch && !active_->is_behind()) {
    out["round"] = describe_round(*active_, active_->row(), parts_.membership, remaining());
  }
  return boost::json::serialize(out);
}

Result<std::string> RoundService::tasks_document() const {
  GS_TRY(auto tasks,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.recent_tasks(kListed); }));
  std::ranges::reverse(tasks);
  boost::json::array list;
  for (const TaskRow& task : tasks) list.push_back(describe_task(task));
  return boost::json::serialize(boost::json::object{{"tasks", std::move(list)}});
}

Result<std::string> RoundService::round_document(protocol::RoundId round) const {
  const std::scoped_lock lock{mutex_};
  GS_TRY(const auto rows,
         read_from(parts_.ledger, [&](LedgerReader& reader) { return reader.attempts(round); }));
  if (rows.empty()) return Error{BaseErrc::not_found, "round " + std::to_string(round.value())};
  boost::json::array attempts;
  for (const RoundRow& row : rows) attempts.push_back(boost::json::parse(document_of(row)));
  boost::json::object out = attempts.back().as_object();
  attempts.pop_back();
  out["version"] = parts_.changes.version();
  out["attempts"] = std::move(attempts);
  GS_TRY(const auto refusals,
         read_from(parts_.ledger, [&](LedgerReader& reader) { return reader.refusals_of(round); }));
  boost::json::array refused;
  for (const RefusalRow& row : refusals) {
    refused.push_back(describe_refusal(row, parts_.membership));
  }
  out["refusals"] = std::move(refused);
  return boost::json::serialize(out);
}

Result<std::string> RoundService::rounds_document() const {
  const std::scoped_lock lock{mutex_};
  GS_TRY(auto rows, read_from(parts_.ledger,
                              [](LedgerReader& reader) { return reader.recent_rounds(kListed); }));
  std::ranges::reverse(rows);
  boost::json::array list;
  for (const RoundRow& row : rows) list.push_back(boost::json::parse(document_of(row)));
  return boost::json::serialize(
      boost::json::object{{"version", parts_.changes.version()}, {"rounds", std::move(list)}});
}

}  // namespace guildsum::coordinator
