#include "protocol/roster.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/signing.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;
using test::sample_signer;

constexpr std::int64_t kNow = 1'000'000;
constexpr std::int64_t kLater = kNow + 1;

/// A registrar with a chain, as it grows.
struct Registry {
  FederationId federation = sample<FederationId>(1);
  crypto::Signer registrar = sample_signer(2);
  Roster roster{federation, registrar.verify_key()};

  static ParticipantId shop(std::uint64_t seed) {
    return identity_of(sample_signer(100 + seed).verify_key());
  }
  [[nodiscard]] RosterEntry entry(RosterChange change, const ParticipantId& id, std::string name,
                                  std::uint64_t epoch = 1) const {
    return sign_roster_entry(roster, federation, change, id, std::move(name), Epoch{epoch},
                             registrar);
  }
  [[nodiscard]] RosterEntry join(std::uint64_t seed) const {
    return entry(RosterChange::join, shop(seed), "shop-" + std::to_string(seed));
  }
  [[nodiscard]] RosterHead head(std::int64_t expires = kLater) const {
    return sign_roster_head(roster, federation, expires, registrar);
  }
  void grow(std::uint64_t seed) { GS_REQUIRE_OK(roster.append(join(seed))); }
  [[nodiscard]] Roster empty() const { return Roster{federation, registrar.verify_key()}; }
};

