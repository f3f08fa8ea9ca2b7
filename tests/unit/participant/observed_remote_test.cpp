#include "participant/remote/observed_remote.hpp"

#include "base/errors.hpp"
#include "base/net/error.hpp"
#include "enrolled_setup.hpp"
#include "protocol/errors.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::EnrolledSetup;
using namespace std::chrono_literals;

namespace {

/// A shop of a real coordinator, watched.
struct Watched : EnrolledSetup {
  [[nodiscard]] LiveState state() const {
    LiveState live;
    remote.describe(live);
    return live;
  }

  Membership membership = join("corner");
  AgentKeys keys = AgentKeys::load(paths("corner")).value();
  CoordinatorClient client{membership.client_config(keys).value(), {}};
  ManualClock watch;
  ObservedRemote remote{client, watch};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(observed_remote_test)

BOOST_FIXTURE_TEST_CASE(answers_and_refusals_mean_online_and_silence_does_not, Watched) {
  BOOST_TEST(!state().online);
  BOOST_TEST(state().last_contact_ms == 0);

  GS_REQUIRE_DONE(remote.roster(0));
  BOOST_TEST(state().online);
  BOOST_TEST(state().last_error.empty());
  const auto contact = state().last_contact_ms;
  BOOST_TEST(contact == watch.wall_now().time_since_epoch().count());

  watch.advance(5s);
  GS_CHECK_FAILS(protocol::ProtocolErrc::wrong_round, remote.phase(protocol::RoundId{9}, 0, 0ms));
  BOOST_TEST(state().online);
  BOOST_TEST(!state().last_error.empty());
  BOOST_TEST(state().last_contact_ms == contact + 5000);

  stop();
  watch.advance(5s);
  BOOST_TEST(remote.invitation(std::nullopt, 0ms).has_error());
  BOOST_TEST(!state().online);
  BOOST_TEST(state().last_contact_ms == contact + 5000);
  BOOST_TEST(!state().last_error.empty());
}

BOOST_FIXTURE_TEST_CASE(a_revoked_shop_is_not_online_and_is_told_the_way_back, Watched) {
  GS_REQUIRE_DONE(remote.roster(0));
  const auto contact = watch.wall_now().time_since_epoch().count();
  BOOST_TEST((here({"shop", "revoke", "corner"}).code == cli::ExitCode::ok));
  watch.advance(5s);
  GS_CHECK_FAILS(BaseErrc::unauthorised, remote.roster(0));
  const LiveState live = state();
  BOOST_TEST(!live.online);
  BOOST_TEST(live.last_contact_ms == contact);
  BOOST_TEST(live.last_error.find("revoked") != std::string::npos, live.last_error);
  BOOST_TEST(live.last_error.find("guildsum-participant renew") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(what_the_coordinator_said_is_told_from_what_the_line_did) {
  BOOST_TEST(is_an_answer(protocol::ProtocolErrc::round_over));
  BOOST_TEST(is_an_answer(protocol::ProtocolErrc::bad_signature));
  for (const auto code :
       {net::NetErrc::unreachable, net::NetErrc::timed_out, net::NetErrc::connection_lost}) {
    BOOST_TEST(!is_an_answer(Error{code}));
  }
  BOOST_TEST(!is_an_answer(BaseErrc::unreachable));
  BOOST_TEST(!is_an_answer(BaseErrc::unauthorised));
}

BOOST_AUTO_TEST_SUITE_END()
