// What the agent makes sure of before a round begins: part of Agent.
#include "participant/agent.hpp"
#include "participant/errors.hpp"
#include "participant/past.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {

void Agent::log_registrar() const {
  const Membership& member = files_.membership;
  if (!member.registrar_embedded) {
    return log_.info("registrar.external",
                     {{"fingerprint", protocol::fingerprint(member.registrar)},
                      {"pinned", config_.registrar.has_value()}});
  }
  if (config_.policy.trusted_min >= 2) return;
  log_.warn("registrar.embedded",
            {{"warning",
              "the coordinator signs the list of shops itself: this shop is protected from a "
              "curious coordinator, not from one that invents shops (policy.trusted_min)"}});
}

/// A check-in that this shop signed and its journal does not know: the journal is an old copy, and
/// what this shop is counted in since then is forgotten. The coordinator need not tell; whoever
/// restores a backup has no other way to be warned.
Result<> Agent::check_journal(const AttemptId& attempt) {
  GS_TRY(const auto last, remote_->last_check_in());
  if (!last || last->counter <= journal_->state().counter) return {};
  if (last->sender != files_.keys.id()) return {};
  if (protocol::verify(*last, files_.membership.federation).has_error()) return {};
  const auto kept = evidence_->keep(attempt, "own-check-in", protocol::encode(*last));
  if (!kept) log_.warn("evidence.not_kept", {{"reason", kept.error()}});
  return Error{protocol::ProtocolErrc::restored_backup,
               "this shop signed check-in " + std::to_string(last->counter) +
                   ", its journal ends at " + std::to_string(journal_->state().counter) +
                   ": restore the newest journal, or leave and join under a new identity"};
}

std::optional<Result<protocol::Digest>> Agent::past_of(const AttemptId& attempt) {
  const auto& last = journal_->state().last_bound;
  if (!last) return std::nullopt;
  const Membership& member = files_.membership;
  Past past = follow_past(*last, attempt, {member.federation, files_.keys.id(), member.coordinator},
                          *remote_);
  if (past.transcript.has_error()) {
    log_.warn("past.not_followed", {{"round", attempt.round},
                                    {"attempt", attempt.attempt},
                                    {"since", last->round},
                                    {"reason", past.transcript.error()}});
    if (!past.evidence.empty()) {
      const auto kept = evidence_->keep(attempt, "attempt-ends", past.evidence);
      if (!kept) log_.warn("evidence.not_kept", {{"reason", kept.error()}});
    }
  }
  return std::move(past.transcript);
}

bool Agent::needs_roster(const protocol::Digest& named) const {
  return named != roster_->head() ||
         roster_expires_ms_ <= clock_.wall_now().time_since_epoch().count();
}

/// The pinned head may only move forward along the same chain; the new one is kept before it is
/// used.
Result<> Agent::sync_roster(const AttemptId& attempt) {
  GS_TRY(const auto update, remote_->roster(roster_->sequence()));
  protocol::Roster next = *roster_;
  const auto applied = next.apply(update, clock_.wall_now().time_since_epoch().count());
  if (!applied) {
    const auto kept = evidence_->keep(attempt, "roster-" + refusal_code(applied.error()),
                                      protocol::encode(update));
    if (!kept) log_.warn("evidence.not_kept", {{"reason", kept.error()}});
    return applied.error();
  }
  GS_CHECK(save_roster(files_.paths, next, update.head));
  roster_.emplace(std::move(next));
  roster_expires_ms_ = update.head.expires_unix_ms;
  log_.info("roster.synced", {{"sequence", roster_->sequence()}, {"head", roster_->head()}});
  return {};
}

bool Agent::is_spent(const protocol::RoundInvitation& invitation) const {
  return passed_ && AttemptId{invitation.round, invitation.attempt} <= *passed_;
}

/// A second check-in for one attempt would be this shop's own signature under two stories, and
/// fresh secrets beside the ones that peers hold shares of.
Result<> Agent::refuse_spent(const protocol::RoundInvitation& invitation) {
  const AttemptId offered{invitation.round, invitation.attempt};
  stop_.wait_for(backoff_.next());
  if (offered_again_ == offered) return {};
  offered_again_ = offered;
  const Error reason{protocol::ProtocolErrc::wrong_round, "an invitation to a spent attempt"};
  log_.warn("round.refused",
            {{"round", invitation.round}, {"code", refusal_code(reason)}, {"reason", reason}});
  GS_CHECK(files_.activity->record_refusal(invitation.round, reason));
  report_refusal({invitation.round, invitation.attempt}, reason);
  return {};
}

}  // namespace guildsum::participant
