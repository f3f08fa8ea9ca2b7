#include "participant/settlement.hpp"

#include <algorithm>

#include "participant/remote/retry.hpp"
#include "protocol/checks.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

/// The round as it was accepted.
Result<protocol::RoundView> kept_view(const UnsettledContribution& open, const Spool& spool) {
  GS_TRY(const auto description, spool.description(open.rd));
  GS_TRY(auto view, protocol::RoundView::of(description));
  if (view.rd != open.rd) return ProtocolErrc::digest_mismatch;
  return view;
}

/// Success: q members of the round abandoned it.
Result<> verify_abandoned(const UnsettledContribution& open, const protocol::RoundView& view,
                          Remote& remote) {
  GS_TRY(const Bytes frame, remote.outcome({open.round, open.attempt}));
  GS_TRY(const auto aborted, protocol::decode<protocol::RoundAborted>(frame));
  if (aborted.rd != open.rd) return ProtocolErrc::wrong_round;
  if (aborted.certificate.empty()) return ProtocolErrc::certificate_withheld;
  return protocol::check_abandon_certificate(aborted.certificate, view);
}

/// What a survivor certificate of the round proves.
Result<protocol::CertifiedSet> verify_certified(const UnsettledContribution& open,
                                                const protocol::RoundView& view, Remote& remote) {
  GS_TRY(const Bytes frame, remote.survivors({open.round, open.attempt}));
  GS_TRY(const auto unopened, protocol::decode<protocol::UnopenedRound>(frame));
  return protocol::check_unopened_round(unopened, view);
}

/// What is known now of one contribution; nothing when it stays as it is.
Result<std::optional<JournalRecord>> look_up(const UnsettledContribution& open,
                                             const protocol::ParticipantId& self,
                                             const Spool& spool, Remote& remote) {
  GS_TRY(const auto view, kept_view(open, spool));
  const auto abandoned = verify_abandoned(open, view, remote);
  if (abandoned) return std::optional<JournalRecord>{AbandonCertified{open.rd}};
  if (open.certified) return std::optional<JournalRecord>{};
  auto set = verify_certified(open, view, remote);
  if (!set) return is_retryable(set.error()) ? set.error() : abandoned.error();
  // Not being named frees only who was a member: a shop that came back under another key finds its
  // old name in no certificate by the new one, and its input may be in the sum all the same.
  const bool was_member = view.cohort.position_of(self).has_value();
  const bool names_this_shop = !was_member || std::ranges::binary_search(set->survivors, self);
  return std::optional<JournalRecord>{ContributionCertified{
      open.rd, std::move(set->survivors), std::move(set->faulty), names_this_shop}};
}

}  // namespace

Result<bool> settle_contributions(Journal& journal, const protocol::ParticipantId& self,
                                  const Spool& spool, Remote& remote, Log& log) {
  bool answered = true;
  const std::vector<UnsettledContribution> unsettled = journal.state().history.unsettled();
  for (const UnsettledContribution& open : unsettled) {
    const auto known = look_up(open, self, spool, remote);
    if (!known) {
      log.info("contribution.unsettled", {{"round", open.round},
                                          {"attempt", open.attempt},
                                          {"step", open.state.step_kind},
                                          {"reason", known.error()}});
      answered = answered && !is_retryable(known.error());
      continue;
    }
    if (!known->has_value()) continue;
    GS_CHECK(journal.append(**known));
    const auto* certified = std::get_if<ContributionCertified>(&**known);
    const bool stays = certified != nullptr && certified->names_this_shop;
    log.info(stays ? "contribution.certified" : "contribution.released",
             {{"round", open.round}, {"attempt", open.attempt}});
  }
  return answered;
}

}  // namespace guildsum::participant
