#include "participant/enrol.hpp"

#include <fstream>
#include <functional>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/net/error.hpp"
#include "enrolled_setup.hpp"
#include "participant/errors.hpp"
#include "protocol/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::ProtocolErrc;
using testing::EnrolledSetup;

namespace fs = std::filesystem;

namespace {

/// The token with one field changed.
std::string altered(const std::string& text,
                    const std::function<void(protocol::JoinToken&)>& change) {
  auto token = protocol::parse_join_token(text).value();
  change(token);
  return protocol::print_join_token(token);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(enrol_test)

BOOST_AUTO_TEST_CASE(a_shop_joins_and_keeps_what_it_was_told) {
  EnrolledSetup setup;
  const Membership joined = setup.join("corner");
  const Membership kept = Membership::load(setup.paths("corner")).value();
  BOOST_TEST(kept.name == "corner");
  BOOST_TEST(kept.url.text() == setup.application->shops_url());
  BOOST_TEST(kept.certificate_pem == joined.certificate_pem);
  BOOST_TEST(kept.vocabulary().value().size() == 3U);
  const auto keys = AgentKeys::load(setup.paths("corner")).value();
  const auto roster = load_roster(setup.paths("corner"), kept).value();
  BOOST_TEST(roster.name_of(keys.id()).value() == "corner");
}

BOOST_AUTO_TEST_CASE(an_agent_joins_once) {
  EnrolledSetup setup;
  setup.join("corner");
  const auto again =
      enrol(setup.paths("corner"), setup.token_for("other"), setup.clock, setup.random);
  GS_CHECK_FAILS(ParticipantErrc::already_enrolled, again);
  BOOST_TEST(again.error().detail().find("\"corner\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(after_a_lost_answer_the_same_token_leads_to_the_same_certificate) {
  EnrolledSetup setup;
  const std::string token = setup.token_for("corner");
  const auto paths = setup.paths("corner");
  const Membership first = enrol(paths, token, setup.clock, setup.random).value();
  fs::remove(paths.federation());  // The crash came before the answer was kept.
  const Membership second = enrol(paths, token, setup.clock, setup.random).value();
  BOOST_TEST(first.certificate_pem == second.certificate_pem);
  // Somebody else with the same token gets nothing.
  GS_CHECK_FAILS(ProtocolErrc::join_token_used,
                 enrol(setup.paths("thief"), token, setup.clock, setup.random));
  BOOST_TEST(!fs::exists(setup.paths("thief").federation()));
}

BOOST_AUTO_TEST_CASE(a_member_renews_its_certificate_under_the_same_key) {
  EnrolledSetup setup;
  const Membership first = setup.join("corner");
  const auto id = AgentKeys::load(setup.paths("corner")).value().id();
  setup.join("baker");
  const auto token = [&](const std::string& name) {
    const auto invited = setup.here({"shop", "invite", name, "--renew"});
    BOOST_REQUIRE_MESSAGE(invited.code == cli::ExitCode::ok, invited.err);
    BOOST_TEST(invited.out.find("guildsum-participant renew gs1.") == 0U);
    return invited.out.substr(invited.out.rfind(' ') + 1,
                              invited.out.size() - invited.out.rfind(' ') - 2);
  };
  GS_CHECK_FAILS(ProtocolErrc::bad_join_token,
                 renew(setup.paths("corner"), token("baker"), setup.clock));
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled,
                 renew(setup.paths("nobody"), token("corner"), setup.clock));
  GS_REQUIRE_DONE(renew(setup.paths("corner"), token("corner"), setup.clock));
  const Membership kept = Membership::load(setup.paths("corner")).value();
  BOOST_TEST(kept.certificate_pem != first.certificate_pem);
  BOOST_TEST((AgentKeys::load(setup.paths("corner")).value().id() == id));
  // Both shops are on the roster that came with it.
  BOOST_TEST(load_roster(setup.paths("corner"), kept).value().sequence() == 2U);
}

BOOST_AUTO_TEST_CASE(a_registrar_that_the_owner_did_not_name_is_refused) {
  EnrolledSetup setup;
  const std::string token = setup.token_for("corner");
  const auto key = coordinator::load_keys(setup.files()).value().registrar.verify_key();
  GS_CHECK_FAILS(ParticipantErrc::registrar_mismatch,
                 enrol(setup.paths("corner"), token, setup.clock, setup.random, key));
  BOOST_TEST(!fs::exists(setup.paths("corner").federation()));
  GS_REQUIRE_DONE(enrol(setup.paths("corner"), token, setup.clock, setup.random));
}

BOOST_AUTO_TEST_CASE(a_shop_that_turns_away_from_another_registrar_was_never_there) {
  EnrolledSetup setup;
  const std::string token = setup.token_for("corner");
  const crypto::VerifyKey other{std::array<std::byte, 32>{std::byte{1}}};
  const auto refused = enrol(setup.paths("corner"), token, setup.clock, setup.random, other);
  GS_CHECK_FAILS(ParticipantErrc::registrar_mismatch, refused);
  BOOST_TEST(refused.error().detail().find("nothing was sent") != std::string::npos);
  // The name is as free as the token is good.
  BOOST_TEST(setup.log.count("shop.enrolled") == 0U);
  BOOST_TEST(setup.here({"shop", "list"}).out.find("corner") == std::string::npos);
  GS_REQUIRE_DONE(enrol(setup.paths("elsewhere"), token, setup.clock, setup.random));
  BOOST_TEST(setup.log.count("shop.enrolled") == 1U);
}

BOOST_AUTO_TEST_CASE(a_server_that_does_not_prove_the_pinned_root_gets_nothing) {
  EnrolledSetup setup;
  EnrolledSetup impostor;
  const std::string token = altered(setup.token_for("corner"),
                                    [&](auto& t) { t.url = impostor.application->shops_url(); });
  const auto refused = enrol(setup.paths("corner"), token, setup.clock, setup.random);
  GS_CHECK_FAILS(ProtocolErrc::wrong_federation, refused);
  BOOST_TEST(refused.error().detail().find("nothing was sent") != std::string::npos);
  BOOST_TEST(impostor.log.count("request.refused") == 0U);
}

BOOST_AUTO_TEST_CASE(tokens_that_are_none_expired_or_unknown_are_refused) {
  EnrolledSetup setup;
  const auto paths = setup.paths("corner");
  for (const char* text : {"", "gs1.", "gs1.!!!", "hello"}) {
    GS_CHECK_FAILS(ProtocolErrc::bad_join_token, enrol(paths, text, setup.clock, setup.random));
  }
  const std::string token = setup.token_for("corner");
  const auto expired = altered(token, [](auto& t) { t.expires_unix_ms = 1000; });
  GS_CHECK_FAILS(ProtocolErrc::join_token_expired,
                 enrol(paths, expired, setup.clock, setup.random));
  const auto unknown = altered(token, [](auto& t) { t.id[0] ^= std::byte{1}; });
  GS_CHECK_FAILS(ProtocolErrc::bad_join_token, enrol(paths, unknown, setup.clock, setup.random));
  const auto forged =
      altered(token, [](auto& t) { t.secret = protocol::JoinSecret{std::array<std::byte, 32>{}}; });
  GS_CHECK_FAILS(ProtocolErrc::bad_proof, enrol(paths, forged, setup.clock, setup.random));
  const auto plain = altered(token, [](auto& t) { t.url = "http://127.0.0.1:1"; });
  BOOST_TEST(enrol(paths, plain, setup.clock, setup.random).has_error());
  BOOST_TEST(!fs::exists(paths.federation()));
}

BOOST_AUTO_TEST_CASE(nobody_there_is_unreachable) {
  EnrolledSetup setup;
  const std::string token = setup.token_for("corner");
  setup.stop();
  GS_CHECK_FAILS(net::NetErrc::unreachable,
                 enrol(setup.paths("corner"), token, setup.clock, setup.random));
  setup.serve(setup.tiny());
}

BOOST_AUTO_TEST_CASE(a_directory_that_cannot_be_made_is_an_error) {
  EnrolledSetup setup;
  const std::string token = setup.token_for("corner");
  std::ofstream{setup.dir / "corner"} << "a file";
  BOOST_TEST(enrol(setup.paths("corner"), token, setup.clock, setup.random).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
