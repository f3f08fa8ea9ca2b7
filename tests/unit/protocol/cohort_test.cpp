#include "protocol/cohort.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "protocol/limits.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

std::vector<ParticipantId> members(std::size_t count) {
  std::vector<ParticipantId> ids;
  for (std::size_t i = 0; i < count; ++i) ids.push_back(test::sample<ParticipantId>(i));
  std::ranges::sort(ids);
  return ids;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(cohort_test)

BOOST_AUTO_TEST_CASE(members_have_the_position_of_their_ascending_identity) {
  const auto ids = members(7);
  const auto cohort = Cohort::parse(ids);
  GS_REQUIRE_OK(cohort);
  BOOST_TEST(cohort->size() == 7U);
  for (std::uint32_t i = 0; i < 7; ++i) {
    BOOST_TEST((cohort->position_of(ids[i]) == CohortPosition{i}));
    BOOST_TEST((cohort->at(CohortPosition{i}) == ids[i]));
    BOOST_TEST(cohort->contains(ids[i]));
  }
}

BOOST_AUTO_TEST_CASE(a_stranger_has_no_position) {
  const auto cohort = Cohort::parse(members(7)).value();
  BOOST_TEST(!cohort.position_of(test::sample<ParticipantId>(99)).has_value());
  BOOST_TEST(!Cohort{}.contains(test::sample<ParticipantId>(0)));
}

BOOST_AUTO_TEST_CASE(repeats_and_any_other_order_are_refused) {
  auto ids = members(4);
  ids[2] = ids[1];
  GS_CHECK_REFUSED(Cohort::parse(ids), ProtocolErrc::duplicate);
  ids = members(4);
  std::swap(ids[0], ids[3]);
  GS_CHECK_REFUSED(Cohort::parse(ids), ProtocolErrc::malformed);
}

BOOST_AUTO_TEST_CASE(a_cohort_has_at_most_256_members) {
  GS_REQUIRE_OK(Cohort::parse(members(kCohortMax)));
  GS_CHECK_REFUSED(Cohort::parse(members(kCohortMax + 1)), ProtocolErrc::too_large);
}

BOOST_AUTO_TEST_CASE(a_cohort_is_made_of_the_senders_of_check_ins) {
  const test::RoundSetup round{5};
  const auto cohort = Cohort::of(round.description.check_ins);
  GS_REQUIRE_OK(cohort);
  BOOST_TEST(cohort->size() == 5U);
  BOOST_TEST((cohort->at(CohortPosition{3}) == round.shops[3].id()));
}

BOOST_AUTO_TEST_CASE(a_dealers_list_of_ciphertexts_leaves_the_dealer_out) {
  std::vector<std::size_t> indices;
  for (std::uint32_t holder = 0; holder < 5; ++holder) {
    if (holder == 2) continue;
    indices.push_back(ciphertext_index(CohortPosition{2}, CohortPosition{holder}));
  }
  BOOST_TEST(indices == (std::vector<std::size_t>{0, 1, 2, 3}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
