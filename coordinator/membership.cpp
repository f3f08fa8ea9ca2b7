#include "coordinator/membership.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;

namespace {

using protocol::RosterChange;

bool is_about(const RosterProposalRow& row, RosterChange change, const ParticipantId& identity) {
  return row.proposal.change == change && row.proposal.participant == identity;
}

std::string name_detail(std::string_view name) {
  return "{\"name\":\"" + std::string{name} + "\"}";
}

}  // namespace

Membership::Membership(Ledger& ledger, const RegistrarKey& registrar, const Clock& clock,
                       Settings settings)
    : ledger_{ledger},
      registrar_{registrar},
      clock_{clock},
      settings_{settings},
      roster_{settings.federation, registrar.verify_key()} {}

Result<std::unique_ptr<Membership>> Membership::open(Ledger& ledger, const RegistrarKey& registrar,
                                                     const Clock& clock, Settings settings) {
  std::unique_ptr<Membership> membership{new Membership{ledger, registrar, clock, settings}};
  GS_CHECK(membership->load());
  return membership;
}

Result<> Membership::load() {
  std::vector<Bytes> frames;
  std::vector<ShopRow> shops;
  std::optional<Bytes> head;
  GS_CHECK(ledger_.read([&](LedgerReader& rows) -> Result<> {
    GS_TRY(frames, rows.roster_entries(0));
    GS_TRY(shops, rows.shops());
    GS_TRY(head, rows.roster_head());
    GS_TRY(proposals_, rows.roster_proposals());
    return {};
  }));
  for (const Bytes& frame : frames) {
    const auto entry = protocol::decode<protocol::RosterEntry>(frame);
    if (entry.has_error()) return Error{BaseErrc::corrupt, "roster: " + entry.error().message()};
    const auto added = roster_.append(*entry);
    if (added.has_error()) return Error{BaseErrc::corrupt, "roster: " + added.error().message()};
  }
  for (ShopRow& shop : shops) shops_.insert_or_assign(shop.identity, std::move(shop));
  return load_head(head);
}

Result<> Membership::load_head(const std::optional<Bytes>& frame) {
  if (!frame) return {};
  const auto head = protocol::decode<protocol::RosterHead>(*frame);
  const bool good =
      head.has_value() && head->head == roster_.head() && head->sequence == roster_.sequence() &&
      protocol::verify(*head, settings_.federation, registrar_.verify_key()).has_value();
  if (!good) return Error{BaseErrc::corrupt, "roster: the stored head is not the chain's"};
  head_ = *head;
  return {};
}

std::int64_t Membership::now() const noexcept {
  return clock_.wall_now().time_since_epoch().count();
}

bool Membership::is_proposed(RosterChange change, const ParticipantId& identity) const {
  return std::ranges::any_of(proposals_,
                             [&](const auto& row) { return is_about(row, change, identity); });
}

Result<> Membership::check_newcomer(const ShopRow& shop) const {
  const auto left = shops_.find(shop.identity);
  if (roster_.ever_contained(shop.identity) ||
      (left != shops_.end() && left->second.status == ShopStatus::left)) {
    return Error{ProtocolErrc::roster_duplicate, "who left comes back with a new identity key"};
  }
  const auto taken = [&](const auto& name, const ParticipantId& by) {
    return name == shop.name && by != shop.identity;
  };
  for (const auto& [identity, name] : roster_.members()) {
    if (taken(name, identity)) return Error{ProtocolErrc::name_taken, name};
  }
  for (const RosterProposalRow& row : proposals_) {
    const bool joins = row.proposal.change == RosterChange::join;
    if (joins && taken(row.proposal.name, row.proposal.participant)) {
      return Error{ProtocolErrc::name_taken, shop.name};
    }
  }
  return {};
}

Result<> Membership::write_change(LedgerWriter& rows, RosterChange change, const ShopRow& shop,
                                  protocol::Epoch first_epoch, protocol::Roster& next) const {
  if (!registrar_.is_embedded()) {
    return rows.add_roster_proposal({{change, shop.identity, shop.name}, now()});
  }
  next = roster_;
  const auto& entries = roster_.entries();
  const protocol::Epoch epoch =
      entries.empty() ? first_epoch : std::max(first_epoch, entries.back().epoch);
  const auto entry =
      protocol::sign_roster_entry(roster_, settings_.federation, change, shop.identity, shop.name,
                                  epoch, registrar_.signer());
  GS_CHECK(next.append(entry));
  return rows.add_roster_entry(entry.sequence, protocol::encode(entry));
}

