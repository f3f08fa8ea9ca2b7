#include "participant/settlement.hpp"

#include "protocol/checks.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

/// Success: q members of the round abandoned it.
Result<> verify_abandoned(const UnsettledContribution& open, const Spool& spool, Remote& remote) {
  GS_TRY(const auto description, spool.description(open.rd));
  GS_TRY(const auto view, protocol::RoundView::of(description));
  if (view.rd != open.rd) return ProtocolErrc::digest_mismatch;
  GS_TRY(const Bytes frame, remote.outcome({open.round, open.attempt}));
  GS_TRY(const auto aborted, protocol::decode<protocol::RoundAborted>(frame));
  if (aborted.rd != open.rd) return ProtocolErrc::wrong_round;
  if (aborted.certificate.empty()) return ProtocolErrc::certificate_withheld;
  return protocol::check_abandon_certificate(aborted.certificate, view);
}

}  // namespace

Result<> settle_contributions(Journal& journal, const Spool& spool, Remote& remote, Log& log) {
  const std::vector<UnsettledContribution> unsettled = journal.state().history.unsettled();
  for (const UnsettledContribution& open : unsettled) {
    const auto abandoned = verify_abandoned(open, spool, remote);
    if (abandoned) {
      GS_CHECK(journal.append(AbandonCertified{open.rd}));
      log.info("contribution.released", {{"round", open.round}, {"attempt", open.attempt}});
      continue;
    }
    log.info("contribution.unsettled", {{"round", open.round},
                                        {"attempt", open.attempt},
                                        {"step", open.state.step_kind},
                                        {"reason", abandoned.error()}});
  }
  return {};
}

}  // namespace guildsum::participant
