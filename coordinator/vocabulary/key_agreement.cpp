#include "coordinator/vocabulary/key_agreement.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/vocabulary_checks.hpp"
#include "protocol/vocabulary_key.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;
using protocol::VocabularyConfirmation;
using protocol::VocabularyContribution;
using protocol::VocabularyOffer;

namespace {

enum class EventKind : std::uint8_t { offer = 1, contribution = 2, confirmation = 3, deadline = 4 };

/// Whether the sender said this before: then nothing changes. Other content is refused.
template <class Message>
Result<bool> is_repeated(const std::map<ParticipantId, Message>& known, const Message& message) {
  const auto found = known.find(message.sender);
  if (found == known.end()) return false;
  if (protocol::encode(found->second) == protocol::encode(message)) return true;
  return Error{ProtocolErrc::conflicting_message, message.sender.hex()};
}

template <class Message>
std::vector<Message> values_of(const std::map<ParticipantId, Message>& known) {
  std::vector<Message> values;
  values.reserve(known.size());
  for (const auto& [sender, message] : known) values.push_back(message);
  return values;
}

template <class Message>
std::vector<ParticipantId> without(const std::vector<ParticipantId>& all,
                                   const std::map<ParticipantId, Message>& present) {
  std::vector<ParticipantId> missing;
  std::ranges::copy_if(all, std::back_inserter(missing),
                       [&](const ParticipantId& id) { return !present.contains(id); });
  return missing;
}

}  // namespace

Bytes encode_agreement_event(const AgreementEvent& event) {
  Bytes bytes{static_cast<std::byte>(event.index() + 1)};
  if (const auto* deadline = std::get_if<AgreementDeadline>(&event)) {
    bytes.push_back(static_cast<std::byte>(deadline->phase));
    return bytes;
  }
  if (const auto* offer = std::get_if<VocabularyOffer>(&event)) {
    append(bytes, protocol::encode(*offer));
  } else if (const auto* contribution = std::get_if<VocabularyContribution>(&event)) {
    append(bytes, protocol::encode(*contribution));
  } else {
    append(bytes, protocol::encode(std::get<VocabularyConfirmation>(event)));
  }
  return bytes;
}

Result<AgreementEvent> decode_agreement_event(ByteView bytes) {
  const Error corrupt{BaseErrc::corrupt, "event of a key agreement"};
  if (bytes.size() < 2) return corrupt;
  const ByteView rest = bytes.subspan(1);
  const auto read = [&](auto decoded) -> Result<AgreementEvent> {
    if (decoded.has_error()) return corrupt;
    return AgreementEvent{*std::move(decoded)};
  };
  switch (static_cast<EventKind>(bytes[0])) {
    case EventKind::offer:
      return read(protocol::decode<VocabularyOffer>(rest));
    case EventKind::contribution:
      return read(protocol::decode<VocabularyContribution>(rest));
    case EventKind::confirmation:
      return read(protocol::decode<VocabularyConfirmation>(rest));
    case EventKind::deadline:
      if (rest.size() != 1) return corrupt;
      return AgreementEvent{AgreementDeadline{std::to_integer<std::uint32_t>(rest[0])}};
  }
  return corrupt;
}

KeyAgreement::KeyAgreement(AgreementPlan plan, protocol::Roster roster)
    : plan_{std::move(plan)}, roster_{std::move(roster)}, roster_head_{roster_.head()} {}

Result<bool> KeyAgreement::take(const AgreementEvent& event) {
  return std::visit([&](const auto& message) { return on(message); }, event);
}

Result<bool> KeyAgreement::on(const VocabularyOffer& offer) {
  GS_TRY(const bool repeated, is_repeated(offered_, offer));
  if (repeated) return false;
  if (!std::ranges::binary_search(plan_.invited, offer.sender)) {
    return Error{ProtocolErrc::not_a_member, offer.sender.hex()};
  }
  if (phase_ != AgreementPhase::offers) return ProtocolErrc::wrong_phase;
  GS_CHECK(protocol::check_offer(offer, {plan_.federation, plan_.id, roster_head_}, roster_));
  for (const auto& [sender, known] : offered_) {
    if (known.key == offer.key) return Error{ProtocolErrc::duplicate, "key of an offer"};
  }
  offered_.emplace(offer.sender, offer);
  if (offered_.size() == plan_.invited.size()) close_offers();
  return true;
}

void KeyAgreement::close_offers() {
  offers_ = values_of(offered_);
  agreement_ = protocol::agreement_digest(offers_);
  phase_ = AgreementPhase::contributions;
}

