// What a shop demands of a round's description before it shares keys.
#include <algorithm>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "round_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using namespace guildsum::protocol::test;

namespace {

/// A description as shop 0 sees it.
struct Setup {
  RoundSetup round;
  CheckIn own = round.description.check_ins[0];
  DescriptionPolicy policy = round.policy();

  [[nodiscard]] RoundDescriptor& descriptor() { return round.description.descriptor; }
  Result<> check() const {
    return check_round_description(round.description, own, round.federation_view(), policy);
  }
  /// Changes the description, which the coordinator then signs.
  Result<> with(const std::function<void(RoundDescriptor&)>& change) {
    change(descriptor());
    sign(round.description, round.coordinator);
    return check();
  }
  /// Changes a check-in, which its shop and then the coordinator sign.
  Result<> with_check_in(std::uint32_t shop, const std::function<void(CheckIn&)>& change) {
    CheckIn& check_in = round.description.check_ins[shop];
    change(check_in);
    sign(check_in, round.federation, round.shops[shop].signer);
    round.seal_description();
    return check();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(description_check_test)

BOOST_AUTO_TEST_CASE(an_honest_description_is_accepted_by_every_shop) {
  Setup setup;
  for (const CheckIn& check_in : setup.round.description.check_ins) {
    setup.own = check_in;
    GS_REQUIRE_OK(setup.check());
  }
}

BOOST_AUTO_TEST_CASE(only_this_federations_coordinator_describes_rounds) {
  Setup setup;
  sign(setup.round.description, setup.round.registrar);
  GS_CHECK_REFUSED(setup.check(), ProtocolErrc::bad_signature);
  Setup unsigned_change;
  unsigned_change.descriptor().state.step_number += 1;
  GS_CHECK_REFUSED(unsigned_change.check(), ProtocolErrc::bad_signature);
  Setup foreign;
  GS_CHECK_REFUSED(foreign.with([](auto& d) { d.federation = sample<FederationId>(9); }),
                   ProtocolErrc::wrong_federation);
}

BOOST_AUTO_TEST_CASE(thresholds_that_the_rules_do_not_allow_are_refused) {
  using Change = void (*)(RoundDescriptor&);
  const std::vector<Change> changes{[](RoundDescriptor& d) { d.t -= 1; },
                                    [](RoundDescriptor& d) { d.q -= 1; },
                                    [](RoundDescriptor& d) { d.k -= 1; },
                                    [](RoundDescriptor& d) { d.s_min = 1; },
                                    [](RoundDescriptor& d) { d.n += 1; },
                                    [](RoundDescriptor& d) { d.suite = 9; },
                                    [](RoundDescriptor& d) { d.protocol_version = 9; },
                                    [](RoundDescriptor& d) { d.codec.ring_bits = 8; },
                                    [](RoundDescriptor& d) { d.codec.vector_length = 0; }};
  for (std::size_t i = 0; i < changes.size(); ++i) {
    Setup setup;
    BOOST_TEST(setup.with(changes[i]).has_error(), "change " << i);
  }
}

BOOST_AUTO_TEST_CASE(the_own_check_in_is_in_it_byte_for_byte) {
  Setup setup;
  setup.own.counter += 1;
  sign(setup.own, setup.round.federation, setup.round.shops[0].signer);
  GS_CHECK_REFUSED(setup.check(), ProtocolErrc::digest_mismatch);
  Setup absent;
  absent.own.sender = sample<ParticipantId>(5);
  GS_CHECK_REFUSED(absent.check(), ProtocolErrc::not_a_member);
}

BOOST_AUTO_TEST_CASE(a_description_of_another_attempt_than_the_own_check_in_is_refused) {
  Setup attempt;
  attempt.own.attempt = attempt.own.attempt.next();
  GS_CHECK_REFUSED(attempt.check(), ProtocolErrc::wrong_round);
  Setup epoch;
  epoch.own.epoch = epoch.own.epoch.next();
  GS_CHECK_REFUSED(epoch.check(), ProtocolErrc::wrong_round);
  Setup round;
  round.own.round = round.own.round.next();
  GS_CHECK_REFUSED(round.check(), ProtocolErrc::wrong_round);
  Setup head;
  head.own.roster_head = sample<Digest>(6);
  GS_CHECK_REFUSED(head.check(), ProtocolErrc::digest_mismatch);
}

BOOST_AUTO_TEST_CASE(every_other_check_in_is_verified_too) {
  Setup unsigned_one;
  unsigned_one.round.description.check_ins[3].signature = {};
  unsigned_one.round.seal_description();
  GS_CHECK_REFUSED(unsigned_one.check(), ProtocolErrc::bad_signature);
  Setup other_attempt;
  GS_CHECK_REFUSED(other_attempt.with_check_in(3, [](CheckIn& c) { c.attempt = c.attempt.next(); }),
                   ProtocolErrc::wrong_round);
  Setup other_head;
  GS_CHECK_REFUSED(
      other_head.with_check_in(3, [](CheckIn& c) { c.roster_head = sample<Digest>(4); }),
      ProtocolErrc::digest_mismatch);
}

BOOST_AUTO_TEST_CASE(a_sybil_that_is_not_on_the_roster_is_refused) {
  Setup setup;
  const auto stranger = sample_signer(4711);
  setup.round.description.check_ins[5].sender = identity_of(stranger.verify_key());
  std::ranges::sort(setup.round.description.check_ins, {}, &CheckIn::sender);
  for (CheckIn& entry : setup.round.description.check_ins) {
    if (entry.sender == identity_of(stranger.verify_key())) {
      sign(entry, setup.round.federation, stranger);
    }
  }
  setup.round.seal_description();
  GS_CHECK_REFUSED(setup.check(), ProtocolErrc::unknown_sender);
}

BOOST_AUTO_TEST_CASE(keys_and_seeds_may_not_repeat_over_the_cohort) {
  Setup mask;
  const CheckIn other = mask.round.description.check_ins[1];
  GS_CHECK_REFUSED(mask.with_check_in(2, [&](CheckIn& c) { c.mask_key = other.mask_key; }),
                   ProtocolErrc::duplicate);
  Setup crossed;
  GS_CHECK_REFUSED(crossed.with_check_in(2, [&](CheckIn& c) { c.share_key = other.mask_key; }),
                   ProtocolErrc::duplicate);
  Setup seed;
  GS_CHECK_REFUSED(
      seed.with_check_in(2, [&](CheckIn& c) { c.self_seed_digest = other.self_seed_digest; }),
      ProtocolErrc::duplicate);
}

BOOST_AUTO_TEST_CASE(what_the_digests_name_is_what_was_sent) {
  using Change = void (*)(RoundDescription&);
  const std::vector<Change> changes{
      [](RoundDescription& d) { d.layout.push_back(std::byte{1}); },
      [](RoundDescription& d) { d.training_plan.clear(); },
      [](RoundDescription& d) { d.purpose += "x"; },
      [](RoundDescription& d) { d.descriptor.check_ins = sample<Digest>(8); }};
  for (const Change change : changes) {
    Setup setup;
    change(setup.round.description);
    sign(setup.round.description, setup.round.coordinator);
    GS_CHECK_REFUSED(setup.check(), ProtocolErrc::digest_mismatch);
  }
}

BOOST_AUTO_TEST_CASE(the_owners_policy_decides_about_kind_and_purpose) {
  Setup kind;
  kind.policy.task_kinds = {"popularity"};
  GS_CHECK_REFUSED(kind.check(), ProtocolErrc::policy_refused);
  kind.policy.task_kinds.clear();
  GS_CHECK_REFUSED(kind.check(), ProtocolErrc::policy_refused);
  Setup purpose;
  purpose.policy.purposes = {sample<Digest>(1)};
  GS_CHECK_REFUSED(purpose.check(), ProtocolErrc::policy_refused);
  purpose.policy.purposes.push_back(purpose.descriptor().purpose);
  GS_REQUIRE_OK(purpose.check());
}

BOOST_AUTO_TEST_CASE(the_owners_floors_are_kept) {
  Setup cohort;
  cohort.policy.cohort_min = 7;
  GS_CHECK_REFUSED(cohort.check(), ProtocolErrc::too_few);
  Setup survivors;
  survivors.policy.survivors_min = 6;
  GS_CHECK_REFUSED(survivors.check(), ProtocolErrc::too_few);
  Setup corrupt;
  corrupt.policy.corrupt_min = 2;
  GS_CHECK_REFUSED(corrupt.check(), ProtocolErrc::understated_corruption);
}

BOOST_AUTO_TEST_CASE(without_an_own_number_c_follows_from_the_own_roster) {
  // Twelve members, of whom six check in: c must be 2, not what six shops would need.
  Setup setup;
  for (std::uint64_t i = 0; i < 6; ++i) {
    const auto signer = sample_signer(900 + i);
    const RosterEntry entry =
        sign_roster_entry(setup.round.roster, setup.round.federation, RosterChange::join,
                          identity_of(signer.verify_key()), "late-" + std::to_string(i), Epoch{1},
                          setup.round.registrar);
    GS_REQUIRE_OK(setup.round.roster.append(entry));
  }
  GS_CHECK_REFUSED(setup.check(), ProtocolErrc::understated_corruption);
  setup.policy.corrupt_min = 1;
  GS_REQUIRE_OK(setup.check());
}

BOOST_AUTO_TEST_CASE(pinned_identities_must_be_in_the_cohort) {
  Setup setup;
  setup.policy.trusted = {setup.round.shops[2].id(), sample<ParticipantId>(1),
                          setup.round.shops[4].id()};
  setup.policy.trusted_min = 2;
  GS_REQUIRE_OK(setup.check());
  setup.policy.trusted_min = 3;
  GS_CHECK_REFUSED(setup.check(), ProtocolErrc::trusted_missing);
}

BOOST_AUTO_TEST_CASE(tiny_cohorts_need_the_owners_consent) {
  Setup setup;
  setup.round = RoundSetup{4};
  setup.own = setup.round.description.check_ins[0];
  BOOST_TEST(setup.check().has_error());
  setup.policy.allow_tiny_cohorts = true;
  GS_REQUIRE_OK(setup.check());
}

BOOST_AUTO_TEST_CASE(a_cohort_out_of_order_or_with_a_repeat_is_refused) {
  Setup unordered;
  std::swap(unordered.round.description.check_ins[1], unordered.round.description.check_ins[4]);
  unordered.round.seal_description();
  BOOST_TEST(unordered.check().has_error());
  Setup repeated;
  repeated.round.description.check_ins[4] = repeated.round.description.check_ins[3];
  repeated.round.seal_description();
  BOOST_TEST(repeated.check().has_error());
}

BOOST_AUTO_TEST_SUITE_END()
