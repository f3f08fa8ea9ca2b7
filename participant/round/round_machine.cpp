#include "participant/round/round_machine.hpp"

#include <algorithm>
#include <type_traits>

#include "participant/round/detail/transitions.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace detail {

protocol::DescriptionPolicy description_policy(const ParticipantPolicy& policy) {
  protocol::DescriptionPolicy checked;
  checked.allow_tiny_cohorts = policy.allow_tiny_cohorts;
  checked.cohort_min = policy.cohort_min;
  checked.survivors_min = policy.survivors_min;
  checked.corrupt_min = policy.corrupt_min;
  checked.task_kinds.assign(policy.task_kinds.begin(), policy.task_kinds.end());
  checked.purposes = {policy.purpose};
  checked.trusted = policy.trusted;
  checked.trusted_min = policy.trusted_min;
  return checked;
}

Leaving leaving(const AcceptedRound& round) {
  return {round.view.descriptor.round, round.view.descriptor.attempt, round.view.rd};
}

void sign_abandon(const protocol::RoundDigest& rd, const RoundContext& context,
                  std::vector<Effect>& effects) {
  protocol::Abandon message;
  message.sender = context.self;
  message.rd = rd;
  protocol::sign(message, context.federation, context.identity);
  Bytes frame = protocol::encode(message);
  effects.emplace_back(WriteJournal{SignedAbandon{rd, frame}});
  effects.emplace_back(Send{protocol::MessageType::abandon, std::move(frame)});
}

WriteJournal closed(const Leaving& attempt, bool counted) {
  return WriteJournal{RoundClosed{attempt.round, attempt.attempt, attempt.rd, false, counted, {}}};
}

Step leave(const Leaving& from, Error reason, const RoundContext& context,
           std::vector<Effect> before) {
  std::vector<Effect> effects = std::move(before);
  // Said first: the abandon may end the attempt, and its reason should be known by then.
  effects.emplace_back(Refused{reason});
  if (!from.rd.is_zero()) sign_abandon(from.rd, context, effects);
  effects.emplace_back(closed(from, false));
  return {Abandoned{std::move(reason)}, std::move(effects)};
}

Step leave(AcceptedRound round, Error reason, const RoundContext& context,
           std::vector<Effect> before) {
  const Leaving from = leaving(round);
  if (!round.input_sent && !round.answered) {
    return leave(from, std::move(reason), context, std::move(before));
  }
  std::vector<Effect> effects = std::move(before);
  effects.emplace_back(Refused{reason});
  if (!round.answered) sign_abandon(from.rd, context, effects);
  if (!round.input_sent) effects.emplace_back(closed(from, false));
  if (!round.input_sent) return {Abandoned{std::move(reason)}, std::move(effects)};
  return {AwaitingAbandonCertificate{std::move(round), false}, std::move(effects)};
}

}  // namespace detail

