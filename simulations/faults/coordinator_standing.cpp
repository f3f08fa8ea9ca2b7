#include <limits>

#include "base/errors.hpp"
#include "coordinator/transcripts.hpp"
#include "protocol/limits.hpp"
#include "protocol/transcript.hpp"
#include "simulations/faults/coordinator_node.hpp"

// What the checker reads from the coordinator's files.
namespace guildsum::simulations {

Result<Bytes> CoordinatorNode::read_sum(const protocol::BlobId& id) {
  if (!blobs_) return BaseErrc::not_found;
  return blobs_->load(id, protocol::kBlobBytesMax);
}

Result<CoordinatorNode::Standing> CoordinatorNode::standing() {
  Standing standing;
  if (!ledger_) return standing;
  GS_CHECK(ledger_->read([&](coordinator::LedgerReader& rows) -> Result<> {
    GS_TRY(const auto tasks, rows.recent_tasks(1));
    GS_TRY(const auto rounds, rows.recent_rounds(std::numeric_limits<std::uint32_t>::max()));
    standing.task_is_over =
        !tasks.empty() && tasks.front().status != coordinator::TaskStatus::running;
    standing.task_completed =
        !tasks.empty() && tasks.front().status == coordinator::TaskStatus::completed;
    if (!tasks.empty()) standing.reason = tasks.front().reason;
    for (const auto& row : rounds) {
      ++standing.attempts;
      standing.completed += row.status == coordinator::RoundStatus::completed ? 1U : 0U;
      if (row.status == coordinator::RoundStatus::running) {
        standing.running = participant::AttemptId{row.key.round, row.key.attempt};
      }
    }
    return {};
  }));
  return standing;
}

Result<> CoordinatorNode::verify_audit() {
  if (!ledger_) return Error{BaseErrc::unreachable, "the coordinator is down at the end"};
  GS_TRY(const Bytes bytes,
         coordinator::export_audit(*ledger_, *blobs_, roster_, terms_.federation));
  GS_TRY(const auto file, protocol::parse_audit_file(bytes));
  GS_TRY(const auto replayed,
         protocol::verify_audit_file(file,
                                     {terms_.federation, parts_.identities.coordinator.verify_key(),
                                      parts_.identities.registrar.verify_key()}));
  (void)replayed;
  return ledger_->read([&](coordinator::LedgerReader& rows) -> Result<> {
    GS_TRY(const auto links, rows.audit(0, std::numeric_limits<std::uint32_t>::max()));
    GS_CHECK(coordinator::verify_audit(links, {}));
    GS_TRY(const auto models, rows.models());
    for (std::size_t k = 1; k < models.size(); ++k) {
      if (models[k].version.value() != models[k - 1].version.value() + 1) {
        return Error{BaseErrc::corrupt, "model versions are not consecutive"};
      }
    }
    return {};
  });
}

}  // namespace guildsum::simulations