Result<bool> KeyAgreement::on(const VocabularyContribution& contribution) {
  GS_TRY(const bool repeated, is_repeated(contributed_, contribution));
  if (repeated) return false;
  if (phase_ != AgreementPhase::contributions) return ProtocolErrc::wrong_phase;
  GS_CHECK(protocol::check_contribution(contribution, offers_, agreement_, plan_.federation));
  contributed_.emplace(contribution.sender, contribution);
  if (contributed_.size() < offers_.size()) return true;
  contributions_ = values_of(contributed_);
  contributions_digest_ = protocol::contributions_digest(contributions_);
  phase_ = AgreementPhase::confirmations;
  return true;
}

Result<bool> KeyAgreement::on(const VocabularyConfirmation& confirmation) {
  GS_TRY(const bool repeated, is_repeated(confirmed_, confirmation));
  if (repeated) return false;
  if (phase_ != AgreementPhase::confirmations) return ProtocolErrc::wrong_phase;
  GS_CHECK(protocol::check_confirmation(confirmation, offers_, agreement_, contributions_digest_,
                                        plan_.federation));
  confirmed_.emplace(confirmation.sender, confirmation);
  if (confirmed_.size() == offers_.size()) close_confirmations();
  return true;
}

/// All must name one key. Where they do not, the majority's is taken for the right one to say who
/// differs; nothing depends on that but the report.
void KeyAgreement::close_confirmations() {
  std::map<Digest, std::vector<ParticipantId>> by_key;
  for (const auto& [sender, message] : confirmed_) by_key[message.key].push_back(sender);
  const auto most =
      std::ranges::max_element(by_key, {}, [](const auto& entry) { return entry.second.size(); });
  if (by_key.size() == 1) {
    key_ = most->first;
    phase_ = AgreementPhase::agreed;
    return;
  }
  std::vector<ParticipantId> others;
  for (const auto& [key, senders] : by_key) {
    if (key != most->first) others.insert(others.end(), senders.begin(), senders.end());
  }
  fail("members confirmed different keys", std::move(others));
}

Result<bool> KeyAgreement::on(const AgreementDeadline& deadline) {
  if (static_cast<std::uint32_t>(phase_) != deadline.phase || is_over()) return false;
  if (phase_ == AgreementPhase::offers && offered_.size() >= plan_.members_min) {
    close_offers();
    return true;
  }
  const char* const what = phase_ == AgreementPhase::offers          ? "too few offers"
                           : phase_ == AgreementPhase::contributions ? "contributions are missing"
                                                                     : "confirmations are missing";
  fail(what, missing());
  return true;
}

void KeyAgreement::fail(std::string reason, std::vector<ParticipantId> at_fault) {
  phase_ = AgreementPhase::failed;
  reason_ = std::move(reason);
  at_fault_ = std::move(at_fault);
}

std::vector<ParticipantId> KeyAgreement::members() const {
  std::vector<ParticipantId> ids;
  ids.reserve(offers_.size());
  for (const VocabularyOffer& offer : offers_) ids.push_back(offer.sender);
  return ids;
}

std::vector<ParticipantId> KeyAgreement::missing() const {
  switch (phase_) {
    case AgreementPhase::offers:
      return without(plan_.invited, offered_);
    case AgreementPhase::contributions:
      return without(members(), contributed_);
    case AgreementPhase::confirmations:
      return without(members(), confirmed_);
    case AgreementPhase::agreed:
    case AgreementPhase::failed:
      return {};
  }
  return {};
}

std::optional<AgreementMessage> KeyAgreement::message_for(const ParticipantId& shop,
                                                          std::uint32_t after) const {
  const auto number = static_cast<std::uint32_t>(phase_);
  if (is_over() || number <= after) return std::nullopt;
  if (phase_ == AgreementPhase::offers) {
    if (!std::ranges::binary_search(plan_.invited, shop)) return std::nullopt;
    const protocol::VocabularyInvitation invitation{plan_.federation, plan_.id, roster_head_};
    return AgreementMessage{plan_.id, number, protocol::encode(invitation)};
  }
  if (!offered_.contains(shop)) return std::nullopt;
  if (phase_ == AgreementPhase::contributions) {
    const protocol::VocabularyOffers offers{offers_};
    return AgreementMessage{plan_.id, number, protocol::encode(offers)};
  }
  const protocol::VocabularyContributions contributions{contributions_};
  return AgreementMessage{plan_.id, number, protocol::encode(contributions)};
}

}  // namespace guildsum::coordinator