namespace {

using protocol::ProtocolErrc;

template <class P>
concept OverPhase =
    std::is_same_v<P, Finished> || std::is_same_v<P, Abandoned> || std::is_same_v<P, Ended>;

/// The accepted round of a phase, or null before there is one.
AcceptedRound* accepted(Phase& phase) {
  return std::visit(
      [](auto& current) -> AcceptedRound* {
        if constexpr (requires { current.round; }) {
          return &current.round;
        } else {
          return nullptr;
        }
      },
      phase);
}

detail::Leaving leaving_from(Phase& phase) {
  if (const AcceptedRound* round = accepted(phase)) return detail::leaving(*round);
  const auto& waiting = std::get<AwaitingDescription>(phase);
  return {waiting.check_in.round, waiting.check_in.attempt, {}};
}

/// After the 3b answer and after "abandoned" the outcome can only be waited for.
bool may_abandon(Phase& phase) {
  const AcceptedRound* round = accepted(phase);
  return (round == nullptr || !round->answered) && !std::holds_alternative<CheckingResult>(phase) &&
         !std::holds_alternative<AwaitingAbandonCertificate>(phase);
}

Step on_abandon_requested(Phase phase, AbandonRequested event, const RoundContext& context) {
  if (is_over(phase)) return detail::stay(std::move(phase));
  if (!may_abandon(phase)) {
    return detail::refuse(std::move(phase), Error{ProtocolErrc::wrong_phase,
                                                  "only the round's outcome can be waited for"});
  }
  if (AcceptedRound* round = accepted(phase)) {
    return detail::leave(std::move(*round), std::move(event.reason), context);
  }
  return detail::leave(leaving_from(phase), std::move(event.reason), context);
}

/// @return whether q members abandoned the attempt.
Result<bool> check_aborted(Phase& phase, const protocol::RoundAborted& message,
                           const RoundContext& context) {
  const detail::Leaving attempt = leaving_from(phase);
  if (message.round != attempt.round || message.attempt != attempt.attempt)
    return ProtocolErrc::wrong_round;
  const AcceptedRound* round = accepted(phase);
  if (round == nullptr) {
    GS_CHECK(protocol::verify(message, context.federation, context.coordinator));
    return false;
  }
  GS_CHECK(protocol::check_round_aborted(message, round->view, context.coordinator));
  if (message.certificate.empty()) return false;
  GS_CHECK(protocol::check_abandon_certificate(message.certificate, round->view));
  return true;
}

/// The coordinator's word that an attempt ended frees no contribution: a coordinator that lies
/// would open the sum and ask for the same step again with another set of shops. The shop signs
/// "abandoned", where it still may, and waits for the others' signatures.
Step await_certificate(Phase phase, const RoundContext& context) {
  if (auto* waiting = std::get_if<AwaitingAbandonCertificate>(&phase)) {
    waiting->told = true;
    return detail::stay(std::move(phase));
  }
  AcceptedRound& round = *accepted(phase);
  std::vector<Effect> effects;
  if (!round.answered) detail::sign_abandon(round.view.rd, context, effects);
  return {AwaitingAbandonCertificate{std::move(round), true}, std::move(effects)};
}

/// Before the first byte the own contribution is bound to nothing. Whoever holds shares signs all
/// the same: the others may need its signature.
Step end_unbound(Phase phase, protocol::AbortReason reason, const RoundContext& context) {
  std::vector<Effect> effects;
  const AcceptedRound* round = accepted(phase);
  const bool holds_shares = round != nullptr && !std::holds_alternative<AwaitingShares>(phase);
  if (holds_shares && !round->answered) detail::sign_abandon(round->view.rd, context, effects);
  effects.emplace_back(detail::closed(leaving_from(phase), false));
  return {Ended{reason}, std::move(effects)};
}

Step on_aborted(Phase phase, const protocol::RoundAborted& message, const RoundContext& context) {
  if (is_over(phase)) return detail::stay(std::move(phase));
  if (std::holds_alternative<CheckingResult>(phase)) {
    return detail::refuse(std::move(phase),
                          Error{ProtocolErrc::wrong_phase, "the sum is open already"});
  }
  const auto certified = check_aborted(phase, message, context);
  if (certified.has_error()) return detail::refuse(std::move(phase), certified.error());
  if (*certified) {
    const protocol::RoundDescriptor& ended = accepted(phase)->view.descriptor;
    RoundClosed closed{ended.round, ended.attempt, message.rd, false, false, {}};
    closed.transcript = protocol::aborted_transcript(ended.previous_transcript, message);
    std::vector<Effect> effects;
    effects.emplace_back(WriteJournal{std::move(closed)});
    return {Ended{message.reason}, std::move(effects)};
  }
  const AcceptedRound* round = accepted(phase);
  if (round == nullptr || !round->input_sent) {
    return end_unbound(std::move(phase), message.reason, context);
  }
  return await_certificate(std::move(phase), context);
}

/// A check-in is bound to the first descriptor accepted; the same one again changes nothing.
Step late(Phase phase, const protocol::RoundDescription& message) {
  const AcceptedRound* round = accepted(phase);
  if (round == nullptr || protocol::round_digest(message.descriptor) == round->view.rd) {
    return detail::stay(std::move(phase));
  }
  return detail::refuse(std::move(phase), Error{ProtocolErrc::journal_conflict,
                                                "a second descriptor for one check-in"});
}

Step conflict(Phase phase, std::string what) {
  return detail::refuse(std::move(phase),
                        Error{ProtocolErrc::conflicting_message, std::move(what)});
}
Step early(Phase phase, std::string what) {
  return detail::refuse(std::move(phase), Error{ProtocolErrc::wrong_phase, std::move(what)});
}

/// H(U1) as this phase froze it, where it did.
std::optional<protocol::Digest> frozen_sharers(const Phase& phase) {
  return std::visit(
      [](const auto& current) -> std::optional<protocol::Digest> {
        if constexpr (requires { current.sharers; }) {
          return protocol::sharers_digest(current.sharers);
        } else if constexpr (requires { current.result; }) {
          return current.result.sharers;
        } else {
          return std::nullopt;
        }
      },
      phase);
}
/// H(U2) as this phase took it, where it did.
std::optional<protocol::Digest> taken_survivors(const Phase& phase) {
  return std::visit(
      [](const auto& current) -> std::optional<protocol::Digest> {
        if constexpr (requires { current.survivors; }) {
          return current.survivors.digest;
        } else {
          return std::nullopt;
        }
      },
      phase);
}

/// The same U1 again changes nothing; another one is a split.
Step late(Phase phase, const protocol::ShareDelivery& message) {
  const auto frozen = frozen_sharers(phase);
  if (!frozen) return early(std::move(phase), "shares before a descriptor");
  if (*frozen == protocol::sharers_digest(message.sharers)) return detail::stay(std::move(phase));
  return conflict(std::move(phase), "a second U1");
}

Step late(Phase phase, const protocol::SurvivorProposal& message) {
  const auto taken = taken_survivors(phase);
  if (!taken) return early(std::move(phase), "survivors before shares");
  const auto proposed = protocol::survivors_digest(protocol::survivors_list(message.headers));
  if (*taken == proposed && frozen_sharers(phase) == protocol::sharers_digest(message.sharers)) {
    return detail::stay(std::move(phase));
  }
  return conflict(std::move(phase), "a second U2");
}

Step late(Phase phase, const protocol::SurvivorCertificate& message) {
  const auto taken = taken_survivors(phase);
  if (!taken) return early(std::move(phase), "a certificate before its survivors");
  const auto sharers = frozen_sharers(phase);
  const bool same = std::ranges::all_of(message.signatures, [&](const auto& signature) {
    return signature.survivors == *taken && signature.sharers == sharers;
  });
  if (same) return detail::stay(std::move(phase));
  return conflict(std::move(phase), "a second certificate");
}

Step late(Phase phase, const protocol::RoundResult& message) {
  const auto* checking = std::get_if<CheckingResult>(&phase);
  if (checking == nullptr) return early(std::move(phase), "a result before a certificate");
  if (protocol::message_digest(checking->result) == protocol::message_digest(message)) {
    return detail::stay(std::move(phase));
  }
  return conflict(std::move(phase), "a second result");
}

/// An event of work that was given up changes nothing.
template <class E>
Step late(Phase phase, const E&) {
  return detail::stay(std::move(phase));
}

/// Only the attempt's end matters to a shop that left it.
bool has_left(const Phase& phase) {
  return is_over(phase) || std::holds_alternative<AwaitingAbandonCertificate>(phase);
}

template <class E>
Step dispatch(Phase phase, E event, const RoundContext& context) {
  if constexpr (std::is_same_v<E, AbandonRequested>) {
    return on_abandon_requested(std::move(phase), std::move(event), context);
  } else if constexpr (std::is_same_v<E, protocol::RoundAborted>) {
    return on_aborted(std::move(phase), event, context);
  } else {
    return std::visit(
        [&]<class P>(P& current) -> Step {
          if constexpr (requires { detail::on(std::move(current), std::move(event), context); }) {
            return detail::on(std::move(current), std::move(event), context);
          } else {
            return has_left(phase) ? detail::stay(std::move(phase)) : late(std::move(phase), event);
          }
        },
        phase);
  }
}

}  // namespace

