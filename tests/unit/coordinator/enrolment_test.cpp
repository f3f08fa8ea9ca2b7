#include "coordinator/enrolment.hpp"

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::Epoch;
using protocol::ProtocolErrc;
using testing::Applicant;
using testing::FederationSetup;

BOOST_AUTO_TEST_SUITE(enrolment_test)

BOOST_AUTO_TEST_CASE(a_token_is_redeemed_for_certificate_roster_and_terms) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  BOOST_TEST(token.url == "https://127.0.0.1:8443");
  BOOST_TEST((token.federation == setup.keys->federation()));

  const auto reply = setup.enrol(shop, token).value();

  BOOST_TEST((reply.coordinator == setup.keys->coordinator.verify_key()));
  BOOST_TEST((reply.registrar == setup.keys->registrar.verify_key()));
  BOOST_TEST(reply.purpose == "purpose");
  BOOST_TEST(as_text(reply.catalogue) == "item_id,title\n");
  const auto certificate = crypto::Certificate::parse_pem(reply.certificate_pem).value();
  BOOST_TEST(certificate.is_issued_by(setup.keys->authority.root()));
  BOOST_TEST(certificate.subject_common_name() == "corner");
  const auto identity = crypto::identity_of(certificate.uris()).value();
  BOOST_TEST((ParticipantId{identity} == shop.id()));
  protocol::Roster roster{setup.keys->federation(), reply.registrar};
  GS_REQUIRE_DONE(roster.apply(reply.roster, setup.clock.wall_now().time_since_epoch().count()));
  BOOST_TEST(roster.name_of(shop.id()).value() == "corner");
}

BOOST_AUTO_TEST_CASE(a_lost_answer_is_given_again_also_after_a_restart) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  const auto request = shop.request(token);
  const auto first = setup.enrolment->enrol(request, shop.exporter, Epoch{1}).value();
  setup.clock.advance(std::chrono::hours{2});  // Past the expiry: it was redeemed in time.
  setup.restart();
  const auto second = setup.enrolment->enrol(request, shop.exporter, Epoch{9}).value();
  BOOST_TEST(first.certificate_pem == second.certificate_pem);
  BOOST_TEST(setup.membership->roster().sequence() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_works_once) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  GS_REQUIRE_DONE(setup.enrol(shop, token));
  GS_CHECK_FAILS(ProtocolErrc::join_token_used, setup.enrol(Applicant{2}, token));
  // The same shop with another certificate request is somebody with a stolen token.
  auto request = shop.request(token);
  request.csr =
      crypto::make_signing_request(crypto::TlsKey::generate_ed25519().value(), "corner").value();
  shop.seal(request, token);
  GS_CHECK_FAILS(ProtocolErrc::join_token_used,
                 setup.enrolment->enrol(request, shop.exporter, Epoch{1}));
  BOOST_TEST(setup.membership->shops().size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_expires) {
  FederationSetup setup;
  const auto token = setup.invite("corner").value();
  setup.clock.advance(std::chrono::hours{1});
  GS_REQUIRE_DONE(setup.enrol(Applicant{1}, token));  // The last moment still counts.
  const auto late = setup.invite("baker").value();
  setup.clock.advance(std::chrono::hours{1} + std::chrono::milliseconds{1});
  GS_CHECK_FAILS(ProtocolErrc::join_token_expired, setup.enrol(Applicant{2}, late));
  BOOST_TEST(setup.membership->shops().size() == 1U);
}

BOOST_AUTO_TEST_CASE(nobody_gets_in_without_the_secret_of_a_token) {
  FederationSetup setup;
  const Applicant shop{1};
  auto token = setup.invite("corner").value();
  auto request = shop.request(token);
  request.proof = testing::sample<Digest>(1);
  GS_CHECK_FAILS(ProtocolErrc::bad_proof, setup.enrolment->enrol(request, shop.exporter, Epoch{1}));
  // Taken over to another connection.
  GS_CHECK_FAILS(ProtocolErrc::bad_proof,
                 setup.enrolment->enrol(shop.request(token), Applicant{2}.exporter, Epoch{1}));
  token.secret = protocol::JoinSecret{testing::sample<Digest>(2).view()};
  GS_CHECK_FAILS(ProtocolErrc::bad_proof, setup.enrol(shop, token));
  token.id[0] ^= std::byte{1};
  GS_CHECK_FAILS(ProtocolErrc::bad_join_token, setup.enrol(shop, token));
  BOOST_TEST(setup.membership->shops().empty());
}

BOOST_AUTO_TEST_CASE(name_identity_and_signature_are_the_tokens_and_the_shops) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  auto renamed = shop.request(token);
  renamed.name = "palace";
  shop.seal(renamed, token);
  GS_CHECK_FAILS(ProtocolErrc::bad_join_token,
                 setup.enrolment->enrol(renamed, shop.exporter, Epoch{1}));
  auto foreign = shop.request(token);
  foreign.identity = Applicant{2}.id();
  shop.seal(foreign, token);  // Signed with a key that is not the identity.
  GS_CHECK_FAILS(ProtocolErrc::bad_signature,
                 setup.enrolment->enrol(foreign, shop.exporter, Epoch{1}));
  auto unusable = shop.request(token);
  unusable.identity = ParticipantId{};
  shop.seal(unusable, token);
  BOOST_TEST(setup.enrolment->enrol(unusable, shop.exporter, Epoch{1}).has_error());
}