Result<> Membership::admit(ShopRow shop, protocol::Epoch first_epoch,
                           const std::function<Result<>(LedgerWriter&)>& also) {
  const std::scoped_lock lock{mutex_};
  const auto present = roster_.name_of(shop.identity);
  if (present && *present != shop.name) {
    return Error{ProtocolErrc::roster_duplicate, "the identity belongs to " + *present};
  }
  const auto known = shops_.find(shop.identity);
  const bool leaves = known != shops_.end() && known->second.status == ShopStatus::left;
  if (!present || leaves) GS_CHECK(check_newcomer(shop));
  const bool adds = !present && !is_proposed(RosterChange::join, shop.identity);
  protocol::Roster next = roster_;
  std::vector<RosterProposalRow> proposals;
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(also(rows));
    if (adds) GS_CHECK(write_change(rows, RosterChange::join, shop, first_epoch, next));
    GS_TRY(proposals, rows.roster_proposals());
    return rows.put_shop(shop);
  }));
  roster_ = std::move(next);
  proposals_ = std::move(proposals);
  if (known != shops_.end()) shop.joined_unix_ms = known->second.joined_unix_ms;
  shops_.insert_or_assign(shop.identity, std::move(shop));
  return {};
}

Result<> Membership::revoke(const ParticipantId& identity) {
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(identity);
  if (found == shops_.end() || found->second.status == ShopStatus::left) {
    return Error{BaseErrc::not_found, "shop " + identity.hex()};
  }
  ShopRow shop = found->second;
  shop.status = ShopStatus::revoked;
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.put_shop(shop));
    // A token that was handed out before would undo this.
    GS_CHECK(rows.expire_invitations(shop.name, now() - 1));
    return rows.append_audit(now(), "operator", "shop.revoked", name_detail(shop.name));
  }));
  found->second = std::move(shop);
  return {};
}

Result<> Membership::remove(const ParticipantId& identity, protocol::Epoch first_epoch) {
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(identity);
  if (found == shops_.end() || found->second.status == ShopStatus::left) {
    return Error{BaseErrc::not_found, "shop " + identity.hex()};
  }
  ShopRow shop = found->second;
  shop.status = ShopStatus::left;
  protocol::Roster next = roster_;
  std::vector<RosterProposalRow> proposals;
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.remove_roster_proposal(RosterChange::join, identity));
    if (roster_.contains(identity)) {
      GS_CHECK(write_change(rows, RosterChange::leave, shop, first_epoch, next));
    }
    GS_CHECK(rows.put_shop(shop));
    GS_CHECK(rows.expire_invitations(shop.name, now() - 1));
    GS_TRY(proposals, rows.roster_proposals());
    return rows.append_audit(now(), "operator", "shop.removed", name_detail(shop.name));
  }));
  roster_ = std::move(next);
  proposals_ = std::move(proposals);
  found->second = std::move(shop);
  return {};
}

RosterStanding Membership::standing() const {
  const std::scoped_lock lock{mutex_};
  return {registrar_.is_embedded(),    registrar_.verify_key(),    roster_.sequence(),
          roster_.members().size(), head_.expires_unix_ms, proposals_};
}

bool Membership::is_pending(const ParticipantId& identity) const {
  const std::scoped_lock lock{mutex_};
  return is_proposed(RosterChange::join, identity);
}

protocol::RosterRequest Membership::request(protocol::Epoch first_epoch) const {
  const std::scoped_lock lock{mutex_};
  protocol::RosterRequest request{
      settings_.federation, roster_.sequence(), roster_.head(), first_epoch, {}};
  for (const RosterProposalRow& row : proposals_) {
    if (request.proposals.size() == protocol::kRosterProposalsMax) break;
    request.proposals.push_back(row.proposal);
  }
  return request;
}

bool Membership::is_withdrawn_join(const protocol::RosterEntry& entry) const {
  const auto shop = shops_.find(entry.participant);
  return entry.change == RosterChange::join && shop != shops_.end() &&
         shop->second.status == ShopStatus::left && shop->second.name == entry.name;
}

