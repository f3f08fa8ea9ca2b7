#include "coordinator/membership.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;

Membership::Membership(Ledger& ledger, const crypto::Signer& registrar, const Clock& clock,
                       Settings settings)
    : ledger_{ledger},
      registrar_{registrar},
      clock_{clock},
      settings_{settings},
      roster_{settings.federation, registrar.verify_key()} {}

Result<std::unique_ptr<Membership>> Membership::open(Ledger& ledger,
                                                     const crypto::Signer& registrar,
                                                     const Clock& clock, Settings settings) {
  std::unique_ptr<Membership> membership{new Membership{ledger, registrar, clock, settings}};
  GS_CHECK(membership->load());
  return membership;
}

Result<> Membership::load() {
  std::vector<Bytes> frames;
  std::vector<ShopRow> shops;
  GS_CHECK(ledger_.read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(frames, rows.roster_entries(0));
    GS_TRY(shops, rows.shops());
    return {};
  }));
  for (const Bytes& frame : frames) {
    const auto entry = protocol::decode<protocol::RosterEntry>(frame);
    if (entry.has_error()) return Error{BaseErrc::corrupt, "roster: " + entry.error().message()};
    const auto added = roster_.append(*entry);
    if (added.has_error()) return Error{BaseErrc::corrupt, "roster: " + added.error().message()};
  }
  for (ShopRow& shop : shops) shops_.insert_or_assign(shop.identity, std::move(shop));
  return {};
}

std::int64_t Membership::now() const noexcept {
  return clock_.wall_now().time_since_epoch().count();
}

Result<> Membership::admit(ShopRow shop, protocol::Epoch first_epoch,
                           const std::function<Result<>(LedgerWriter&)>& also) {
  const std::scoped_lock lock{mutex_};
  const auto present = roster_.name_of(shop.identity);
  if (present && *present != shop.name) {
    return Error{ProtocolErrc::roster_duplicate, "the identity belongs to " + *present};
  }
  std::optional<protocol::RosterEntry> entry;
  protocol::Roster next = roster_;
  if (!present) {
    for (const auto& [identity, name] : roster_.members()) {
      if (name == shop.name) return Error{ProtocolErrc::name_taken, name};
    }
    entry = protocol::sign_roster_entry(roster_, settings_.federation, protocol::RosterChange::join,
                                        shop.identity, shop.name, first_epoch, registrar_);
    GS_CHECK(next.append(*entry));
  }
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(also(rows));
    if (entry) GS_CHECK(rows.add_roster_entry(entry->sequence, protocol::encode(*entry)));
    return rows.put_shop(shop);
  }));
  roster_ = std::move(next);
  if (const auto known = shops_.find(shop.identity); known != shops_.end()) {
    shop.joined_unix_ms = known->second.joined_unix_ms;
  }
  shops_.insert_or_assign(shop.identity, std::move(shop));
  return {};
}

Result<> Membership::revoke(const ParticipantId& identity) {
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(identity);
  if (found == shops_.end()) return Error{BaseErrc::not_found, "shop " + identity.hex()};
  ShopRow shop = found->second;
  shop.status = ShopStatus::revoked;
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(shop));
    // A token that was handed out before would undo this.
    GS_CHECK(rows.expire_invitations(shop.name, now() - 1));
    return rows.append_audit(now(), "operator", "shop.revoked", "{\"name\":\"" + shop.name + "\"}");
  }));
  found->second = std::move(shop);
  return {};
}

Result<ParticipantId> Membership::authorise(const net::PeerIdentity& peer) {
  GS_TRY(const auto identity, crypto::identity_of(peer.uris));
  const ParticipantId id{identity};
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(id);
  if (found == shops_.end()) return Error{ProtocolErrc::unknown_sender, id.hex()};
  ShopRow& shop = found->second;
  if (shop.status != ShopStatus::active) {
    return Error{BaseErrc::unauthorised, shop.name + " is revoked"};
  }
  if (!std::ranges::equal(shop.certificate.view(), peer.certificate_sha256)) {
    return Error{BaseErrc::unauthorised, shop.name + " presented a superseded certificate"};
  }
  shop.last_seen_unix_ms = now();
  return id;
}