Registry registry_of(std::uint64_t count) {
  Registry registry;
  for (std::uint64_t i = 0; i < count; ++i) registry.grow(i);
  return registry;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(roster_test)

BOOST_AUTO_TEST_CASE(members_join_and_leave) {
  Registry registry = registry_of(3);
  BOOST_TEST(registry.roster.sequence() == 3U);
  BOOST_TEST(registry.roster.members().size() == 3U);
  BOOST_TEST(registry.roster.name_of(Registry::shop(1)).value() == "shop-1");
  GS_REQUIRE_OK(
      registry.roster.append(registry.entry(RosterChange::leave, Registry::shop(1), "shop-1", 2)));
  BOOST_TEST(!registry.roster.contains(Registry::shop(1)));
  BOOST_TEST(!registry.roster.name_of(Registry::shop(1)).has_value());
  BOOST_TEST(registry.roster.members().size() == 2U);
  BOOST_TEST(registry.roster.head().hex() ==
             roster_entry_digest(registry.roster.entries().back()).hex());
}

BOOST_AUTO_TEST_CASE(the_name_of_who_left_may_be_taken_but_its_identity_never_returns) {
  Registry registry = registry_of(2);
  GS_REQUIRE_OK(
      registry.roster.append(registry.entry(RosterChange::leave, Registry::shop(1), "shop-1")));
  GS_CHECK_REFUSED(
      registry.roster.append(registry.entry(RosterChange::join, Registry::shop(1), "shop-1")),
      ProtocolErrc::roster_duplicate);
  GS_REQUIRE_OK(
      registry.roster.append(registry.entry(RosterChange::join, Registry::shop(7), "shop-1")));
}

BOOST_AUTO_TEST_CASE(a_fingerprint_is_eight_groups_and_another_one_for_each_key) {
  const std::string one = fingerprint(Registry::shop(1));
  BOOST_TEST(one.size() == 8U * 4 + 7);
  BOOST_TEST(one == fingerprint(verify_key(Registry::shop(1))));
  BOOST_TEST(one != fingerprint(Registry::shop(2)));
}

BOOST_AUTO_TEST_CASE(an_identity_or_a_name_twice_is_refused) {
  Registry registry = registry_of(2);
  GS_CHECK_REFUSED(
      registry.roster.append(registry.entry(RosterChange::join, Registry::shop(0), "other")),
      ProtocolErrc::roster_duplicate);
  GS_CHECK_REFUSED(
      registry.roster.append(registry.entry(RosterChange::join, Registry::shop(9), "shop-0")),
      ProtocolErrc::roster_duplicate);
}

BOOST_AUTO_TEST_CASE(an_entry_that_does_not_follow_is_refused_and_changes_nothing) {
  Registry registry = registry_of(2);
  const Digest head = registry.roster.head();
  const auto refused_as_broken = [&](auto change) {
    RosterEntry entry = registry.join(5);
    change(entry);
    sign(entry, registry.federation, registry.registrar);
    GS_CHECK_REFUSED(registry.roster.append(entry), ProtocolErrc::roster_broken_link);
    BOOST_TEST(registry.roster.sequence() == 2U);
    BOOST_TEST(registry.roster.head().hex() == head.hex());
    BOOST_TEST(registry.roster.members().size() == 2U);
  };
  refused_as_broken([](RosterEntry& e) { e.sequence += 1; });
  refused_as_broken([](RosterEntry& e) { e.sequence -= 1; });
  refused_as_broken([](RosterEntry& e) { e.previous = sample<Digest>(9); });
  refused_as_broken([](RosterEntry& e) { e.epoch = Epoch{0}; });
  refused_as_broken([](RosterEntry& e) { e.name = "Not a name"; });
  refused_as_broken([](RosterEntry& e) { e.name = ""; });
  refused_as_broken([](RosterEntry& e) { e.change = RosterChange::leave; });
  refused_as_broken([](RosterEntry& e) {
    e.change = RosterChange::leave;
    e.participant = Registry::shop(0);
    e.name = "shop-1";
  });
  refused_as_broken([](RosterEntry& e) { e.participant = ParticipantId{}; });
}

BOOST_AUTO_TEST_CASE(a_name_longer_than_its_limit_is_refused) {
  Registry registry = registry_of(1);
  RosterEntry entry = registry.join(5);
  entry.name = std::string(65, 'a');  // No archive would write it, so no signature covers it.
  GS_CHECK_REFUSED(registry.roster.append(entry), ProtocolErrc::roster_broken_link);
}

BOOST_AUTO_TEST_CASE(only_the_registrar_of_this_federation_signs_entries) {
  Registry registry = registry_of(1);
  RosterEntry entry = registry.join(5);
  sign(entry, registry.federation, sample_signer(3));
  GS_CHECK_REFUSED(registry.roster.append(entry), ProtocolErrc::roster_bad_signature);
  sign(entry, sample<FederationId>(9), registry.registrar);
  GS_CHECK_REFUSED(registry.roster.append(entry), ProtocolErrc::roster_bad_signature);
}

BOOST_AUTO_TEST_CASE(an_update_brings_a_shop_from_nothing_to_the_head) {
  const Registry registry = registry_of(4);
  Roster shop = registry.empty();
  GS_REQUIRE_OK(shop.apply({registry.roster.entries(), registry.head()}, kNow));
  BOOST_TEST(shop.head().hex() == registry.roster.head().hex());
  BOOST_TEST(shop.members().size() == 4U);
  // Once more, and with entries that it already has: nothing changes.
  GS_REQUIRE_OK(shop.apply({registry.roster.entries(), registry.head()}, kNow));
  GS_REQUIRE_OK(shop.apply({{}, registry.head()}, kNow));
  BOOST_TEST(shop.sequence() == 4U);
}

BOOST_AUTO_TEST_CASE(an_update_brings_only_what_is_new) {
  Registry registry = registry_of(2);
  Roster shop = registry.roster;
  registry.grow(2);
  registry.grow(3);
  const auto& entries = registry.roster.entries();
  GS_REQUIRE_OK(shop.apply({{entries[2], entries[3]}, registry.head()}, kNow));
  BOOST_TEST(shop.head().hex() == registry.roster.head().hex());
}

BOOST_AUTO_TEST_CASE(roster_rollback_is_refused) {
  const Registry old = registry_of(2);
  Registry registry = registry_of(4);
  GS_CHECK_REFUSED(registry.roster.apply({old.roster.entries(), old.head()}, kNow),
                   ProtocolErrc::roster_rollback);
  BOOST_TEST(registry.roster.sequence() == 4U);
}

BOOST_AUTO_TEST_CASE(roster_fork_is_refused) {
  Registry honest = registry_of(3);
  Registry forked = registry_of(2);
  forked.grow(9);
  // Another chain of the same length, with and without its entries; and a longer one.
  GS_CHECK_REFUSED(honest.roster.apply({{}, forked.head()}, kNow), ProtocolErrc::roster_fork);
  GS_CHECK_REFUSED(honest.roster.apply({forked.roster.entries(), forked.head()}, kNow),
                   ProtocolErrc::roster_fork);
  forked.grow(10);
  GS_CHECK_REFUSED(honest.roster.apply({forked.roster.entries(), forked.head()}, kNow),
                   ProtocolErrc::roster_fork);
  GS_CHECK_REFUSED(honest.roster.apply({{forked.roster.entries().back()}, forked.head()}, kNow),
                   ProtocolErrc::roster_broken_link);
  BOOST_TEST(honest.roster.contains(Registry::shop(2)));
  BOOST_TEST(!honest.roster.contains(Registry::shop(9)));
}

BOOST_AUTO_TEST_CASE(an_expired_or_forged_head_is_refused) {
  Registry registry = registry_of(2);
  GS_CHECK_REFUSED(registry.roster.apply({{}, registry.head(kNow)}, kNow),
                   ProtocolErrc::roster_expired);
  RosterHead head = registry.head(kNow);
  head.expires_unix_ms = kLater;
  GS_CHECK_REFUSED(registry.roster.apply({{}, head}, kNow), ProtocolErrc::roster_bad_signature);
}

BOOST_AUTO_TEST_CASE(entries_that_stop_short_of_the_head_are_refused_as_a_whole) {
  const Registry registry = registry_of(4);
  Roster shop = registry.empty();
  auto entries = registry.roster.entries();
  entries.pop_back();
  GS_CHECK_REFUSED(shop.apply({entries, registry.head()}, kNow), ProtocolErrc::roster_broken_link);
  BOOST_TEST(shop.sequence() == 0U);
  // As are entries beyond it, or one in the middle that nobody signed.
  entries = registry.roster.entries();
  GS_CHECK_REFUSED(shop.apply({entries, registry_of(3).head()}, kNow),
                   ProtocolErrc::roster_broken_link);
  entries[2].name = "forged";
  GS_CHECK_REFUSED(shop.apply({entries, registry.head()}, kNow),
                   ProtocolErrc::roster_bad_signature);
  BOOST_TEST(shop.sequence() == 0U);
  BOOST_TEST(shop.members().empty());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
