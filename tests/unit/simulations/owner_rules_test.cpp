#include <chrono>
#include <functional>

#include <boost/test/unit_test.hpp>

#include "live_round.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"

// What a shop refuses although the coordinator's description is in order.
namespace {

using namespace guildsum;
using namespace guildsum::simulations;
using protocol::ProtocolErrc;

constexpr std::uint32_t kShops = 5;

/// Shop 0's answer to the description: its refusal, or nothing.
std::optional<Error> answer_of_shop_0(LiveRound& round) {
  for (std::uint32_t i = 0; i < kShops; ++i) round.check_in(i);
  round.deliver(0);
  if (round.shop(0).refusals.empty()) return std::nullopt;
  BOOST_TEST(std::holds_alternative<participant::Abandoned>(*round.shop(0).phase));
  return round.shop(0).refusals.front();
}

protocol::StateRoot state_of(LiveRound& round, std::string_view lineage) {
  protocol::StateRoot state = round.plan().descriptor.state;
  state.lineage = crypto::sha256(as_bytes(lineage));
  return state;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(owner_rules_test)

BOOST_AUTO_TEST_CASE(a_shop_without_a_past_takes_part) {
  LiveRound round{kShops, 1};
  BOOST_TEST(!answer_of_shop_0(round).has_value());
}

BOOST_AUTO_TEST_CASE(a_step_that_it_is_counted_in_is_refused) {
  LiveRound round{kShops, 1};
  round.history(0).count(round.plan().descriptor.state);
  const auto refusal = answer_of_shop_0(round);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::repeated_step));
}

BOOST_AUTO_TEST_CASE(a_step_whose_earlier_attempt_is_unsettled_is_refused) {
  LiveRound round{kShops, 1};
  round.history(0).keep_unsettled(
      {protocol::RoundDigest{}, protocol::RoundId{1}, {}, round.plan().descriptor.state});
  const auto refusal = answer_of_shop_0(round);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::certificate_withheld));
}

