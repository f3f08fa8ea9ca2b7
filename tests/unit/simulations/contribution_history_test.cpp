#include "participant/round/contribution_history.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "crypto/sha256.hpp"

namespace {

using namespace guildsum;
using participant::ContributionHistory;
using participant::DeltaBase;
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

protocol::ParticipantId shop(char name) {
  return protocol::ParticipantId{crypto::sha256(as_bytes(std::string(1, name))).view()};
}
std::vector<protocol::ParticipantId> shops(std::string_view names) {
  std::vector<protocol::ParticipantId> all;
  for (const char name : names) all.push_back(shop(name));
  std::ranges::sort(all);
  return all;
}

/// A history with one attempt of step 1 that is certified over these shops.
ContributionHistory certified(std::string_view survivors, std::string_view faulty = "") {
  ContributionHistory history;
  history.keep_unsettled(
      {round_digest("r"), {}, {}, step("a", "ials.sums", 1), crypto::sha256(as_bytes("request"))});
  history.certify(round_digest("r"), {shops(survivors), shops(faulty)}, true);
  return history;
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
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ials.sums", 1)});
  BOOST_TEST(
      (history.forbids("ease", step("a", "ials.sums", 1)) == ProtocolErrc::certificate_withheld));
  history.release(round_digest("another"));
  BOOST_TEST(history.forbids("ease", step("a", "ials.sums", 1)).has_value());
  history.release(round_digest("r"));
  BOOST_TEST(!history.forbids("ease", step("a", "ials.sums", 1)).has_value());
}

BOOST_AUTO_TEST_CASE(another_lineage_of_the_same_step_kind_needs_an_approval_of_its_own) {
  ContributionHistory history;
  history.count(step("a", "ials.sums", 1));
  BOOST_TEST((history.forbids("ease", step("b", "ials.sums", 1)) == ProtocolErrc::new_lineage));
  BOOST_TEST(!history.forbids("popularity", step("b", "popularity.counts", 1)).has_value());
  history.approve("popularity");
  BOOST_TEST((history.forbids("ease", step("b", "ials.sums", 1)) == ProtocolErrc::new_lineage));
  history.approve("ease");
  BOOST_TEST(!history.forbids("ease", step("b", "ials.sums", 1)).has_value());
  history.bind("ease", step("b", "ials.sums", 1));
  BOOST_TEST(!history.forbids("ease", step("b", "ials.sums", 2)).has_value());
  BOOST_TEST((history.forbids("ease", step("c", "ials.sums", 1)) == ProtocolErrc::new_lineage));
}

BOOST_AUTO_TEST_CASE(transitions_are_counted_once_and_anew_only_with_an_approval) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "transitions.counts", 1)});
  BOOST_TEST((history.forbids("transitions", step("a", "transitions.counts", 1)) ==
              ProtocolErrc::certificate_withheld));
  BOOST_TEST((history.forbids("transitions", step("b", "transitions.counts", 1)) ==
              ProtocolErrc::new_lineage));
  history.count(step("a", "transitions.counts", 1));
  BOOST_TEST((history.forbids("transitions", step("a", "transitions.counts", 1)) ==
              ProtocolErrc::repeated_step));
  BOOST_TEST((history.forbids("transitions", step("b", "transitions.counts", 1)) ==
              ProtocolErrc::new_lineage));
  history.approve("ease");
  BOOST_TEST(history.forbids("transitions", step("b", "transitions.counts", 1)).has_value());
  history.approve("transitions");
  BOOST_TEST(!history.forbids("transitions", step("b", "transitions.counts", 1)).has_value());
}

BOOST_AUTO_TEST_CASE(an_unsettled_contribution_makes_other_lineages_new) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ials.sums", 1)});
  BOOST_TEST((history.forbids("ease", step("b", "ials.sums", 1)) == ProtocolErrc::new_lineage));
}

BOOST_AUTO_TEST_CASE(binding_to_the_first_lineage_spends_no_approval) {
  ContributionHistory history;
  history.approve("ease");
  history.bind("ease", step("a", "ials.sums", 1));
  BOOST_TEST(history.approvals().contains("ease"));
  BOOST_TEST(history.approved().empty());
}

