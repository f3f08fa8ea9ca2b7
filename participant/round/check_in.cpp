// Phase 0: check in, then accept or refuse the round that the coordinator describes.
#include "participant/round/detail/owner_rules.hpp"
#include "participant/round/detail/sharing.hpp"
#include "participant/round/detail/transitions.hpp"
#include "participant/round/evaluation_rules.hpp"
#include "participant/round/vocabulary_rules.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {

RoundSecrets RoundSecrets::generate(Random& random) {
  return {random.secret<crypto::X25519SecretKey>(), random.secret<crypto::X25519SecretKey>(),
          random.secret<protocol::SelfSeed>(), random.secret<crypto::ExpansionSeed>()};
}

Step begin(const protocol::RoundInvitation& invitation, std::uint64_t counter, RoundSecrets secrets,
           const RoundContext& context) {
  protocol::CheckIn check_in;
  check_in.sender = context.self;
  check_in.federation = context.federation;
  check_in.epoch = invitation.epoch;
  check_in.round = invitation.round;
  check_in.attempt = invitation.attempt;
  check_in.roster_head = context.roster.head();
  check_in.counter = counter;
  check_in.mask_key = crypto::x25519_public_key(secrets.mask_key);
  check_in.share_key = crypto::x25519_public_key(secrets.share_key);
  check_in.self_seed_digest = protocol::self_seed_digest(secrets.self_seed);
  protocol::sign(check_in, context.federation, context.identity);

  std::vector<Effect> effects;
  effects.emplace_back(
      WriteJournal{CheckedIn{check_in.epoch, check_in.round, check_in.attempt, counter}});
  effects.emplace_back(Send{protocol::MessageType::check_in, protocol::encode(check_in)});
  return {AwaitingDescription{std::move(check_in), std::move(secrets)}, std::move(effects)};
}

namespace detail {
namespace {

using protocol::ProtocolErrc;

Result<AcceptedRound> accept(const protocol::RoundDescription& message,
                             const protocol::CheckIn& own, const RoundContext& context) {
  const protocol::FederationView view{context.federation, context.coordinator, context.roster};
  GS_CHECK(
      protocol::check_round_description(message, own, view, description_policy(context.policy)));
  GS_CHECK(check_owner_rules(message, context));
  GS_CHECK(check_vocabulary(message, context));
  GS_TRY(auto kept, shops_to_keep(message, context));
  GS_TRY(protocol::RoundView round, protocol::RoundView::of(message));
  const auto position = round.cohort.position_of(context.self);
  if (!position) return ProtocolErrc::not_a_member;
  AcceptedRound accepted{std::move(round), *position};
  accepted.repair = context.history.repair_of(message.descriptor.state);
  accepted.base = context.history.delta_base(message.descriptor.state);
  accepted.kept = std::move(kept);
  return accepted;
}

/// A refused descriptor of this very check-in is answered with "abandoned": the cohort need not
/// wait. Anything else is not worth an answer.
protocol::RoundDigest answerable_digest(const protocol::RoundDescription& message,
                                        const protocol::CheckIn& own, const RoundContext& context) {
  const protocol::RoundDescriptor& d = message.descriptor;
  const bool ours = d.federation == context.federation && d.round == own.round &&
                    d.attempt == own.attempt &&
                    protocol::verify(message, context.coordinator).has_value();
  return ours ? protocol::round_digest(d) : protocol::RoundDigest{};
}

}  // namespace

Step on(AwaitingDescription phase, protocol::RoundDescription message,
        const RoundContext& context) {
  Result<AcceptedRound> round = accept(message, phase.check_in, context);
  if (round.has_error()) {
    const Leaving from{phase.check_in.round, phase.check_in.attempt,
                       answerable_digest(message, phase.check_in, context)};
    return leave(from, round.error(), context);
  }
  std::vector<Effect> effects;
  effects.emplace_back(WriteJournal{
      BoundToDescriptor{round->view.rd, protocol::canonical_bytes(message.descriptor)}});
  Result<Dealing> dealing = deal_shares(*round, phase.secrets, context);
  if (dealing.has_error()) {
    return leave(std::move(*round), dealing.error(), context, std::move(effects));
  }
  effects.emplace_back(Send{protocol::MessageType::share_keys, protocol::encode(dealing->message)});
  return {AwaitingShares{std::move(*round), std::move(phase.secrets), std::move(dealing->own),
                         dealing->digest, std::move(dealing->agreed)},
          std::move(effects)};
}

}  // namespace detail
}  // namespace guildsum::participant
