// After a restart: the round's secrets are gone, the journal says what may still be done.
#include <optional>

#include "participant/round/detail/transitions.hpp"
#include "participant/round/evaluation_rules.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using protocol::ProtocolErrc;

/// The records of one attempt, by kind.
struct Journalled {
  CheckedIn check_in;
  std::optional<BoundToDescriptor> bound;
  std::optional<FrozenSharers> frozen;
  std::optional<SpooledInput> spooled;
  std::optional<SignedSurvivors> signed_survivors;
  std::optional<SignedAbandon> abandoned;
  bool answered = false;

  void operator()(const CheckedIn& record) { check_in = record; }
  void operator()(const BoundToDescriptor& record) { bound = record; }
  void operator()(const FrozenSharers& record) { frozen = record; }
  void operator()(const SpooledInput& record) { spooled = record; }
  void operator()(const SignedSurvivors& record) { signed_survivors = record; }
  void operator()(const AnsweredUnmask&) { answered = true; }
  void operator()(const SignedAbandon& record) { abandoned = record; }
  void operator()(const RoundClosed&) {}
  void operator()(const AbandonCertified&) {}
  void operator()(const LineageApproved&) {}
  void operator()(const ContributionHeld&) {}
  void operator()(const ContributionCertified&) {}
  void operator()(const AcceptedRoster&) {}
  void operator()(const VoteTaken&) {}
  void operator()(const BoundAttempt&) {}
  void operator()(const CountedState&) {}
  void operator()(const JoinApproved&) {}
  void operator()(const ContributedAt&) {}
};

Result<AcceptedRound> accept_again(const Journalled& journal,
                                   const std::optional<protocol::RoundDescription>& description,
                                   const RoundContext& context) {
  if (!journal.bound || !description)
    return Error{ProtocolErrc::round_over, "restarted; the round is no longer described"};
  GS_TRY(protocol::RoundView view, protocol::RoundView::of(*description));
  if (view.rd != journal.bound->rd) {
    return Error{ProtocolErrc::journal_conflict,
                 "the round is described differently than before the restart"};
  }
  const auto position = view.cohort.position_of(context.self);
  if (!position) return ProtocolErrc::not_a_member;
  auto repair = context.history.repair_of(view.descriptor.state);
  return AcceptedRound{std::move(view), *position, journal.spooled.has_value(), journal.answered,
                       std::move(repair)};
}

Result<Uploading> resumed_upload(const Journalled& journal,
                                 const std::optional<protocol::RoundDescription>& description,
                                 const RoundContext& context) {
  if (!journal.bound || !journal.frozen || !journal.spooled) {
    return Error{ProtocolErrc::round_over,
                 "restarted before the masked input was spooled; its secrets are gone"};
  }
  GS_TRY(AcceptedRound round, accept_again(journal, description, context));
  GS_TRY(round.kept, shops_to_keep(*description, context));
  GS_TRY(protocol::MaskedInput header,
         protocol::decode<protocol::MaskedInput>(journal.spooled->header));
  Bytes signature = journal.signed_survivors ? journal.signed_survivors->message : Bytes{};
  return Uploading{
      std::move(round), journal.frozen->sharers, {}, std::move(header), std::move(signature)};
}

/// Nothing can be done for the attempt any more. If its input may have gone out it stays counted,
/// until the certificate is asked for before the next check-in.
Step close(const Journalled& journal, Error reason, std::vector<Effect> effects) {
  effects.emplace_back(detail::closed({journal.check_in.round, journal.check_in.attempt,
                                       journal.bound ? journal.bound->rd : protocol::RoundDigest{}},
                                      journal.spooled.has_value()));
  effects.emplace_back(Refused{reason});
  return {Abandoned{std::move(reason)}, std::move(effects)};
}

/// Abandoned or answered before the restart: what was sent is sent again, and the outcome waited
/// for.
Step await_outcome(const Journalled& journal,
                   const std::optional<protocol::RoundDescription>& description,
                   const RoundContext& context) {
  std::vector<Effect> effects;
  if (journal.abandoned) {
    effects.emplace_back(Send{protocol::MessageType::abandon, journal.abandoned->message});
  }
  Result<AcceptedRound> round = accept_again(journal, description, context);
  if (!journal.spooled || round.has_error()) {
    return close(journal, Error{ProtocolErrc::round_over, "left before the restart"},
                 std::move(effects));
  }
  return {AwaitingAbandonCertificate{*std::move(round), false}, std::move(effects)};
}

}  // namespace

Step resume(const std::vector<JournalRecord>& records,
            const std::optional<protocol::RoundDescription>& description,
            const RoundContext& context) {
  Journalled journal;
  for (const JournalRecord& record : records) std::visit(journal, record);
  if (journal.abandoned || journal.answered) return await_outcome(journal, description, context);
  Result<Uploading> upload = resumed_upload(journal, description, context);
  if (upload.has_error()) {
    std::vector<Effect> effects;
    if (journal.bound) detail::sign_abandon(journal.bound->rd, context, effects);
    return close(journal, upload.error(), std::move(effects));
  }
  std::vector<Effect> effects;
  effects.emplace_back(UploadInput{upload->header});
  return {std::move(*upload), std::move(effects)};
}

}  // namespace guildsum::participant
