#include "participant/remote/coordinator_client.hpp"

#include "base/errors.hpp"
#include "base/net/error.hpp"
#include "enrolled_setup.hpp"
#include "participant/remote/observed_remote.hpp"
#include "participant/remote/retry.hpp"
#include "protocol/errors.hpp"
#include "protocol/problem.hpp"
#include "protocol/wire.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::ProtocolErrc;
using testing::EnrolledSetup;
using namespace std::chrono_literals;

namespace {

struct Setup : EnrolledSetup {
  std::vector<OutboundMessage> sent;
  std::optional<AgentKeys> keys;
  std::optional<CoordinatorClient> client;

  Setup() {
    const Membership membership = join("corner");
    keys.emplace(AgentKeys::load(paths("corner")).value());
    client.emplace(membership.client_config(*keys).value(),
                   [this](const OutboundMessage& message) { sent.push_back(message); });
  }
};

net::Response answer(int status, std::string_view body = {}) {
  net::Response response{status};
  response.body = to_bytes(body);
  return response;
}

const AttemptId kAttempt{protocol::RoundId{1}, protocol::Attempt{0}};

}  // namespace

BOOST_AUTO_TEST_SUITE(coordinator_client_test)

BOOST_AUTO_TEST_CASE(what_is_put_on_the_wire_is_told_also_when_it_is_refused) {
  Setup setup;
  const Bytes frame = protocol::encode([&] {
    protocol::Vote vote;
    vote.sender = setup.keys->id();
    return vote;
  }());
  GS_CHECK_FAILS(ProtocolErrc::wrong_round,
                 setup.client->send(kAttempt, protocol::MessageType::vote, frame));
  BOOST_REQUIRE(setup.sent.size() == 1U);
  BOOST_TEST(setup.sent[0].type == "vote");
  BOOST_TEST(setup.sent[0].bytes == frame.size());
  BOOST_TEST((setup.sent[0].sha256 == crypto::sha256(frame)));
  BOOST_TEST(setup.sent[0].destination == setup.application->shops_url());
  BOOST_TEST(setup.client->upload_chunk(kAttempt, 0, Bytes(5)).has_error());
  BOOST_TEST(setup.sent.back().type == "masked_input_chunk");
  BOOST_TEST(setup.client->traffic().sent > frame.size());
}

BOOST_AUTO_TEST_CASE(reading_sends_nothing_of_the_shop) {
  Setup setup;
  GS_REQUIRE_DONE(setup.client->roster(0));
  GS_REQUIRE_DONE(setup.client->invitation(std::nullopt, 0ms));
  BOOST_TEST(setup.client->phase(protocol::RoundId{1}, 0, 0ms).has_error());
  const Bytes ends = setup.client->ends(kAttempt).value();
  BOOST_TEST(protocol::decode<protocol::AttemptEnds>(ends)->ends.empty());
  BOOST_TEST(setup.sent.empty());
}

BOOST_AUTO_TEST_CASE(types_that_no_shop_sends_are_refused_here) {
  Setup setup;
  GS_CHECK_FAILS(BaseErrc::invalid_argument,
                 setup.client->send(kAttempt, protocol::MessageType::round_result, Bytes(5)));
  BOOST_TEST(setup.sent.empty());
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_is_gone_is_worth_another_try_and_found_again) {
  Setup setup;
  const std::string address = setup.application->shops_url().substr(8);
  setup.stop();
  const auto gone = setup.client->roster(0);
  BOOST_REQUIRE(gone.has_error());
  BOOST_TEST(is_retryable(gone.error()));
  auto config = setup.tiny();
  config.shops = coordinator::ListenAddress::parse(address).value();
  setup.serve(std::move(config));
  BOOST_TEST(setup.client->roster(0).value().entries.size() == 1U);
}

BOOST_AUTO_TEST_CASE(cancelling_ends_every_later_call) {
  Setup setup;
  setup.client->cancel();
  GS_CHECK_FAILS(net::NetErrc::cancelled, setup.client->roster(0));
}

BOOST_AUTO_TEST_CASE(statuses_that_mean_later_are_retryable_and_others_final) {
  for (const int status : {408, 429, 500, 502, 503, 504}) {
    BOOST_TEST(is_retryable(error_of_response(answer(status))), status);
  }
  const auto problem = protocol::problem_of(ProtocolErrc::round_over);
  const auto over =
      error_of_response(answer(static_cast<int>(problem.status), protocol::print_problem(problem)));
  BOOST_TEST((over == ProtocolErrc::round_over));
  for (const int status : {400, 401, 403, 404, 413}) {
    BOOST_TEST(!is_retryable(error_of_response(answer(status, "not a document"))), status);
  }
}

BOOST_AUTO_TEST_SUITE_END()
