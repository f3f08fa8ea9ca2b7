#include "protocol/detail/member_lists.hpp"

#include <boost/test/unit_test.hpp>

#include "round_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using namespace guildsum::protocol::test;

BOOST_AUTO_TEST_SUITE(member_lists_test)

BOOST_AUTO_TEST_CASE(a_list_in_cohort_order_with_enough_members_is_taken) {
  const RoundSetup round;
  GS_REQUIRE_OK(protocol::detail::check_member_list(round.sharers, round.view, "U1"));
  const auto enough = std::span{round.sharers}.first(round.view.descriptor.s_min);
  GS_REQUIRE_OK(protocol::detail::check_member_list(enough, round.view, "U1"));
}

BOOST_AUTO_TEST_CASE(lists_that_are_short_repeated_unordered_or_foreign_are_refused) {
  const RoundSetup round;
  const auto too_short = std::span{round.sharers}.first(round.view.descriptor.s_min - 1);
  GS_CHECK_REFUSED(protocol::detail::check_member_list(too_short, round.view, "U1"),
                   ProtocolErrc::too_few);
  GS_CHECK_REFUSED(protocol::detail::check_member_list({}, round.view, "U1"),
                   ProtocolErrc::too_few);
  auto repeated = round.sharers;
  repeated[3] = repeated[2];
  GS_CHECK_REFUSED(protocol::detail::check_member_list(repeated, round.view, "U1"),
                   ProtocolErrc::duplicate);
  auto unordered = round.sharers;
  std::swap(unordered[0], unordered[5]);
  GS_CHECK_REFUSED(protocol::detail::check_member_list(unordered, round.view, "U1"),
                   ProtocolErrc::malformed);
  auto foreign = round.sharers;
  foreign[1].member = sample<ParticipantId>(77);
  const auto refused = protocol::detail::check_member_list(foreign, round.view, "U1");
  GS_CHECK_REFUSED(refused, ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(repeats_that_are_not_neighbours_are_found_by_the_order) {
  const RoundSetup round;
  auto repeated = round.sharers;
  repeated.push_back(repeated[0]);
  GS_CHECK_REFUSED(protocol::detail::check_member_list(repeated, round.view, "U2"),
                   ProtocolErrc::malformed);
}

BOOST_AUTO_TEST_CASE(members_are_found_by_their_identity) {
  const RoundSetup round;
  for (std::uint32_t i = 0; i < round.size(); ++i) {
    const auto* found = protocol::detail::find_member(round.sharers, round.shops[i].id());
    BOOST_TEST((found == &round.sharers[i]));
    BOOST_TEST(protocol::detail::cohort_position(round.shops[i].id(), round.view).value().value() ==
               i);
  }
  const auto stranger = sample<ParticipantId>(77);
  BOOST_TEST((protocol::detail::find_member(round.sharers, stranger) == nullptr));
  BOOST_TEST((protocol::detail::find_member({}, stranger) == nullptr));
  GS_CHECK_REFUSED(protocol::detail::cohort_position(stranger, round.view),
                   ProtocolErrc::not_a_member);
  GS_CHECK_REFUSED(protocol::detail::check_cohort_member(stranger, round.view),
                   ProtocolErrc::not_a_member);
  GS_CHECK_REFUSED(protocol::detail::check_listed(stranger, round.sharers, "U1"),
                   ProtocolErrc::not_a_member);
  const auto first_four = std::span{round.sharers}.first(4);
  GS_CHECK_REFUSED(protocol::detail::check_listed(round.shops[5].id(), first_four, "U2"),
                   ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(messages_of_another_descriptor_are_refused) {
  const RoundSetup round;
  GS_REQUIRE_OK(protocol::detail::check_rd(round.view.rd, round.view));
  GS_CHECK_REFUSED(protocol::detail::check_rd(RoundDigest{}, round.view),
                   ProtocolErrc::wrong_round);
  GS_CHECK_REFUSED(protocol::detail::check_rd(sample<RoundDigest>(5), round.view),
                   ProtocolErrc::wrong_round);
}

BOOST_AUTO_TEST_SUITE_END()
