#include "coordinator/membership.hpp"

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::ProtocolErrc;
using testing::Applicant;
using testing::FederationSetup;

namespace {

Result<> nothing(LedgerWriter&) { return {}; }

ShopRow shop_of(std::uint64_t seed, std::string name) {
  ShopRow row = testing::sample_shop(seed);
  row.identity = Applicant{seed}.id();  // On the roster only real keys are accepted.
  row.name = std::move(name);
  return row;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(membership_test)

BOOST_AUTO_TEST_CASE(an_admitted_shop_is_on_the_chain_and_in_the_ledger) {
  FederationSetup setup;
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(1, "corner"), Epoch{3}, nothing));
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(2, "baker"), Epoch{4}, nothing));
  const Digest head = setup.membership->roster().head();
  setup.restart();
  BOOST_TEST((setup.membership->roster().head() == head));
  BOOST_TEST(setup.membership->roster().sequence() == 2U);
  const auto shops = setup.membership->shops();
  BOOST_REQUIRE(shops.size() == 2U);
  BOOST_TEST(shops[0].name == "baker");  // By name.
  BOOST_TEST(setup.membership->shop_named("corner").value().certificate_pem ==
             shop_of(1, "corner").certificate_pem);
  BOOST_TEST(!setup.membership->shop_named("nobody").has_value());
}

BOOST_AUTO_TEST_CASE(names_and_identities_are_unique) {
  FederationSetup setup;
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(1, "corner"), Epoch{1}, nothing));
  GS_CHECK_FAILS(ProtocolErrc::name_taken,
                 setup.membership->admit(shop_of(2, "corner"), Epoch{1}, nothing));
  GS_CHECK_FAILS(ProtocolErrc::roster_duplicate,
                 setup.membership->admit(shop_of(1, "other"), Epoch{1}, nothing));
  BOOST_TEST(setup.membership->roster().sequence() == 1U);
  BOOST_TEST(setup.membership->shops().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_member_gets_a_new_certificate_without_a_new_link) {
  FederationSetup setup;
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(1, "corner"), Epoch{1}, nothing));
  ShopRow renewed = shop_of(1, "corner");
  renewed.certificate_pem = "renewed";
  renewed.joined_unix_ms = 99'999;
  GS_REQUIRE_DONE(setup.membership->admit(renewed, Epoch{5}, nothing));
  BOOST_TEST(setup.membership->roster().sequence() == 1U);
  const ShopRow known = setup.membership->shop_named("corner").value();
  BOOST_TEST(known.certificate_pem == "renewed");
  BOOST_TEST(known.joined_unix_ms == shop_of(1, "corner").joined_unix_ms);
  BOOST_TEST(setup.membership->is_eligible(renewed.identity, Epoch{1}));
}

BOOST_AUTO_TEST_CASE(what_fails_in_the_transaction_admits_nobody) {
  FederationSetup setup;
  const auto failed = setup.membership->admit(
      shop_of(1, "corner"), Epoch{1},
      [](LedgerWriter&) -> Result<> { return ProtocolErrc::join_token_used; });
  GS_CHECK_FAILS(ProtocolErrc::join_token_used, failed);
  BOOST_TEST(setup.membership->roster().sequence() == 0U);
  BOOST_TEST(setup.membership->shops().empty());
  setup.restart();
  BOOST_TEST(setup.membership->shops().empty());
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(1, "corner"), Epoch{1}, nothing));
}

BOOST_AUTO_TEST_CASE(only_the_current_certificate_of_an_active_shop_is_let_in) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto first = FederationSetup::peer(setup.join(shop, "corner").certificate_pem);
  BOOST_TEST((setup.membership->authorise(first).value() == shop.id()));

  const auto token = setup.invite("corner", true).value();
  setup.clock.advance(std::chrono::hours{1} / 2);
  const auto second = FederationSetup::peer(setup.enrol(shop, token).value().certificate_pem);
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(first));
  BOOST_TEST((setup.membership->authorise(second).value() == shop.id()));

  GS_REQUIRE_DONE(setup.membership->revoke(shop.id()));
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(second));
  setup.restart();
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(second));
}

BOOST_AUTO_TEST_CASE(a_certificate_without_one_known_identity_is_refused) {
  FederationSetup setup;
  net::PeerIdentity peer;
  BOOST_TEST(setup.membership->authorise(peer).has_error());
  peer.uris = {"https://example.org"};
  BOOST_TEST(setup.membership->authorise(peer).has_error());
  peer.uris = {crypto::identity_uri(Applicant{9}.id().view())};
  GS_CHECK_FAILS(ProtocolErrc::unknown_sender, setup.membership->authorise(peer));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.membership->revoke(Applicant{9}.id()));
}