namespace {

/// Shop 0 waits for the repair of a sum over these shops, in which it was asked for `request`.
std::optional<Error> answer_to_a_repair(const std::vector<std::uint32_t>& survivors,
                                        bool same_request) {
  LiveRound round{kShops, 1};
  const auto& descriptor = round.plan().descriptor;
  const auto rd = protocol::RoundDigest{crypto::sha256(as_bytes("first")).view()};
  const auto request = same_request ? protocol::request_digest(descriptor) : protocol::Digest{};
  round.history(0).keep_unsettled({rd, protocol::RoundId{1}, {}, descriptor.state, request});
  protocol::CertifiedSet set;
  for (const std::uint32_t shop : survivors) {
    set.survivors.push_back(round.federation().identity(shop));
  }
  std::ranges::sort(set.survivors);
  round.history(0).certify(rd, set, true);
  return answer_of_shop_0(round);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_repair_is_of_the_same_request_over_the_same_shops) {
  BOOST_TEST(!answer_to_a_repair({0, 1, 2, 3, 4}, true).has_value());
  for (const auto& refusal :
       {answer_to_a_repair({0, 1, 2, 3, 4}, false), answer_to_a_repair({0, 1, 2, 3}, true)}) {
    BOOST_TEST_REQUIRE(refusal.has_value());
    BOOST_TEST((*refusal == ProtocolErrc::repair_mismatch));
  }
}

BOOST_AUTO_TEST_CASE(a_round_continues_the_past_that_the_shop_followed) {
  const auto answer = [](const std::function<std::optional<Result<protocol::Digest>>(
                             const protocol::RoundDescriptor&)>& past) {
    LiveRound round{kShops, 1};
    round.plan().descriptor.previous_transcript = crypto::sha256(as_bytes("the end before"));
    round.shop(0).context.past = past(round.plan().descriptor);
    return answer_of_shop_0(round);
  };
  BOOST_TEST(!answer([](const auto& descriptor) {
                return descriptor.previous_transcript;
              }).has_value());
  for (const auto& refusal :
       {answer([](const auto&) { return crypto::sha256(as_bytes("another end")); }),
        answer([](const auto&) { return Error{ProtocolErrc::bad_signature}; })}) {
    BOOST_TEST_REQUIRE(refusal.has_value());
    BOOST_TEST((*refusal == ProtocolErrc::forked_chain));
  }
}

BOOST_AUTO_TEST_CASE(a_second_lineage_waits_for_the_owner) {
  {
    LiveRound round{kShops, 1};
    round.history(0).count(state_of(round, "the first training"));
    const auto refusal = answer_of_shop_0(round);
    BOOST_TEST_REQUIRE(refusal.has_value());
    BOOST_TEST((*refusal == ProtocolErrc::new_lineage));
    BOOST_TEST(refusal->message().find("guildsum-participant approve popularity") !=
               std::string::npos);
  }
  {
    LiveRound round{kShops, 1};
    round.history(0).count(state_of(round, "the first training"));
    round.history(0).approve("popularity");
    BOOST_TEST(!answer_of_shop_0(round).has_value());
  }
  {
    LiveRound round{kShops, 1};
    round.history(0).count(state_of(round, "the first training"));
    round.policy().accept_new_lineages = true;
    BOOST_TEST(!answer_of_shop_0(round).has_value());
  }
}

namespace {

/// Shop 0's answer to the second sum of a lineage of changes; it put its values of the first
/// together `age` before.
std::optional<Error> answer_to_a_delta(
    std::chrono::milliseconds age,
    const std::function<void(LiveRound&)>& arrange = [](LiveRound&) {}) {
  LiveRound round{kShops, 1};
  protocol::StateRoot& state = round.plan().descriptor.state;
  state.step_kind = "ease.gram";
  state.step_number = 2;
  protocol::StateRoot first = state;
  first.step_number = 1;
  const auto rd = protocol::RoundDigest{crypto::sha256(as_bytes("first")).view()};
  round.history(0).contribute(rd, 1'000'000'000);
  round.history(0).count(first, rd);
  round.shop(0).context.now_ms = 1'000'000'000 + age.count();
  arrange(round);
  return answer_of_shop_0(round);
}

}  // namespace

BOOST_AUTO_TEST_CASE(a_change_is_not_given_right_after_the_one_before) {
  using std::chrono::hours;
  BOOST_TEST(!answer_to_a_delta(hours{24}).has_value());
  // A clock that was set back is waited for.
  for (const auto age : {hours{0}, hours{23}, hours{-1000}}) {
    const auto refusal = answer_to_a_delta(age);
    BOOST_TEST_REQUIRE(refusal.has_value());
    BOOST_TEST((*refusal == ProtocolErrc::policy_refused));
    BOOST_TEST(refusal->message().find("policy.delta_interval_min") != std::string::npos);
  }
  BOOST_TEST(!answer_to_a_delta(hours{1}, [](LiveRound& round) {
                round.policy().delta_interval_min = hours{1};
              }).has_value());
}

BOOST_AUTO_TEST_CASE(a_change_needs_leave_and_the_state_it_is_against) {
  constexpr std::chrono::hours kDay{24};
  const auto code = [&](const std::function<void(LiveRound&)>& arrange) {
    const auto refusal = answer_to_a_delta(kDay, arrange);
    return refusal ? std::optional{refusal->code()} : std::nullopt;
  };
  BOOST_TEST((code([](LiveRound& round) { round.policy().accept_deltas = false; }) ==
              make_error_code(ProtocolErrc::policy_refused)));
  BOOST_TEST((code([](LiveRound& round) {
                round.shop(0).context.holds_state = [](const auto&) { return false; };
              }) == make_error_code(ProtocolErrc::delta_base_lost)));
  const auto counted_nowhere = [](LiveRound& round) { round.history(0) = {}; };
  BOOST_TEST((code(counted_nowhere) == make_error_code(ProtocolErrc::new_lineage)));
  BOOST_TEST((code([&](LiveRound& round) {
                counted_nowhere(round);
                round.policy().accept_new_lineages = true;
              }) == make_error_code(ProtocolErrc::new_lineage)));
  BOOST_TEST(!code([&](LiveRound& round) {
                counted_nowhere(round);
                round.policy().accept_joins = true;
              }).has_value());
}

BOOST_AUTO_TEST_CASE(a_clip_norm_above_the_owners_is_refused) {
  LiveRound round{kShops, 1};
  round.plan().descriptor.codec.clip_norm_milli = 5001;
  round.policy().clip_norm_max = 5;
  const auto refusal = answer_of_shop_0(round);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::policy_refused));
  LiveRound equal{kShops, 1};
  equal.plan().descriptor.codec.clip_norm_milli = 5000;
  equal.policy().clip_norm_max = 5;
  BOOST_TEST(!answer_of_shop_0(equal).has_value());
}

