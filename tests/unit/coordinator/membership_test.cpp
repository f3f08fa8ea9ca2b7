#include "coordinator/membership.hpp"

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::ProtocolErrc;
using testing::Applicant;
using testing::ExternalSetup;
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

BOOST_AUTO_TEST_CASE(who_is_removed_leaves_the_chain_and_never_returns_under_the_same_key) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto peer = FederationSetup::peer(setup.join(shop, "corner").certificate_pem);
  const auto renewal = setup.invite("corner", true).value();
  GS_REQUIRE_DONE(setup.membership->remove(shop.id(), Epoch{4}));
  const auto roster = setup.membership->roster();
  BOOST_TEST(!roster.contains(shop.id()));
  BOOST_TEST((roster.entries().back().change == protocol::RosterChange::leave));
  BOOST_TEST(roster.entries().back().epoch.value() == 4U);
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(peer));
  BOOST_TEST(!setup.membership->is_eligible(shop.id(), Epoch{9}));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.membership->remove(shop.id(), Epoch{5}));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.membership->revoke(shop.id()));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.invite("corner", true));
  BOOST_TEST(setup.enrol(shop, renewal).has_error());  // Handed out before.

  setup.restart();
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(peer));
  const auto token = setup.invite("corner").value();
  GS_CHECK_FAILS(ProtocolErrc::roster_duplicate, setup.enrol(shop, token));
  GS_REQUIRE_DONE(setup.enrol(Applicant{2}, token));  // The name is free for another key.
  BOOST_TEST((setup.membership->shop_named("corner").value().identity == Applicant{2}.id()));
  BOOST_TEST(setup.membership->roster().sequence() == 3U);
}

BOOST_AUTO_TEST_CASE(with_an_external_registrar_changes_wait_for_its_signature) {
  ExternalSetup setup;
  GS_CHECK_FAILS(ProtocolErrc::roster_expired, setup.membership->check_head());
  const auto reply = setup.join(Applicant{1}, "corner");
  BOOST_TEST(!reply.registrar_embedded);
  BOOST_TEST(reply.roster.head.expires_unix_ms == 0);
  BOOST_TEST(setup.membership->is_pending(Applicant{1}.id()));
  BOOST_TEST((setup.membership->authorise(FederationSetup::peer(reply.certificate_pem)).value() ==
              Applicant{1}.id()));
  BOOST_TEST(!setup.membership->is_eligible(Applicant{1}.id(), Epoch{1}));
  GS_CHECK_FAILS(ProtocolErrc::name_taken,
                 setup.membership->admit(shop_of(2, "corner"), Epoch{1}, nothing));
  setup.restart();
  BOOST_TEST(setup.membership->standing().proposals.size() == 1U);

  BOOST_TEST(setup.ceremony().value() == 1U);
  BOOST_TEST(!setup.membership->is_pending(Applicant{1}.id()));
  BOOST_TEST(setup.membership->is_eligible(Applicant{1}.id(), Epoch{1}));
  GS_REQUIRE_DONE(setup.membership->check_head());
  setup.restart();
  GS_REQUIRE_DONE(setup.membership->check_head());

  // The head that shops get is the signed one, until it expires and is renewed.
  protocol::Roster copy{setup.keys->federation(), setup.registrar->verify_key()};
  GS_REQUIRE_DONE(copy.apply(setup.membership->update_after(0), setup.now()));
  setup.clock.advance(std::chrono::hours{24} * 31);
  GS_CHECK_FAILS(ProtocolErrc::roster_expired,
                 copy.apply(setup.membership->update_after(1), setup.now()));
  GS_CHECK_FAILS(ProtocolErrc::roster_expired, setup.membership->check_head());
  BOOST_TEST(setup.ceremony().value() == 0U);
  GS_REQUIRE_DONE(copy.apply(setup.membership->update_after(1), setup.now()));
}

BOOST_AUTO_TEST_CASE(a_removal_waits_for_the_registrar_but_keeps_out_at_once) {
  ExternalSetup setup;
  const auto peer = FederationSetup::peer(setup.join(Applicant{1}, "corner").certificate_pem);
  setup.join(Applicant{2}, "baker");
  GS_REQUIRE_DONE(setup.ceremony());
  GS_REQUIRE_DONE(setup.membership->remove(Applicant{1}.id(), Epoch{2}));
  GS_CHECK_FAILS(BaseErrc::unauthorised, setup.membership->authorise(peer));
  BOOST_TEST(!setup.membership->is_eligible(Applicant{1}.id(), Epoch{2}));
  BOOST_TEST(setup.membership->roster().contains(Applicant{1}.id()));
  GS_CHECK_FAILS(ProtocolErrc::roster_duplicate,
                 setup.enrol(Applicant{1}, setup.invite("corner").value()));
  BOOST_TEST(setup.ceremony().value() == 1U);
  BOOST_TEST(!setup.membership->roster().contains(Applicant{1}.id()));
  // Who leaves before the registrar has signed was never there.
  setup.join(Applicant{3}, "grocer");
  GS_REQUIRE_DONE(setup.membership->remove(Applicant{3}.id(), Epoch{2}));
  BOOST_TEST(setup.membership->standing().proposals.empty());
}

