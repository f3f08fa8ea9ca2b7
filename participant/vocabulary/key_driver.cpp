#include "participant/vocabulary/key_driver.hpp"

#include "participant/errors.hpp"
#include "participant/remote/retry.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

constexpr std::uint32_t kOffers = 2;
constexpr std::uint32_t kContributions = 3;

template <class Message>
Result<KeyEvent> decoded(ByteView frame) {
  GS_TRY(auto message, protocol::decode<Message>(frame));
  return KeyEvent{std::move(message)};
}

}  // namespace

Result<bool> KeyDriver::turn(const std::function<AgreementContext()>& context,
                             const SyncRoster& sync_roster) {
  if (unsent_) {
    const SendAgreement again = *std::move(unsent_);
    unsent_.reset();
    GS_CHECK(perform(again, {}));
    if (unsent_) return false;
  }
  while (true) {
    const SeenAgreement seen = seen_by(phase_, parts_.keeper.newest());
    parts_.remote.watch_agreements(seen);
    const auto message = parts_.remote.agreement(seen);
    // A coordinator that does not answer is noticed, and waited for, by the call that follows.
    if (!message || !message->has_value()) return true;
    GS_TRY(const bool more, take(**message, context, sync_roster));
    if (!more || unsent_) return false;
  }
}

Result<KeyEvent> KeyDriver::read(const PhaseMessage& message, const SyncRoster& sync_roster) {
  if (message.number == kOffers) return decoded<protocol::VocabularyOffers>(message.frame);
  if (message.number == kContributions) {
    return decoded<protocol::VocabularyContributions>(message.frame);
  }
  GS_TRY(const auto invitation, protocol::decode<protocol::VocabularyInvitation>(message.frame));
  GS_CHECK(sync_roster(invitation));
  return KeyEvent{Invited{invitation, AgreementSecrets::generate(parts_.random)}};
}

/// Whether to ask for the next message at once: not when nothing came of this one, or it would come
/// again.
Result<bool> KeyDriver::take(const PhaseMessage& message,
                             const std::function<AgreementContext()>& context,
                             const SyncRoster& sync_roster) {
  auto event = read(message, sync_roster);
  if (event.has_error()) {
    if (is_retryable(event.error())) return false;
    GS_CHECK(refused({{}, event.error()}, message));
    return false;
  }
  const SeenAgreement before = seen_by(phase_, parts_.keeper.newest());
  KeyStep step = advance(std::move(phase_), *std::move(event), context());
  phase_ = std::move(step.next);
  for (KeyEffect& effect : step.effects) GS_CHECK(perform(std::move(effect), message));
  const SeenAgreement after = seen_by(phase_, parts_.keeper.newest());
  return after.id != before.id || after.number != before.number;
}

Result<> KeyDriver::perform(KeyEffect effect, const PhaseMessage& cause) {
  if (auto* keep = std::get_if<KeepKey>(&effect)) {
    const std::size_t members = keep->key.members.size();
    const AgreementId id = keep->key.id;
    GS_CHECK(parts_.keeper.keep_key(std::move(keep->key)));
    parts_.log.info("vocabulary.key_kept", {{"task", id.epoch},
                                            {"attempt", id.attempt},
                                            {"members", members},
                                            {"key_digest", parts_.keeper.view().key}});
    return {};
  }
  if (auto* refusal = std::get_if<AgreementRefused>(&effect)) return refused(*refusal, cause);
  auto& message = std::get<SendAgreement>(effect);
  const auto sent = parts_.remote.send_agreement(message.type, message.frame);
  if (sent) return {};
  if (is_retryable(sent.error())) {
    unsent_ = std::move(message);
    return {};
  }
  parts_.log.warn("vocabulary.not_taken",
                  {{"type", name_of(message.type)}, {"reason", sent.error()}});
  return {};
}

Result<> KeyDriver::refused(const AgreementRefused& refusal, const PhaseMessage& cause) {
  parts_.log.warn("vocabulary.refused", {{"task", refusal.id.epoch},
                                         {"attempt", refusal.id.attempt},
                                         {"code", refusal_code(refusal.reason)},
                                         {"reason", refusal.reason}});
  if (!cause.frame.empty()) {
    const auto kept = parts_.evidence.keep(
        {}, "vocabulary-" + std::to_string(cause.number) + "-" + refusal_code(refusal.reason),
        cause.frame);
    if (!kept) parts_.log.warn("evidence.not_kept", {{"reason", kept.error()}});
  }
  return parts_.activity.record_refusal(protocol::RoundId{}, refusal.reason);
}

}  // namespace guildsum::participant
