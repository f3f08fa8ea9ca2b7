#include "tests/attacks/play.hpp"

#include <algorithm>

#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/attacks/local_shop.hpp"

namespace guildsum::attacks {

using protocol::MessageType;

namespace {

/// What each member sent of one type, by sender; who gave up sent nothing.
template <class Message>
void collect(const std::vector<Party*>& members, MessageType type,
             std::map<ParticipantId, Message>& into) {
  for (Party* member : members) {
    if (const auto frame = member->sent(type)) {
      into.insert_or_assign(member->id(), protocol::decode<Message>(*frame).value());
    }
  }
}

template <class Message>
Ids senders(const std::map<ParticipantId, Message>& messages) {
  Ids ids;
  for (const auto& entry : messages) ids.push_back(entry.first);
  return ids;
}

}  // namespace

Ids without(Ids ids, const ParticipantId& left_out) {
  std::erase(ids, left_out);
  return ids;
}

Play::Play(Adversary& adversary, std::vector<Party*> members, protocol::RoundId round,
           std::uint32_t c)
    : description{adversary.round_template(round)},
      adversary_{adversary},
      members_{std::move(members)},
      round_{round},
      c_{c} {}

protocol::RoundInvitation Play::invitation() const {
  const auto& d = description.descriptor;
  return {d.federation, d.epoch, round_, d.attempt, d.task_kind, d.roster_head, 60'000};
}

Ids Play::everybody() const {
  Ids ids;
  for (const Party* member : members_) ids.push_back(member->id());
  std::ranges::sort(ids);
  return ids;
}
Ids Play::u1() const { return senders(share_keys); }
Ids Play::uploaders() const { return senders(uploads); }

void Play::check_in() {
  for (Party* member : members_) member->invite(invitation());
  std::map<ParticipantId, protocol::CheckIn> check_ins;
  collect(members_, MessageType::check_in, check_ins);
  for (const auto& entry : check_ins) description.check_ins.push_back(entry.second);
  complete(description, c_);
  sign(description, adversary_);
}

void Play::describe() {
  view = protocol::RoundView::of(description).value();
  for (Party* member : members_) {
    member->tell(PhaseNumber::description, protocol::encode(description));
  }
  collect_shares();
}

void Play::collect_shares() { collect(members_, MessageType::share_keys, share_keys); }

std::vector<protocol::MemberDigest> Play::sharers(const Ids& dealers) const {
  std::vector<protocol::ShareKeys> messages;
  for (const ParticipantId& dealer : dealers) messages.push_back(share_keys.at(dealer));
  return protocol::sharers_list(messages);
}

protocol::ShareDelivery Play::delivery(const ParticipantId& holder, const Ids& dealers) const {
  protocol::ShareDelivery out;
  out.rd = view.rd;
  out.sharers = sharers(dealers);
  const auto own = *view.cohort.position_of(holder);
  for (const protocol::MemberDigest& sharer : out.sharers) {
    const protocol::ShareKeys& message = share_keys.at(sharer.member);
    protocol::DeliveredShare share;
    share.dealer = *view.cohort.position_of(sharer.member);
    if (share.dealer != own) {
      share.ciphertext = message.shares[protocol::ciphertext_index(share.dealer, own)].ciphertext;
    }
    for (const auto& sealed : message.shares) {
      share.ciphertext_digests.push_back(protocol::ciphertext_digest(sealed.ciphertext));
    }
    share.commitments = message.commitments;
    share.signature = message.signature;
    out.shares.push_back(std::move(share));
  }
  return out;
}

void Play::deliver() {
  for (Party* member : members_) {
    if (!share_keys.contains(member->id())) continue;
    member->tell(PhaseNumber::delivery, protocol::encode(delivery(member->id(), u1())));
  }
  collect_uploads();
}

void Play::collect_uploads() {
  for (Party* member : members_) {
    if (!share_keys.contains(member->id())) continue;
    if (auto upload = member->uploaded()) uploads.insert_or_assign(member->id(), *upload);
  }
}

protocol::SurvivorProposal Play::proposal(const Ids& u1, const Ids& u2) const {
  protocol::SurvivorProposal out;
  out.rd = view.rd;
  out.sharers = sharers(u1);
  for (const ParticipantId& id : u2) out.headers.push_back(uploads.at(id).header.header);
  std::ranges::sort(out.headers, {}, &protocol::MaskedInput::sender);
  return out;
}

protocol::Survivors Play::survivors(const protocol::SurvivorProposal& proposal) {
  protocol::Survivors out;
  out.members = protocol::survivors_list(proposal.headers);
  out.digest = protocol::survivors_digest(out.members);
  return out;
}

void Play::propose(const Ids& u2) {
  const auto frame = protocol::encode(proposal(u1(), u2.empty() ? uploaders() : u2));
  for (Party* member : members_) {
    if (share_keys.contains(member->id())) member->tell(PhaseNumber::proposal, frame);
  }
  for (Party* member : members_) {
    const bool in = u2.empty() ? uploads.contains(member->id())
                               : std::ranges::find(u2, member->id()) != u2.end();
    if (!in) continue;
    if (const auto signature = member->sent(MessageType::survivor_signature)) {
      signatures.insert_or_assign(
          member->id(), protocol::decode<protocol::SurvivorSignature>(*signature).value());
    }
  }
}

void Play::collect_signatures() { collect(members_, MessageType::survivor_signature, signatures); }

protocol::SurvivorCertificate Play::certificate() const {
  protocol::SurvivorCertificate out;
  out.rd = view.rd;
  for (const auto& entry : signatures) out.signatures.push_back(entry.second);
  return out;
}

void Play::certify() {
  const auto frame = protocol::encode(certificate());
  for (Party* member : members_) {
    if (share_keys.contains(member->id())) member->tell(PhaseNumber::certificate, frame);
  }
  collect_answers();
}

void Play::collect_answers() { collect(members_, MessageType::unmask, answers); }

void Play::play_to_uploads() {
  check_in();
  describe();
  deliver();
}

void Play::abort(Party& member) const {
  protocol::RoundAborted message;
  message.round = round_;
  message.attempt = description.descriptor.attempt;
  message.reason = protocol::AbortReason::abandoned;
  if (!view.rd.is_zero()) {
    message.rd = view.rd;
    message.certificate = abandon_certificate();
  }
  protocol::sign(message, adversary_.federation(), adversary_.coordinator());
  member.tell(PhaseNumber::aborted, protocol::encode(message));
}

std::vector<protocol::Abandon> Play::abandon_certificate() const {
  std::vector<protocol::Abandon> out;
  for (const Party* member : members_) {
    const auto* shop = dynamic_cast<const LocalShop*>(member);
    if (shop == nullptr || !view.cohort.contains(shop->id())) continue;
    if (out.size() == view.descriptor.q) break;
    protocol::Abandon message;
    message.sender = shop->id();
    message.rd = view.rd;
    protocol::sign(message, adversary_.federation(), shop->signer());
    out.push_back(message);
  }
  return out;
}

}  // namespace guildsum::attacks
