#include "participant/membership.hpp"

#include <sys/stat.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "participant/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace fs = std::filesystem;

namespace {

struct Setup {
  test::TempDir dir;
  AgentPaths paths{dir.path()};
  SeededRandom random{1};
  protocol::test::RoundSetup round;
  Membership membership;

  Setup() {
    membership.name = "corner";
    membership.url = net::Url::parse("https://coordinator.example:8443").value();
    membership.federation = round.federation;
    membership.root_pem = "root";
    membership.certificate_pem = "certificate";
    membership.coordinator = round.coordinator.verify_key();
    membership.registrar = round.registrar.verify_key();
    membership.purpose = "Recommendations.";
    membership.catalogue = to_bytes("item_id,title\ntea,Tea\n");
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(membership_test)

BOOST_AUTO_TEST_CASE(what_was_saved_is_loaded) {
  Setup setup;
  setup.membership.registrar_embedded = false;
  GS_REQUIRE_DONE(setup.membership.save(setup.paths));
  const Membership loaded = Membership::load(setup.paths).value();
  BOOST_TEST(loaded.name == "corner");
  BOOST_TEST(loaded.url.text() == "https://coordinator.example:8443");
  BOOST_TEST((loaded.federation == setup.membership.federation));
  BOOST_TEST((loaded.coordinator == setup.membership.coordinator));
  BOOST_TEST((loaded.registrar == setup.membership.registrar));
  BOOST_TEST(!loaded.registrar_embedded);
  BOOST_TEST(loaded.root_pem == "root");
  BOOST_TEST(loaded.certificate_pem == "certificate");
  BOOST_TEST(loaded.purpose == "Recommendations.");
  BOOST_TEST(loaded.vocabulary().value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(without_both_files_nobody_is_enrolled) {
  Setup setup;
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled, Membership::load(setup.paths));
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled, AgentKeys::load(setup.paths));
  GS_REQUIRE_DONE(setup.membership.save(setup.paths));
  fs::remove(setup.paths.enrolment());
  BOOST_TEST(Membership::load(setup.paths).has_error());
}

BOOST_AUTO_TEST_CASE(damaged_files_are_refused) {
  Setup setup;
  GS_REQUIRE_DONE(setup.membership.save(setup.paths));
  const std::string good = read_text_file(setup.paths.federation(), 1 << 16).value();
  for (const std::string& text :
       {std::string{"{"}, std::string{"{}"}, std::string{"[]"}, good.substr(0, good.size() / 2)}) {
    GS_REQUIRE_DONE(write_file_atomically(setup.paths.federation(), as_bytes(text)));
    BOOST_TEST(Membership::load(setup.paths).has_error());
  }
  GS_REQUIRE_DONE(setup.membership.save(setup.paths));
  fs::resize_file(setup.paths.enrolment(), 50);
  BOOST_TEST(Membership::load(setup.paths).has_error());
}

BOOST_AUTO_TEST_CASE(keys_are_made_once_for_the_owner_only) {
  Setup setup;
  const auto first = AgentKeys::load_or_make(setup.paths, setup.random).value();
  const auto second = AgentKeys::load_or_make(setup.paths, setup.random).value();
  BOOST_TEST((first.id() == second.id()));
  BOOST_TEST((first.tls.spki_sha256() == second.tls.spki_sha256()));
  for (const fs::path& path : {setup.paths.identity_key(), setup.paths.tls_key()}) {
    struct stat status{};
    BOOST_REQUIRE(::stat(path.c_str(), &status) == 0);
    BOOST_TEST((status.st_mode & 07777U) == 0600U);
  }
  // A lost TLS key alone is made anew; the identity stays.
  fs::remove(setup.paths.tls_key());
  GS_CHECK_FAILS(ParticipantErrc::not_enrolled, AgentKeys::load(setup.paths));
  const auto third = AgentKeys::load_or_make(setup.paths, setup.random).value();
  BOOST_TEST((third.id() == first.id()));
  BOOST_TEST((third.tls.spki_sha256() != first.tls.spki_sha256()));
}

BOOST_AUTO_TEST_CASE(a_damaged_identity_is_corrupt_and_not_replaced) {
  Setup setup;
  GS_REQUIRE_DONE(AgentKeys::load_or_make(setup.paths, setup.random));
  GS_REQUIRE_DONE(write_file_atomically(setup.paths.identity_key(), as_bytes("00ff")));
  GS_CHECK_FAILS(BaseErrc::corrupt, AgentKeys::load_or_make(setup.paths, setup.random));
  BOOST_TEST(read_text_file(setup.paths.identity_key(), 100).value() == "00ff");
}

BOOST_AUTO_TEST_CASE(the_connection_is_pinned_to_the_federation_and_presents_the_certificate) {
  Setup setup;
  const auto keys = AgentKeys::load_or_make(setup.paths, setup.random).value();
  const auto config = setup.membership.client_config(keys).value();
  BOOST_REQUIRE(config.tls.root_pin.has_value());
  BOOST_TEST(std::ranges::equal(*config.tls.root_pin, setup.membership.federation.view()));
  BOOST_TEST(config.tls.certificate_pem == "certificate");
  BOOST_TEST(config.tls.trust_anchors_pem.empty());
}

BOOST_AUTO_TEST_CASE(the_roster_is_verified_again_when_it_is_read) {
  Setup setup;
  BOOST_TEST(load_roster(setup.paths, setup.membership).value().sequence() == 0U);
  GS_REQUIRE_DONE(save_roster(setup.paths, setup.round.roster));
  const auto roster = load_roster(setup.paths, setup.membership).value();
  BOOST_TEST((roster.head() == setup.round.roster.head()));
  BOOST_TEST(roster.sequence() == setup.round.size());
  Membership other = setup.membership;
  other.registrar = setup.round.coordinator.verify_key();
  GS_CHECK_FAILS(protocol::ProtocolErrc::roster_bad_signature, load_roster(setup.paths, other));
  fs::resize_file(setup.paths.roster(), 100);
  BOOST_TEST(load_roster(setup.paths, setup.membership).has_error());
}

BOOST_AUTO_TEST_CASE(the_owner_s_registrar_is_the_only_one) {
  Setup setup;
  const auto key = setup.membership.registrar;
  GS_REQUIRE_DONE(setup.membership.check_registrar(std::nullopt));
  GS_CHECK_FAILS(ParticipantErrc::registrar_mismatch, setup.membership.check_registrar(key));
  setup.membership.registrar_embedded = false;
  GS_REQUIRE_DONE(setup.membership.check_registrar(key));
  GS_CHECK_FAILS(ParticipantErrc::registrar_mismatch,
                 setup.membership.check_registrar(setup.membership.coordinator));
}

BOOST_AUTO_TEST_CASE(until_when_the_roster_is_valid_is_what_the_registrar_signed) {
  Setup setup;
  const auto expiry = [&] {
    return roster_expiry(setup.paths, setup.membership, setup.round.roster).value();
  };
  BOOST_TEST(expiry() == 0);
  GS_REQUIRE_DONE(save_roster(setup.paths, setup.round.roster));
  BOOST_TEST(expiry() == 0);
  auto head = protocol::sign_roster_head(setup.round.roster, setup.round.federation, 77,
                                         setup.round.registrar);
  GS_REQUIRE_DONE(save_roster(setup.paths, setup.round.roster, head));
  BOOST_TEST(expiry() == 77);
  head.expires_unix_ms = 99;
  GS_REQUIRE_DONE(save_roster(setup.paths, setup.round.roster, head));
  BOOST_TEST(expiry() == 0);
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_what_was_saved_before) {
  Setup setup;
  GS_REQUIRE_DONE(setup.membership.save(setup.paths));
  setup.membership.name = "other";
  {
    const test::FileSizeLimit full{20};
    BOOST_TEST(setup.membership.save(setup.paths).has_error());
    BOOST_TEST(save_roster(setup.paths, setup.round.roster).has_error());
  }
  BOOST_TEST(Membership::load(setup.paths).value().name == "corner");
  BOOST_TEST(!fs::exists(setup.paths.roster()));
}

BOOST_AUTO_TEST_SUITE_END()