BOOST_AUTO_TEST_CASE(a_certified_sum_may_be_repaired_and_nothing_else_asked_for) {
  const ContributionHistory history = certified("abcdef");
  BOOST_TEST(!history.forbids("ease", step("a", "ials.sums", 1)).has_value());
  const auto repair = history.repair_of(step("a", "ials.sums", 1));
  BOOST_TEST_REQUIRE(repair.has_value());
  BOOST_TEST((repair->origin == round_digest("r")));
  BOOST_TEST((repair->request == crypto::sha256(as_bytes("request"))));
  BOOST_TEST((repair->survivors == shops("abcdef")));
  // From another model, and of a step before, it would be another sum.
  auto other = step("a", "ials.sums", 1);
  other.model_root = protocol::BlobId{crypto::sha256(as_bytes("model")).view()};
  BOOST_TEST((history.forbids("ease", other) == ProtocolErrc::certificate_withheld));
  BOOST_TEST(
      (history.forbids("ease", step("a", "ials.sums", 0)) == ProtocolErrc::certificate_withheld));
  BOOST_TEST(!history.repair_of(step("a", "ials.sums", 2)).has_value());
}

BOOST_AUTO_TEST_CASE(dealers_at_fault_in_any_attempt_are_left_out_of_the_repair) {
  ContributionHistory history = certified("abcdef", "b");
  history.keep_unsettled({round_digest("r2"), {}, {}, step("a", "ials.sums", 1)});
  // A repair that came to nothing before it was certified changes nothing,
  BOOST_TEST((history.repair_of(step("a", "ials.sums", 1))->survivors == shops("acdef")));
  history.certify(round_digest("r2"), {shops("acdef"), shops("e")}, true);
  // and one that was adds what it proved; the vector is still the first one.
  const auto repair = history.repair_of(step("a", "ials.sums", 1));
  BOOST_TEST((repair->survivors == shops("acdf")));
  BOOST_TEST((repair->origin == round_digest("r")));
}

BOOST_AUTO_TEST_CASE(without_the_first_certificate_there_is_no_repair) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ials.sums", 1)});
  history.keep_unsettled({round_digest("r2"), {}, {}, step("a", "ials.sums", 1)});
  history.certify(round_digest("r2"), {shops("abc"), {}}, true);
  BOOST_TEST(
      (history.forbids("ease", step("a", "ials.sums", 1)) == ProtocolErrc::certificate_withheld));
}

BOOST_AUTO_TEST_CASE(whom_a_certificate_does_not_name_it_frees) {
  ContributionHistory history;
  history.keep_unsettled({round_digest("r"), {}, {}, step("a", "ials.sums", 1)});
  history.certify(round_digest("r"), {shops("abc"), {}}, false);
  BOOST_TEST(history.unsettled().empty());
  BOOST_TEST(!history.forbids("ease", step("a", "ials.sums", 1)).has_value());
}

BOOST_AUTO_TEST_CASE(the_opened_repair_settles_the_step) {
  ContributionHistory history = certified("abcdef");
  history.count(step("a", "ials.sums", 1));
  BOOST_TEST(history.unsettled().empty());
  BOOST_TEST((history.forbids("ease", step("a", "ials.sums", 1)) == ProtocolErrc::repeated_step));
}

BOOST_AUTO_TEST_CASE(a_task_that_goes_on_closes_what_did_not_open) {
  ContributionHistory history = certified("abcdef");
  history.close_before(step("a", "ials.sums", 1));
  BOOST_TEST(history.unsettled().size() == 1U);  // its own repair closes nothing
  history.close_before(step("a", "ials.product", 2));
  BOOST_TEST(history.unsettled().empty());
  BOOST_TEST((history.forbids("ease", step("a", "ials.sums", 1)) == ProtocolErrc::repeated_step));
}

BOOST_AUTO_TEST_CASE(another_task_closes_what_did_not_open_in_the_one_before) {
  ContributionHistory history = certified("abcdef");
  history.keep_unsettled({round_digest("x"), {}, {}, step("b", "popularity.counts", 7)});
  history.close_before(step("b", "popularity.counts", 7));
  BOOST_TEST_REQUIRE(history.unsettled().size() == 1U);
  BOOST_TEST((history.unsettled()[0].rd == round_digest("x")));
  BOOST_TEST(!history.repair_of(step("a", "ials.sums", 1)).has_value());
  BOOST_TEST((history.forbids("ease", step("a", "ials.sums", 1)) == ProtocolErrc::repeated_step));
  BOOST_TEST((history.forbids("ease", step("c", "ials.sums", 1)) == ProtocolErrc::new_lineage));
}