Result<> Membership::check_import(const protocol::Roster& next, const protocol::RosterHead& head,
                                  protocol::Epoch next_epoch) const {
  for (std::size_t i = roster_.sequence(); i < next.sequence(); ++i) {
    const protocol::RosterEntry& entry = next.entries()[i];
    const protocol::RosterProposal signed_change{entry.change, entry.participant, entry.name};
    const std::string which = "entry " + std::to_string(entry.sequence);
    const bool asked = std::ranges::find(proposals_, signed_change, &RosterProposalRow::proposal) !=
                       proposals_.end();
    if (!asked && !is_withdrawn_join(entry)) {
      return Error{ProtocolErrc::roster_broken_link, which + " was not asked for"};
    }
    if (entry.epoch > next_epoch) {
      return Error{ProtocolErrc::roster_broken_link, which + " is of an epoch to come"};
    }
  }
  const bool renews = next.sequence() == roster_.sequence();
  if (renews && head.expires_unix_ms < head_.expires_unix_ms) {
    return Error{ProtocolErrc::roster_rollback, "the head in place lasts longer"};
  }
  return {};
}

Result<std::size_t> Membership::import(const protocol::RosterUpdate& answer,
                                       protocol::Epoch next_epoch) {
  const std::scoped_lock lock{mutex_};
  if (registrar_.is_embedded()) {
    return Error{BaseErrc::invalid_config, "this coordinator signs its roster itself"};
  }
  protocol::Roster next = roster_;
  GS_CHECK(next.apply(answer, now()));
  GS_CHECK(check_import(next, answer.head, next_epoch));
  const std::span<const protocol::RosterEntry> added =
      std::span{next.entries()}.subspan(roster_.sequence());
  std::vector<RosterProposalRow> proposals;
  GS_CHECK(ledger_.change([&](LedgerWriter& rows) -> Result<> {
    for (const protocol::RosterEntry& entry : added) {
      GS_CHECK(rows.add_roster_entry(entry.sequence, protocol::encode(entry)));
      GS_CHECK(rows.remove_roster_proposal(entry.change, entry.participant));
      if (!is_withdrawn_join(entry)) continue;
      const protocol::RosterProposal leaves{RosterChange::leave, entry.participant, entry.name};
      GS_CHECK(rows.add_roster_proposal({leaves, now()}));
    }
    GS_CHECK(rows.set_roster_head(protocol::encode(answer.head)));
    GS_TRY(proposals, rows.roster_proposals());
    return rows.append_audit(now(), "operator", "roster.imported",
                             "{\"entries\":" + std::to_string(added.size()) + "}");
  }));
  const std::size_t count = added.size();
  roster_ = std::move(next);
  head_ = answer.head;
  proposals_ = std::move(proposals);
  return count;
}

Result<> Membership::check_head() const {
  const std::scoped_lock lock{mutex_};
  if (registrar_.is_embedded() || head_.expires_unix_ms > now()) return {};
  return Error{ProtocolErrc::roster_expired,
               "the registrar must sign the roster's head: `registrar request`, `sign`, `import`"};
}

Result<ParticipantId> Membership::authorise(const net::PeerIdentity& peer) {
  GS_TRY(const auto identity, crypto::identity_of(peer.uris));
  const ParticipantId id{identity};
  const std::scoped_lock lock{mutex_};
  const auto found = shops_.find(id);
  if (found == shops_.end()) return Error{ProtocolErrc::unknown_sender, id.hex()};
  ShopRow& shop = found->second;
  if (shop.status != ShopStatus::active) {
    return Error{BaseErrc::unauthorised,
                 shop.name + (shop.status == ShopStatus::left ? " has left" : " is revoked")};
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
  update.head = registrar_.is_embedded()
                    ? protocol::sign_roster_head(roster_, settings_.federation,
                                                 now() + settings_.head_validity.count(),
                                                 registrar_.signer())
                    : head_;
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
  std::optional<ShopRow> left;
  for (const auto& [identity, shop] : shops_) {
    if (shop.name != name) continue;
    if (shop.status != ShopStatus::left) return shop;
    left = shop;
  }
  return left;
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
