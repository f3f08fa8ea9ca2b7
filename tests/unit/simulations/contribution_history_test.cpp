#include "participant/round/contribution_history.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/sha256.hpp"

namespace {

using namespace guildsum;
using participant::ContributionHistory;
using protocol::ProtocolErrc;

protocol::StateRoot step(std::string_view lineage, std::string kind, std::uint64_t number) {
  protocol::StateRoot state;
  state.lineage = crypto::sha256(as_bytes(lineage));
  state.step_kind = std::move(kind);
  state.step_number = number;
  return state;
}

protocol::RoundDigest round_digest(std::string_view name) {
  return protocol::RoundDigest{crypto::sha256(as_bytes(name)).view()};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(contribution_history_test)

BOOST_AUTO_TEST_CASE(step_numbers_only_rise) {
  ContributionHistory history;
  BOOST_TEST(!history.forbids("ials", step("a", "ials.gradient", 3)).has_value());
  history.count(step("a", "ials.gradient", 3));
  BOOST_TEST(
      (history.forbids("ials", step("a", "ials.gradient", 3)) == ProtocolErrc::repeated_step));
  BOOST_TEST(
      (history.forbids("ials", step("a", "ials.gradient", 2)) == ProtocolErrc::repeated_step));
  BOOST_TEST(!history.forbids("ials", step("a", "ials.gradient", 4)).has_value());
  BOOST_TEST(!history.forbids("ials", step("a", "ials.product", 3)).has_value());
  history.count(step("a", "ials.gradient", 1));
  BOOST_TEST(history.forbids("ials", step("a", "ials.gradient", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(an_unsettled_contribution_blocks_its_step_until_it_is_released) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ease.gram", 1)});
  BOOST_TEST(
      (history.forbids("ease", step("a", "ease.gram", 1)) == ProtocolErrc::certificate_withheld));
  history.release(round_digest("another"));
  BOOST_TEST(history.forbids("ease", step("a", "ease.gram", 1)).has_value());
  history.release(round_digest("r"));
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 1)).has_value());
}

BOOST_AUTO_TEST_CASE(another_lineage_of_the_same_step_kind_needs_an_approval_of_its_own) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1));
  BOOST_TEST((history.forbids("ease", step("b", "ease.gram", 1)) == ProtocolErrc::new_lineage));
  BOOST_TEST(!history.forbids("popularity", step("b", "popularity.counts", 1)).has_value());
  history.approve("popularity");
  BOOST_TEST((history.forbids("ease", step("b", "ease.gram", 1)) == ProtocolErrc::new_lineage));
  history.approve("ease");
  BOOST_TEST(!history.forbids("ease", step("b", "ease.gram", 1)).has_value());
  history.bind("ease", step("b", "ease.gram", 1));
  BOOST_TEST(!history.forbids("ease", step("b", "ease.gram", 2)).has_value());
  BOOST_TEST((history.forbids("ease", step("c", "ease.gram", 1)) == ProtocolErrc::new_lineage));
}

BOOST_AUTO_TEST_CASE(an_unsettled_contribution_makes_other_lineages_new) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ease.gram", 1)});
  BOOST_TEST((history.forbids("ease", step("b", "ease.gram", 1)) == ProtocolErrc::new_lineage));
}

BOOST_AUTO_TEST_CASE(binding_to_the_first_lineage_spends_no_approval) {
  ContributionHistory history;
  history.approve("ease");
  history.bind("ease", step("a", "ease.gram", 1));
  BOOST_TEST(history.approvals().contains("ease"));
  BOOST_TEST(history.approved().empty());
}

BOOST_AUTO_TEST_SUITE_END()