BOOST_AUTO_TEST_CASE(shops_that_joined_with_the_own_one_are_no_newcomers) {
  LiveRound round{kShops, 1};  // everybody joined for epoch 1, which is the round's
  round.policy().new_members_max = 1;
  BOOST_TEST(!answer_of_shop_0(round).has_value());
}

BOOST_AUTO_TEST_CASE(whom_the_shop_has_not_met_is_new_whatever_epoch_the_entry_names) {
  const auto refusal_after_meeting = [](std::size_t met) {
    LiveRound round{kShops, 1};  // All entries name epoch 1.
    round.plan().descriptor.epoch = protocol::Epoch{2};
    round.policy().new_members_max = 2;
    const auto& entries = round.federation().roster().entries();
    round.history(0).accept_roster(protocol::Epoch{1},
                                   protocol::roster_entry_digest(entries[met - 1]));
    return answer_of_shop_0(round);
  };
  const auto refusal = refusal_after_meeting(kShops - 3);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::policy_refused));
  BOOST_TEST(!refusal_after_meeting(kShops - 2).has_value());
}

BOOST_AUTO_TEST_CASE(an_epoch_that_goes_back_is_refused) {
  const auto refusal_in_epoch = [](std::uint64_t epoch) {
    LiveRound round{kShops, 1};
    round.plan().descriptor.epoch = protocol::Epoch{epoch};
    const auto& entries = round.federation().roster().entries();
    round.history(0).accept_roster(protocol::Epoch{2},
                                   protocol::roster_entry_digest(entries.back()));
    return answer_of_shop_0(round);
  };
  for (const std::uint64_t epoch : {0U, 1U}) {
    const auto refusal = refusal_in_epoch(epoch);
    BOOST_TEST_REQUIRE(refusal.has_value());
    BOOST_TEST((*refusal == ProtocolErrc::wrong_round));
  }
  BOOST_TEST(!refusal_in_epoch(2).has_value());
  BOOST_TEST(!refusal_in_epoch(3).has_value());
}

BOOST_AUTO_TEST_CASE(in_its_own_first_epoch_a_shop_counts_whom_it_meets_after_its_first_round) {
  const auto refusal_after_meeting = [](std::size_t met) {
    LiveRound round{kShops, 1};  // All entries name epoch 1, which is the round's and its own.
    round.policy().new_members_max = 2;
    const auto& entries = round.federation().roster().entries();
    round.history(0).accept_roster(protocol::Epoch{1},
                                   protocol::roster_entry_digest(entries[met - 1]));
    return answer_of_shop_0(round);
  };
  const auto refusal = refusal_after_meeting(kShops - 3);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::policy_refused));
  BOOST_TEST(!refusal_after_meeting(kShops - 2).has_value());
}

BOOST_AUTO_TEST_CASE(pinned_shops_must_be_in_the_cohort) {
  LiveRound round{kShops, 1};
  round.policy().trusted = {protocol::ParticipantId{}, round.federation().identity(1)};
  round.policy().trusted_min = 2;
  const auto refusal = answer_of_shop_0(round);
  BOOST_TEST_REQUIRE(refusal.has_value());
  BOOST_TEST((*refusal == ProtocolErrc::trusted_missing));
}

BOOST_AUTO_TEST_SUITE_END()