BOOST_AUTO_TEST_CASE(a_delta_is_against_the_last_sum_that_counts) {
  ContributionHistory history;
  BOOST_TEST(!history.delta_base(step("a", "ease.gram", 1)).has_value());
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  const auto base = [&](std::uint64_t number) {
    return history.delta_base(step("a", "ease.gram", number));
  };
  BOOST_TEST((base(2) == DeltaBase{1, round_digest("r1")}));
  BOOST_TEST((base(5) == DeltaBase{1, round_digest("r1")}));  // it took no part in between
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 5)).has_value());
  history.count(step("a", "ease.gram", 5), round_digest("r5"));
  BOOST_TEST((base(6) == DeltaBase{5, round_digest("r5")}));
  // Of another kind every sum is whole.
  history.count(step("a", "ials.gradient", 1), round_digest("i"));
  BOOST_TEST(!history.delta_base(step("a", "ials.gradient", 2)).has_value());
  BOOST_TEST((history.bases().size() == 1U));
}

BOOST_AUTO_TEST_CASE(who_is_new_among_deltas_waits_for_the_owner) {
  ContributionHistory history;
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 1)).has_value());
  BOOST_TEST((history.forbids("ease", step("a", "ease.gram", 4)) == ProtocolErrc::new_lineage));
  BOOST_TEST(!history.forbids("ials", step("i", "ials.sums", 4)).has_value());
  history.approve("ease");  // Leave to begin anew is none to join.
  BOOST_TEST((history.forbids("ease", step("a", "ease.gram", 4)) == ProtocolErrc::new_lineage));
  history = {};
  history.approve("ease-join");
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 4)).has_value());
  history.bind("ease", step("a", "ease.gram", 4));
  BOOST_TEST(history.approvals().empty());
  // Nothing came of that attempt; the next one of the lineage is allowed as well.
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 4)).has_value());
  BOOST_TEST(!history.delta_base(step("a", "ease.gram", 4)).has_value());
  history.count(step("a", "ease.gram", 4), round_digest("r4"));
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 5)).has_value());
}

BOOST_AUTO_TEST_CASE(leave_for_a_first_sum_is_no_leave_to_join_its_deltas) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  history.approve("ease");
  history.bind("ease", step("b", "ease.gram", 1));  // The owner's leave is spent here.
  // It was left out of that sum: nothing of it is counted or open in the lineage.
  BOOST_TEST(!history.forbids("ease", step("b", "ease.gram", 1)).has_value());
  BOOST_TEST((history.forbids("ease", step("b", "ease.gram", 2)) == ProtocolErrc::new_lineage));
  history.approve("ease-join");
  BOOST_TEST(!history.forbids("ease", step("b", "ease.gram", 2)).has_value());
}

BOOST_AUTO_TEST_CASE(what_never_opened_of_a_new_lineage_leaves_the_state_of_the_one_gone_on_with) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  history.approve("ease");
  history.bind("ease", step("b", "ease.gram", 1));
  history.keep_unsettled({round_digest("b1"), {}, {}, step("b", "ease.gram", 1)});
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 2)).has_value());
  history.bind("ease", step("a", "ease.gram", 2));
  history.close_before(step("a", "ease.gram", 2));  // The attempt is then abandoned.
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 2)).has_value());
  BOOST_TEST((history.delta_base(step("a", "ease.gram", 2))->rd == round_digest("r1")));
}

BOOST_AUTO_TEST_CASE(times_are_known_of_what_may_still_be_asked_about) {
  ContributionHistory history;
  history.contribute(round_digest("r1"), 100);
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  history.contribute(round_digest("r2"), 200);
  history.keep_unsettled({round_digest("r2"), {}, {}, step("a", "ease.gram", 2)});
  history.contribute(round_digest("other"), 300);
  history.contribute(round_digest("r3"), 400);
  BOOST_TEST(history.contributed_ms(round_digest("r1")).value() == 100);
  BOOST_TEST(history.contributed_ms(round_digest("r2")).value() == 200);
  BOOST_TEST(!history.contributed_ms(round_digest("other")).has_value());
  BOOST_TEST(history.contributed_ms(round_digest("r3")).value() == 400);
  history.count(step("a", "ease.gram", 2), round_digest("r2"));
  history.contribute(round_digest("r4"), 500);
  BOOST_TEST(!history.contributed_ms(round_digest("r1")).has_value());
}