protocol::Roster Membership::roster() const {
  const std::scoped_lock lock{mutex_};
  return roster_;
}

Result<protocol::Roster> Membership::roster_at(const protocol::Digest& head) const {
  const std::scoped_lock lock{mutex_};
  protocol::Roster roster{settings_.federation, registrar_.verify_key()};
  for (const protocol::RosterEntry& entry : roster_.entries()) {
    if (roster.head() == head) return roster;
    GS_CHECK(roster.append(entry));
  }
  if (roster.head() == head) return roster;
  return Error{BaseErrc::not_found, "no roster head " + head.hex()};
}

protocol::RosterUpdate Membership::update_after(std::uint64_t after) const {
  const std::scoped_lock lock{mutex_};
  protocol::RosterUpdate update;
  const auto& entries = roster_.entries();
  const auto from = static_cast<std::ptrdiff_t>(std::min<std::uint64_t>(after, entries.size()));
  update.entries.assign(entries.begin() + from, entries.end());
  update.head = protocol::sign_roster_head(roster_, settings_.federation,
                                           now() + settings_.head_validity.count(), registrar_);
  return update;
}

std::vector<ShopRow> Membership::shops() const {
  const std::scoped_lock lock{mutex_};
  std::vector<ShopRow> rows;
  rows.reserve(shops_.size());
  for (const auto& [identity, shop] : shops_) rows.push_back(shop);
  std::ranges::sort(rows, {}, &ShopRow::name);
  return rows;
}

std::optional<ShopRow> Membership::shop_named(std::string_view name) const {
  const std::scoped_lock lock{mutex_};
  for (const auto& [identity, shop] : shops_) {
    if (shop.name == name) return shop;
  }
  return std::nullopt;
}

std::string Membership::name_of(const ParticipantId& identity) const {
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(identity);
  return found == shops_.end() ? identity.hex().substr(0, 16) : found->second.name;
}

bool Membership::may_join(const ParticipantId& identity, protocol::Epoch epoch) const {
  const auto shop = shops_.find(identity);
  if (shop == shops_.end() || shop->second.status != ShopStatus::active) return false;
  if (!roster_.contains(identity)) return false;
  // Newest first: a shop that left and came back is judged by its return.
  const auto& entries = roster_.entries();
  const auto last = std::find_if(entries.rbegin(), entries.rend(),
                                 [&](const auto& entry) { return entry.participant == identity; });
  return last != entries.rend() && last->epoch <= epoch;
}

std::uint32_t Membership::eligible(protocol::Epoch epoch) const {
  const std::scoped_lock lock{mutex_};
  return static_cast<std::uint32_t>(std::ranges::count_if(
      roster_.members(), [&](const auto& member) { return may_join(member.first, epoch); }));
}

std::vector<ParticipantId> Membership::eligible_shops(protocol::Epoch epoch) const {
  const std::scoped_lock lock{mutex_};
  std::vector<ParticipantId> shops;
  for (const auto& [member, name] : roster_.members()) {
    if (may_join(member, epoch)) shops.push_back(member);
  }
  std::ranges::sort(shops);
  return shops;
}

bool Membership::is_eligible(const ParticipantId& identity, protocol::Epoch epoch) const {
  const std::scoped_lock lock{mutex_};
  return may_join(identity, epoch);
}

Result<> Membership::save_last_seen() {
  const auto rows_now = shops();
  return ledger_.change([&](LedgerWriter& rows) -> Result<> {
    for (const ShopRow& shop : rows_now) {
      GS_CHECK(rows.set_last_seen(shop.identity, shop.last_seen_unix_ms));
    }
    return {};
  });
}

}  // namespace guildsum::coordinator
