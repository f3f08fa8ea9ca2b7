// After a restart: the round's secrets are gone, the journal says what may still be done.
#include <optional>

#include "participant/round/detail/transitions.hpp"
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

  void operator()(const CheckedIn& record) { check_in = record; }
  void operator()(const BoundToDescriptor& record) { bound = record; }
  void operator()(const FrozenSharers& record) { frozen = record; }
  void operator()(const SpooledInput& record) { spooled = record; }
  void operator()(const SignedSurvivors& record) { signed_survivors = record; }
  void operator()(const AnsweredUnmask&) {}
  void operator()(const SignedAbandon& record) { abandoned = record; }
  void operator()(const RoundClosed&) {}
};

Result<AcceptedRound> accept_again(const Journalled& journal,
                                   const std::optional<protocol::RoundDescription>& description,
                                   const RoundContext& context) {
  if (!description)
    return Error{ProtocolErrc::round_over, "restarted; the round is no longer described"};
  GS_TRY(protocol::RoundView view, protocol::RoundView::of(*description));
  if (view.rd != journal.bound->rd) {
    return Error{ProtocolErrc::journal_conflict,
                 "the round is described differently than before the restart"};
  }
  const auto position = view.cohort.position_of(context.self);
  if (!position) return ProtocolErrc::not_a_member;
  return AcceptedRound{std::move(view), *position};
}

Result<Uploading> resumed_upload(const Journalled& journal,
                                 const std::optional<protocol::RoundDescription>& description,
                                 const RoundContext& context) {
  if (!journal.bound || !journal.frozen || !journal.spooled) {
    return Error{ProtocolErrc::round_over,
                 "restarted before the masked input was spooled; its secrets are gone"};
  }
  GS_TRY(AcceptedRound round, accept_again(journal, description, context));
  GS_TRY(protocol::MaskedInput header,
         protocol::decode<protocol::MaskedInput>(journal.spooled->header));
  Bytes signature = journal.signed_survivors ? journal.signed_survivors->message : Bytes{};
  return Uploading{
      std::move(round), journal.frozen->sharers, {}, std::move(header), std::move(signature)};
}

/// Abandoned before the restart: the same message is sent again, and the attempt closed.
Step repeat_abandon(const Journalled& journal) {
  std::vector<Effect> effects;
  effects.emplace_back(Send{protocol::MessageType::abandon, journal.abandoned->message});
  effects.emplace_back(WriteJournal{RoundClosed{
      journal.check_in.round, journal.check_in.attempt, journal.abandoned->rd, false, false, {}}});
  return {Abandoned{Error{ProtocolErrc::round_over, "abandoned before the restart"}},
          std::move(effects)};
}

}  // namespace

Step resume(const std::vector<JournalRecord>& records,
            const std::optional<protocol::RoundDescription>& description,
            const RoundContext& context) {
  Journalled journal;
  for (const JournalRecord& record : records) std::visit(journal, record);
  if (journal.abandoned) return repeat_abandon(journal);
  Result<Uploading> upload = resumed_upload(journal, description, context);
  if (upload.has_error()) {
    const detail::Leaving from{journal.check_in.round, journal.check_in.attempt,
                               journal.bound ? journal.bound->rd : protocol::RoundDigest{}};
    return detail::leave(from, upload.error(), context);
  }
  std::vector<Effect> effects;
  effects.emplace_back(UploadInput{upload->header});
  return {std::move(*upload), std::move(effects)};
}

}  // namespace guildsum::participant