BOOST_AUTO_TEST_CASE(no_delta_before_it_is_certain_which_sum_counts_last) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  history.keep_unsettled({round_digest("r2"), {}, {}, step("a", "ease.gram", 2)});
  for (const std::uint64_t number : {2U, 3U, 9U}) {
    BOOST_TEST((history.forbids("ease", step("a", "ease.gram", number)) ==
                ProtocolErrc::certificate_withheld));
  }
  auto abandoned = history;
  abandoned.release(round_digest("r2"));
  BOOST_TEST(!abandoned.forbids("ease", step("a", "ease.gram", 2)).has_value());
  BOOST_TEST((abandoned.delta_base(step("a", "ease.gram", 2))->rd == round_digest("r1")));
  auto left_out = history;
  left_out.certify(round_digest("r2"), {shops("abc"), {}}, false);
  BOOST_TEST((left_out.delta_base(step("a", "ease.gram", 3))->rd == round_digest("r1")));
  auto named = history;
  named.certify(round_digest("r2"), {shops("abc"), {}}, true);
  // A repair of it that came to nothing changes nothing.
  named.keep_unsettled({round_digest("r2b"), {}, {}, step("a", "ease.gram", 2)});
  BOOST_TEST(!named.forbids("ease", step("a", "ease.gram", 3)).has_value());
  BOOST_TEST((named.delta_base(step("a", "ease.gram", 3))->rd == round_digest("r2")));
  named.close_before(step("a", "ease.gram", 3));
  BOOST_TEST(named.unsettled().empty());
  BOOST_TEST((named.delta_base(step("a", "ease.gram", 3)) == DeltaBase{2, round_digest("r2")}));
}

BOOST_AUTO_TEST_CASE(tasks_of_other_kinds_leave_a_delta_open_and_a_new_lineage_ends_the_old_one) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1), round_digest("r1"));
  history.keep_unsettled({round_digest("r2"), {}, {}, step("a", "ease.gram", 2)});
  history.close_before(step("p", "popularity.counts", 1));
  BOOST_TEST(history.unsettled().size() == 1U);
  history.close_before(step("b", "ease.gram", 1));
  BOOST_TEST(history.unsettled().empty());
  history.count(step("b", "ease.gram", 1), round_digest("b1"));
  BOOST_TEST((history.delta_base(step("b", "ease.gram", 2))->rd == round_digest("b1")));
  BOOST_TEST((history.forbids("ease", step("a", "ease.gram", 3)) == ProtocolErrc::delta_base_lost));
  BOOST_TEST(!history.delta_base(step("a", "ease.gram", 3)).has_value());
}

BOOST_AUTO_TEST_CASE(a_counted_sum_of_unknown_state_ends_the_lineage) {
  ContributionHistory history;
  history.count(step("a", "ease.gram", 1));
  BOOST_TEST((history.forbids("ease", step("a", "ease.gram", 2)) == ProtocolErrc::delta_base_lost));
  history.restore_base({crypto::sha256(as_bytes("a")), "ease.gram"}, {1, round_digest("r1")});
  BOOST_TEST(!history.forbids("ease", step("a", "ease.gram", 2)).has_value());
}

BOOST_AUTO_TEST_CASE(the_roster_of_an_earlier_epoch_is_what_newcomers_are_measured_by) {
  ContributionHistory history;
  const auto head = [](std::string_view text) { return crypto::sha256(as_bytes(text)); };
  const auto before = [&](std::uint64_t epoch) {
    return history.roster_before(protocol::Epoch{epoch});
  };
  BOOST_TEST(!before(9).has_value());
  history.accept_roster(protocol::Epoch{2}, head("a"));
  BOOST_TEST(!before(2).has_value());
  BOOST_TEST((before(3) == head("a")));
  history.accept_roster(protocol::Epoch{2}, head("b"));  // It grew in between.
  BOOST_TEST((before(3) == head("b")));
  history.accept_roster(protocol::Epoch{5}, head("c"));
  BOOST_TEST((before(5) == head("b")));
  history.accept_roster(protocol::Epoch{4}, head("d"));  // Out of order: it says nothing new.
  BOOST_TEST((before(5) == head("b")));
  BOOST_TEST((before(6) == head("c")));
  BOOST_TEST(history.accepted_rosters().size() == 2U);
}

BOOST_AUTO_TEST_SUITE_END()
