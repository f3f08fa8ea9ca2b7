// The stored plan of an attempt.
#include "coordinator/round/round_plan.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/errors.hpp"
#include "tests/unit/protocol/message_samples.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using protocol::ParticipantId;
using protocol::ProtocolErrc;

namespace {

RoundPlan plan() {
  RoundPlan plan;
  plan.descriptor = protocol::test::sample_round().description.descriptor;
  plan.cohort_min = 5;
  plan.cohort_max = 9;
  plan.cohort_goal = 7;
  plan.corrupt = 1;
  plan.allow_tiny_cohorts = true;
  plan.layout = to_bytes("layout");
  plan.training_plan = to_bytes("training plan");
  plan.purpose = "recommendations";
  plan.invited = {protocol::test::sample<ParticipantId>(1),
                  protocol::test::sample<ParticipantId>(2)};
  std::ranges::sort(plan.invited);
  return plan;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(round_plan_test)

BOOST_AUTO_TEST_CASE(what_is_stored_is_read_back) {
  const auto read = decode_plan(encode_plan(plan()));
  BOOST_TEST_REQUIRE(read.has_value());
  BOOST_TEST(read->cohort_min == 5U);
  BOOST_TEST(read->cohort_max == 9U);
  BOOST_TEST(read->cohort_goal == 7U);
  BOOST_TEST(read->corrupt == 1U);
  BOOST_TEST(read->allow_tiny_cohorts);
  BOOST_TEST(read->purpose == "recommendations");
  BOOST_TEST((read->invited == plan().invited));
  BOOST_TEST((read->layout == plan().layout));
  BOOST_TEST((read->training_plan == plan().training_plan));
  BOOST_TEST((encode_plan(*read) == encode_plan(plan())));
}

BOOST_AUTO_TEST_CASE(who_is_invited_is_a_list_or_everybody) {
  BOOST_TEST(plan().invites(plan().invited[0]));
  BOOST_TEST(!plan().invites(protocol::test::sample<ParticipantId>(3)));
  auto all = plan();
  all.invited.clear();
  BOOST_TEST(all.invites(protocol::test::sample<ParticipantId>(3)));
}

BOOST_AUTO_TEST_CASE(a_cut_or_lengthened_plan_is_none) {
  const Bytes bytes = encode_plan(plan());
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(decode_plan(ByteView{bytes}.first(length)).has_error(), "cut to " << length);
  }
  Bytes longer = bytes;
  longer.push_back(std::byte{0});
  BOOST_TEST((decode_plan(longer).error() == ProtocolErrc::trailing_bytes));
}

BOOST_AUTO_TEST_CASE(an_unknown_version_is_refused) {
  Bytes bytes = encode_plan(plan());
  bytes[0] = std::byte{99};
  BOOST_TEST((decode_plan(bytes).error() == ProtocolErrc::unsupported_version));
}

BOOST_AUTO_TEST_SUITE_END()