BOOST_AUTO_TEST_CASE(who_is_removed_while_the_registrar_signs_leaves_by_the_next_ceremony) {
  ExternalSetup setup;
  setup.join(Applicant{1}, "corner");
  const auto request = setup.membership->request(Epoch{1});
  const auto changes = setup.registrar->open_proposals(request).value();
  const auto answer =
      setup.registrar->sign(changes, request.epoch, setup.now() + 24 * 3600 * 1000).value();
  GS_REQUIRE_DONE(setup.membership->remove(Applicant{1}.id(), Epoch{1}));
  BOOST_TEST(setup.membership->import(answer, Epoch{1}).value() == 1U);
  BOOST_TEST(!setup.membership->is_eligible(Applicant{1}.id(), Epoch{1}));
  BOOST_TEST(setup.membership->standing().proposals.size() == 1U);
  setup.restart();
  BOOST_TEST(setup.ceremony().value() == 1U);
  BOOST_TEST(!setup.membership->roster().contains(Applicant{1}.id()));
  // The chain goes on for others.
  setup.join(Applicant{2}, "baker");
  BOOST_TEST(setup.ceremony().value() == 1U);
}

BOOST_AUTO_TEST_CASE(only_what_was_asked_for_is_taken_in) {
  ExternalSetup setup;
  setup.join(Applicant{1}, "corner");
  const auto request = setup.membership->request(Epoch{3});
  auto& registrar = *setup.registrar;
  const auto expires = setup.now() + 1000;
  const auto refused = [&](ProtocolErrc errc, const protocol::RosterUpdate& answer) {
    GS_CHECK_FAILS(errc, setup.membership->import(answer, Epoch{3}));
    BOOST_TEST(setup.membership->roster().sequence() == 0U);
  };
  protocol::Roster roster{setup.keys->federation(), registrar.verify_key()};
  const auto signer = load_signing_key(setup.registrar_files().key()).value();
  const auto answer_with = [&](const protocol::RosterProposal& change, std::uint64_t epoch) {
    protocol::Roster next = roster;
    GS_REQUIRE_DONE(next.append(
        protocol::sign_roster_entry(next, setup.keys->federation(), change.change,
                                    change.participant, change.name, Epoch{epoch}, signer)));
    return protocol::RosterUpdate{
        next.entries(),
        protocol::sign_roster_head(next, setup.keys->federation(), expires, signer)};
  };
  auto renamed = request.proposals[0];
  renamed.name = "other";
  refused(ProtocolErrc::roster_broken_link, answer_with(renamed, 3));
  auto stranger = request.proposals[0];
  stranger.participant = Applicant{9}.id();
  refused(ProtocolErrc::roster_broken_link, answer_with(stranger, 3));
  refused(ProtocolErrc::roster_broken_link, answer_with(request.proposals[0], 4));
  auto good = answer_with(request.proposals[0], 3);
  auto forged = good;
  forged.entries[0].epoch = Epoch{2};
  refused(ProtocolErrc::roster_bad_signature, forged);
  auto headless = good;
  headless.head = {};
  refused(ProtocolErrc::roster_bad_signature, headless);
  auto cut = good;
  cut.entries.clear();
  refused(ProtocolErrc::roster_broken_link, cut);
  GS_REQUIRE_DONE(setup.membership->import(good, Epoch{3}));
  GS_REQUIRE_DONE(setup.membership->import(good, Epoch{3}));  // Again changes nothing.
  auto shorter = good;
  shorter.head = protocol::sign_roster_head(setup.membership->roster(), setup.keys->federation(),
                                            expires - 1, signer);
  GS_CHECK_FAILS(ProtocolErrc::roster_rollback, setup.membership->import(shorter, Epoch{3}));

  FederationSetup embedded;
  GS_CHECK_FAILS(BaseErrc::invalid_config, embedded.membership->import(good, Epoch{3}));
}

BOOST_AUTO_TEST_CASE(somebody_without_a_name_is_shown_by_the_first_digits) {
  FederationSetup setup;
  setup.join(Applicant{1}, "corner");
  BOOST_TEST(setup.membership->name_of(Applicant{1}.id()) == "corner");
  BOOST_TEST(setup.membership->name_of(Applicant{2}.id()) == Applicant{2}.id().hex().substr(0, 16));
}

BOOST_AUTO_TEST_SUITE_END()