BOOST_AUTO_TEST_CASE(a_shop_takes_part_from_its_first_epoch_until_it_is_revoked) {
  FederationSetup setup;
  const ShopRow shop = shop_of(1, "corner");
  GS_REQUIRE_DONE(setup.membership->admit(shop_of(2, "baker"), Epoch{1}, nothing));
  GS_REQUIRE_DONE(setup.membership->admit(shop, Epoch{3}, nothing));
  BOOST_TEST(!setup.membership->is_eligible(shop.identity, Epoch{2}));
  BOOST_TEST(setup.membership->is_eligible(shop.identity, Epoch{3}));
  BOOST_TEST(setup.membership->eligible(Epoch{2}) == 1U);
  BOOST_TEST(setup.membership->eligible(Epoch{3}) == 2U);
  GS_REQUIRE_DONE(setup.membership->revoke(shop.identity));
  BOOST_TEST(!setup.membership->is_eligible(shop.identity, Epoch{3}));
  BOOST_TEST(setup.membership->eligible(Epoch{3}) == 1U);
  BOOST_TEST(!setup.membership->is_eligible(Applicant{9}.id(), Epoch{3}));
}

BOOST_AUTO_TEST_CASE(every_former_head_of_the_chain_is_found) {
  FederationSetup setup;
  std::vector<Digest> heads{setup.membership->roster().head()};
  for (std::uint64_t i = 1; i <= 3; ++i) {
    GS_REQUIRE_DONE(
        setup.membership->admit(shop_of(i, "shop-" + std::to_string(i)), Epoch{1}, nothing));
    heads.push_back(setup.membership->roster().head());
  }
  for (std::size_t i = 0; i < heads.size(); ++i) {
    BOOST_TEST(setup.membership->roster_at(heads[i]).value().sequence() == i);
  }
  GS_CHECK_FAILS(BaseErrc::not_found, setup.membership->roster_at(testing::sample<Digest>(1)));
}

BOOST_AUTO_TEST_CASE(an_update_brings_another_copy_of_the_chain_up_to_date) {
  FederationSetup setup;
  protocol::Roster copy{setup.keys->federation(), setup.keys->registrar.verify_key()};
  const auto now = setup.clock.wall_now().time_since_epoch().count();
  for (std::uint64_t i = 1; i <= 3; ++i) {
    GS_REQUIRE_DONE(
        setup.membership->admit(shop_of(i, "shop-" + std::to_string(i)), Epoch{1}, nothing));
    if (i == 2) continue;
    const auto update = setup.membership->update_after(copy.sequence());
    BOOST_TEST(update.entries.size() == i - copy.sequence());
    GS_REQUIRE_DONE(copy.apply(update, now));
  }
  BOOST_TEST((copy.head() == setup.membership->roster().head()));
  BOOST_TEST(setup.membership->update_after(3).entries.empty());
  BOOST_TEST(setup.membership->update_after(~std::uint64_t{0}).entries.empty());
}

BOOST_AUTO_TEST_CASE(a_chain_that_does_not_verify_stops_the_start) {
  for (const char* sql :
       {"UPDATE roster_entry SET frame = x'00' WHERE sequence = 1",
        "DELETE FROM roster_entry WHERE sequence = 1",
        "UPDATE roster_entry SET frame = (SELECT frame FROM roster_entry WHERE sequence = 2) "
        "WHERE sequence = 1"}) {
    FederationSetup setup;
    GS_REQUIRE_DONE(setup.membership->admit(shop_of(1, "a"), Epoch{1}, nothing));
    GS_REQUIRE_DONE(setup.membership->admit(shop_of(2, "b"), Epoch{1}, nothing));
    setup.execute(sql);
    BOOST_TEST_CONTEXT(sql) {
      GS_CHECK_FAILS(BaseErrc::corrupt, Membership::open(*setup.ledger, setup.keys->registrar,
                                                         setup.clock, {setup.keys->federation()}));
    }
  }
}

BOOST_AUTO_TEST_CASE(when_a_shop_was_last_seen_survives_a_restart_once_it_was_saved) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto peer = FederationSetup::peer(setup.join(shop, "corner").certificate_pem);
  setup.clock.advance(std::chrono::minutes{3});
  GS_REQUIRE_DONE(setup.membership->authorise(peer));
  const auto seen = setup.clock.wall_now().time_since_epoch().count();
  BOOST_TEST(setup.membership->shop_named("corner").value().last_seen_unix_ms == seen);
  GS_REQUIRE_DONE(setup.membership->save_last_seen());
  setup.restart();
  BOOST_TEST(setup.membership->shop_named("corner").value().last_seen_unix_ms == seen);
}

BOOST_AUTO_TEST_CASE(somebody_without_a_name_is_shown_by_the_first_digits) {
  FederationSetup setup;
  setup.join(Applicant{1}, "corner");
  BOOST_TEST(setup.membership->name_of(Applicant{1}.id()) == "corner");
  BOOST_TEST(setup.membership->name_of(Applicant{2}.id()) == Applicant{2}.id().hex().substr(0, 16));
}

BOOST_AUTO_TEST_SUITE_END()