BOOST_AUTO_TEST_CASE(a_certificate_request_that_is_none_leaves_the_token_unused) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  auto request = shop.request(token);
  request.csr = testing::sample_bytes(1, 100);
  shop.seal(request, token);
  BOOST_TEST(setup.enrolment->enrol(request, shop.exporter, Epoch{1}).has_error());
  GS_REQUIRE_DONE(setup.enrol(shop, token));
}

BOOST_AUTO_TEST_CASE(tokens_of_another_invitation_key_are_not_accepted) {
  FederationSetup setup;
  const auto token = setup.invite("corner").value();
  std::filesystem::remove(setup.files().invitation_key());
  GS_REQUIRE_DONE(
      create_missing_keys(setup.files(), "guild", setup.clock.wall_now(), setup.random));
  setup.keys.emplace(load_keys(setup.files()).value());
  setup.restart();
  GS_CHECK_FAILS(ProtocolErrc::bad_join_token, setup.enrol(Applicant{1}, token));
}

BOOST_AUTO_TEST_CASE(names_are_checked_when_the_operator_invites) {
  FederationSetup setup;
  const std::string longest(64, 'a');
  for (const std::string& name : {std::string{}, std::string{"Corner"}, std::string{"a b"},
                                  std::string{"a\"b"}, std::string{"caf\xc3\xa9"}, longest + "a"}) {
    GS_CHECK_FAILS(BaseErrc::invalid_argument, setup.invite(name));
  }
  GS_REQUIRE_DONE(setup.invite(longest));
  setup.join(Applicant{1}, "corner");
  GS_CHECK_FAILS(ProtocolErrc::name_taken, setup.invite("corner"));
  GS_CHECK_FAILS(BaseErrc::not_found, setup.invite("baker", true));
}

BOOST_AUTO_TEST_CASE(of_two_tokens_for_one_name_the_second_comes_too_late) {
  FederationSetup setup;
  const auto first = setup.invite("corner").value();
  const auto second = setup.invite("corner").value();
  BOOST_TEST((first.id != second.id));
  GS_REQUIRE_DONE(setup.enrol(Applicant{1}, first));
  GS_CHECK_FAILS(ProtocolErrc::name_taken, setup.enrol(Applicant{2}, second));
}

BOOST_AUTO_TEST_CASE(renewing_is_for_the_identity_that_has_the_name) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto first = setup.join(shop, "corner");
  setup.clock.advance(std::chrono::hours{24});
  const auto token = setup.invite("corner", true).value();
  GS_CHECK_FAILS(ProtocolErrc::name_taken, setup.enrol(Applicant{2}, token));
  const auto renewed = setup.enrol(shop, token).value();
  BOOST_TEST(renewed.certificate_pem != first.certificate_pem);
  BOOST_TEST(setup.membership->roster().sequence() == 1U);
}

BOOST_AUTO_TEST_CASE(a_token_from_before_a_revocation_does_not_undo_it) {
  FederationSetup setup;
  const Applicant shop{1};
  setup.join(shop, "corner");
  const auto token = setup.invite("corner", true).value();
  GS_REQUIRE_DONE(setup.membership->revoke(shop.id()));
  GS_CHECK_FAILS(ProtocolErrc::join_token_expired, setup.enrol(shop, token));
  BOOST_TEST((setup.membership->shop_named("corner").value().status == ShopStatus::revoked));
  // The operator may change their mind.
  const auto again = setup.invite("corner", true).value();
  GS_REQUIRE_DONE(setup.enrol(shop, again));
  BOOST_TEST((setup.membership->shop_named("corner").value().status == ShopStatus::active));
}

BOOST_AUTO_TEST_CASE(a_full_disk_admits_nobody_and_leaves_the_token_unused) {
  FederationSetup setup;
  const Applicant shop{1};
  const auto token = setup.invite("corner").value();
  {
    const test::FileSizeLimit full{1024};
    BOOST_TEST(setup.enrol(shop, token).has_error());
    BOOST_TEST(setup.invite("baker").has_error());
  }
  BOOST_TEST(setup.membership->shops().empty());
  GS_REQUIRE_DONE(setup.enrol(shop, token));
}

BOOST_AUTO_TEST_CASE(who_was_invited_and_enrolled_is_in_the_audit_log) {
  FederationSetup setup;
  setup.join(Applicant{1}, "corner");
  GS_REQUIRE_DONE(setup.membership->revoke(Applicant{1}.id()));
  const auto rows = setup.read([](LedgerReader& reader) { return reader.audit(0, 10); }).value();
  BOOST_REQUIRE(rows.size() == 3U);
  BOOST_TEST(rows[0].action == "shop.invited");
  BOOST_TEST(rows[1].action == "shop.enrolled");
  BOOST_TEST(rows[1].actor == "corner");
  BOOST_TEST(rows[2].action == "shop.revoked");
  GS_REQUIRE_DONE(verify_audit(rows, Digest{}));
}

BOOST_AUTO_TEST_SUITE_END()