Step advance(Phase phase, Event event, const RoundContext& context) {
  return std::visit(
      [&](auto& current) { return dispatch(std::move(phase), std::move(current), context); },
      event);
}

std::uint32_t phase_number(const Phase& phase) noexcept {
  struct Numbers {
    std::uint32_t operator()(const AwaitingDescription&) const { return 0; }
    std::uint32_t operator()(const AwaitingShares&) const { return 1; }
    std::uint32_t operator()(const Masking&) const { return 2; }
    std::uint32_t operator()(const Uploading&) const { return 2; }
    std::uint32_t operator()(const AwaitingProposal&) const { return 2; }
    std::uint32_t operator()(const AwaitingCertificate&) const { return 3; }
    std::uint32_t operator()(const AwaitingResult&) const { return 4; }
    std::uint32_t operator()(const CheckingResult&) const { return 5; }
    std::uint32_t operator()(const AwaitingAbandonCertificate& phase) const {
      return phase.told ? 6 : 4;
    }
    std::uint32_t operator()(const Finished&) const { return 5; }
    std::uint32_t operator()(const Abandoned&) const { return 5; }
    std::uint32_t operator()(const Ended&) const { return 5; }
  };
  return std::visit(Numbers{}, phase);
}

std::string_view phase_name(const Phase& phase) noexcept {
  struct Names {
    std::string_view operator()(const AwaitingDescription&) const { return "awaiting-description"; }
    std::string_view operator()(const AwaitingShares&) const { return "awaiting-shares"; }
    std::string_view operator()(const Masking&) const { return "masking"; }
    std::string_view operator()(const Uploading&) const { return "uploading"; }
    std::string_view operator()(const AwaitingProposal&) const { return "awaiting-proposal"; }
    std::string_view operator()(const AwaitingCertificate&) const { return "awaiting-certificate"; }
    std::string_view operator()(const AwaitingResult&) const { return "awaiting-result"; }
    std::string_view operator()(const CheckingResult&) const { return "checking-result"; }
    std::string_view operator()(const AwaitingAbandonCertificate&) const {
      return "awaiting-abandon-certificate";
    }
    std::string_view operator()(const Finished&) const { return "finished"; }
    std::string_view operator()(const Abandoned&) const { return "abandoned"; }
    std::string_view operator()(const Ended&) const { return "ended"; }
  };
  return std::visit(Names{}, phase);
}

bool is_over(const Phase& phase) noexcept {
  return std::visit([]<class P>(const P&) { return OverPhase<P>; }, phase);
}

}  // namespace guildsum::participant
