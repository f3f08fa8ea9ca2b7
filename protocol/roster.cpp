#include "protocol/roster.hpp"

#include "protocol/detail/fields.hpp"
#include "protocol/signing.hpp"

namespace guildsum::protocol {
namespace {

Error broken_link(const RosterEntry& entry, std::string_view what) {
  return {ProtocolErrc::roster_broken_link,
          "entry " + std::to_string(entry.sequence) + ": " + std::string{what}};
}
Error repeated(const RosterEntry& entry, std::string_view what) {
  return {ProtocolErrc::roster_duplicate,
          "entry " + std::to_string(entry.sequence) + ": " + std::string{what}};
}

}  // namespace

std::string fingerprint(const crypto::VerifyKey& key) {
  constexpr std::size_t kBytes = 16;  // a second key with these digits takes 2^128 tries
  const Digest digest = crypto::sha256(as_bytes("fingerprint"), key.view());
  std::string text;
  for (std::size_t i = 0; i < kBytes; i += 2) {
    if (i > 0) text += ' ';
    text += to_hex(ByteView{digest.view()}.subspan(i, 2));
  }
  return text;
}

std::string fingerprint(const ParticipantId& participant) {
  return fingerprint(verify_key(participant));
}

Digest roster_entry_digest(const RosterEntry& entry) {
  return crypto::sha256(as_bytes("roster-entry"), to_canonical(entry));
}

Roster::Roster(FederationId federation, crypto::VerifyKey registrar)
    : federation_{federation}, registrar_{registrar} {}

Result<> Roster::append(const RosterEntry& entry) {
  if (entry.sequence != sequence() + 1 || entry.previous != head_) {
    return broken_link(entry, "does not follow the last one");
  }
  if (!entries_.empty() && entry.epoch < entries_.back().epoch) {
    return broken_link(entry, "epoch goes back");
  }
  if (entry.name.size() > kNameBytesMax || !follows(TextRule::name, entry.name)) {
    return broken_link(entry, "not a name");
  }
  GS_CHECK(verify(entry, federation_, registrar_));
  if (entry.change == RosterChange::join) {
    // A key of small order would verify signatures that nobody made.
    if (crypto::check_verify_key(verify_key(entry.participant)).has_error()) {
      return broken_link(entry, "the identity is not a usable key");
    }
    if (ever_joined_.contains(entry.participant)) return repeated(entry, "identity");
    if (names_.contains(entry.name)) return repeated(entry, "name");
    members_.emplace(entry.participant, entry.name);
    ever_joined_.insert(entry.participant);
    names_.insert(entry.name);
  } else {
    const auto member = members_.find(entry.participant);
    if (member == members_.end() || member->second != entry.name) {
      return broken_link(entry, "who leaves is not present under this name");
    }
    members_.erase(member);
    names_.erase(entry.name);
  }
  entries_.push_back(entry);
  head_ = roster_entry_digest(entry);
  return {};
}

Result<> Roster::apply(const RosterUpdate& update, std::int64_t now_unix_ms) {
  GS_CHECK(verify(update.head, federation_, registrar_));
  if (update.head.expires_unix_ms <= now_unix_ms) return ProtocolErrc::roster_expired;
  if (update.head.sequence < sequence()) {
    return Error{ProtocolErrc::roster_rollback, "head " + std::to_string(update.head.sequence) +
                                                    ", known " + std::to_string(sequence())};
  }
  Roster next = *this;
  for (const RosterEntry& entry : update.entries) {
    const bool known = entry.sequence >= 1 && entry.sequence <= next.sequence();
    if (!known) {
      GS_CHECK(next.append(entry));
    } else if (roster_entry_digest(entry) !=
               roster_entry_digest(next.entries_[entry.sequence - 1])) {
      return Error{ProtocolErrc::roster_fork, "entry " + std::to_string(entry.sequence)};
    }
  }
  if (next.sequence() != update.head.sequence) {
    return Error{ProtocolErrc::roster_broken_link, "the entries do not lead to the head"};
  }
  if (next.head_ != update.head.head) {
    return Error{ProtocolErrc::roster_fork, "head " + std::to_string(update.head.sequence)};
  }
  *this = std::move(next);
  return {};
}

std::optional<std::string> Roster::name_of(const ParticipantId& id) const {
  const auto member = members_.find(id);
  return member == members_.end() ? std::nullopt : std::optional{member->second};
}

RosterEntry sign_roster_entry(const Roster& roster, const FederationId& federation,
                              RosterChange change, const ParticipantId& participant,
                              std::string name, Epoch epoch, const crypto::Signer& registrar) {
  RosterEntry entry{.sequence = roster.sequence() + 1,
                    .previous = roster.head(),
                    .change = change,
                    .participant = participant,
                    .name = std::move(name),
                    .epoch = epoch,
                    .signature = {}};
  sign(entry, federation, registrar);
  return entry;
}

RosterHead sign_roster_head(const Roster& roster, const FederationId& federation,
                            std::int64_t expires_unix_ms, const crypto::Signer& registrar) {
  RosterHead head{.sequence = roster.sequence(),
                  .head = roster.head(),
                  .expires_unix_ms = expires_unix_ms,
                  .signature = {}};
  sign(head, federation, registrar);
  return head;
}

}  // namespace guildsum::protocol
