#include "simulations/in_process_round.hpp"

#include <algorithm>
#include <variant>

#include <boost/test/unit_test.hpp>

#include "protocol/wire.hpp"

namespace {

using namespace guildsum;
using namespace guildsum::simulations;

using Inputs = std::vector<std::vector<std::int64_t>>;

constexpr std::uint8_t kValueBits = 20;
constexpr std::int64_t kValueMax = (1 << (kValueBits - 1)) - 1;

Inputs random_inputs(std::uint32_t shops, std::size_t length, std::uint64_t seed) {
  SeededRandom random{seed};
  Inputs inputs(shops, std::vector<std::int64_t>(length));
  for (auto& input : inputs) {
    for (std::int64_t& value : input) {
      std::array<std::byte, 8> bytes;
      random.fill(bytes);
      value = static_cast<std::int64_t>(load_le<std::uint64_t>(bytes) % (2 * kValueMax + 1)) -
              kValueMax;
    }
  }
  return inputs;
}

std::vector<std::int64_t> plain_sum(const Inputs& inputs, const std::vector<bool>& counted) {
  std::vector<std::int64_t> sum(inputs.front().size());
  for (std::size_t shop = 0; shop < inputs.size(); ++shop) {
    if (!counted[shop]) continue;
    for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += inputs[shop][i];
  }
  return sum;
}

/// Runs one round and checks that exactly `expected` shops are in the sum, and that it is their
/// plain sum.
void check_exact(std::uint32_t shops, std::size_t length, const Dropouts& dropouts,
                 const std::vector<bool>& expected) {
  Federation federation{shops, 7};
  const auto plan = federation.plan(length, kValueBits);
  BOOST_TEST_REQUIRE(plan.has_value());
  const Inputs inputs = random_inputs(shops, length, 11);
  const auto outcome = run_round(federation, *plan, inputs, dropouts);
  BOOST_TEST_REQUIRE(outcome.has_value(), (outcome.has_error() ? outcome.error().message() : ""));
  BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::Completed>(outcome->phase));
  BOOST_TEST(outcome->counted == expected);
  BOOST_TEST((outcome->sum->values == plain_sum(inputs, expected)));
}

std::vector<bool> all_but(std::uint32_t shops, const std::set<std::uint32_t>& missing) {
  std::vector<bool> counted(shops, true);
  for (const std::uint32_t shop : missing) counted[shop] = false;
  return counted;
}

protocol::AbortReason abort_reason(const Dropouts& dropouts) {
  Federation federation{8, 7};
  const auto plan = federation.plan(10, kValueBits);
  const auto outcome = run_round(federation, *plan, random_inputs(8, 10, 3), dropouts);
  BOOST_TEST_REQUIRE(outcome.has_value());
  BOOST_TEST(!outcome->sum.has_value());
  const auto* aborted = std::get_if<coordinator::Aborted>(&outcome->phase);
  BOOST_TEST_REQUIRE((aborted != nullptr));
  return aborted->message.reason;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(in_process_round_test)

BOOST_AUTO_TEST_CASE(everybody_counts_when_nobody_drops) {
  for (const std::uint32_t shops : {5U, 8U, 13U}) check_exact(shops, 1000, {}, all_but(shops, {}));
}

BOOST_AUTO_TEST_CASE(vectors_of_many_chunks_and_odd_lengths_sum_exactly) {
  for (const std::size_t length : {1UL, 63UL, 32'768UL, 32'769UL, 100'001UL}) {
    check_exact(5, length, {}, all_but(5, {}));
  }
}

BOOST_AUTO_TEST_CASE(every_single_dropout_after_sharing_is_recovered) {
  for (std::uint32_t shop = 0; shop < 8; ++shop) {
    Dropouts dropouts;
    dropouts.after_share = {shop};
    check_exact(8, 500, dropouts, all_but(8, {shop}));
  }
}

BOOST_AUTO_TEST_CASE(every_dropout_set_that_leaves_a_quorum_sums_exactly) {
  for (std::uint32_t set = 0; set < 256; ++set) {
    Dropouts dropouts;
    for (std::uint32_t shop = 0; shop < 8; ++shop) {
      if ((set >> shop & 1U) != 0) dropouts.after_share.insert(shop);
    }
    if (dropouts.after_share.size() > 3) continue;
    check_exact(8, 70, dropouts, all_but(8, dropouts.after_share));
  }
}

BOOST_AUTO_TEST_CASE(a_shop_that_uploads_and_falls_silent_is_counted) {
  Dropouts dropouts;
  dropouts.after_upload = {1, 4};
  dropouts.after_certify = {6};
  check_exact(8, 300, dropouts, all_but(8, {}));
}

BOOST_AUTO_TEST_CASE(shops_that_never_share_take_no_part) {
  Dropouts dropouts;
  dropouts.before_check_in = {2};
  dropouts.after_check_in = {5};
  check_exact(8, 300, dropouts, all_but(8, {2, 5}));
}

BOOST_AUTO_TEST_CASE(each_phase_below_its_threshold_ends_with_its_reason) {
  using protocol::AbortReason;
  BOOST_TEST((abort_reason({.before_check_in = {0, 1, 2, 3}}) == AbortReason::too_few_check_ins));
  BOOST_TEST((abort_reason({.after_check_in = {0, 1, 2, 3}}) == AbortReason::too_few_shares));
  BOOST_TEST((abort_reason({.after_share = {0, 1, 2, 3}}) == AbortReason::too_few_masked_inputs));
  BOOST_TEST((abort_reason({.after_upload = {0, 1, 2, 3}}) == AbortReason::not_certified));
  BOOST_TEST(
      (abort_reason({.after_certify = {0, 1, 2, 3}}) == AbortReason::too_few_unmask_answers));
}

BOOST_AUTO_TEST_CASE(a_value_outside_the_agreed_bits_takes_no_part) {
  Federation federation{6, 5};
  const auto plan = federation.plan(4, kValueBits);
  Inputs inputs = random_inputs(6, 4, 1);
  inputs[0][2] = kValueMax + 1;
  const auto outcome = run_round(federation, *plan, inputs);
  BOOST_TEST_REQUIRE(outcome.has_error());
  BOOST_TEST((outcome.error() == protocol::ProtocolErrc::overflow_not_excluded));
}

BOOST_AUTO_TEST_CASE(the_same_seed_gives_the_same_result_bytes) {
  const auto transcript = [] {
    Federation federation{6, 9};
    const auto plan = federation.plan(50, kValueBits);
    const auto outcome = run_round(federation, *plan, random_inputs(6, 50, 2));
    return protocol::encode(std::get<coordinator::Completed>(outcome->phase).result);
  };
  BOOST_TEST((transcript() == transcript()));
}

BOOST_AUTO_TEST_CASE(a_replay_of_the_stored_events_gives_every_shop_the_same_bytes) {
  Federation federation{6, 9};
  const auto plan = federation.plan(50, kValueBits);
  const auto outcome = run_round(federation, *plan, random_inputs(6, 50, 2), {.after_share = {3}});
  BOOST_TEST_REQUIRE(outcome.has_value());
  const auto stored_plan = coordinator::decode_plan(coordinator::encode_plan(*plan));
  BOOST_TEST_REQUIRE(stored_plan.has_value());
  const coordinator::RoundContext context{*stored_plan, federation.roster(),
                                          federation.coordinator()};

  coordinator::Phase phase = coordinator::begin(context).next;
  for (const Bytes& stored : outcome->events) {
    auto event = coordinator::decode_event(stored);
    BOOST_TEST_REQUIRE(event.has_value());
    BOOST_TEST((coordinator::encode_event(*event) == stored));
    auto step = coordinator::advance(std::move(phase), std::move(*event), context);
    BOOST_TEST(!step.refused.has_value());
    phase = std::move(step.next);
  }

  for (std::uint32_t shop = 0; shop < 6; ++shop) {
    for (std::uint32_t after = 0; after < 5; ++after) {
      const auto id = federation.identity(shop);
      const auto live = coordinator::message_for(outcome->phase, id, after, context);
      const auto replayed = coordinator::message_for(phase, id, after, context);
      BOOST_TEST_REQUIRE(live.has_value());
      BOOST_TEST_REQUIRE(replayed.has_value());
      BOOST_TEST(live->number == replayed->number);
      BOOST_TEST((live->frame == replayed->frame));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_stored_event_that_is_cut_short_is_refused) {
  Federation federation{5, 9};
  const auto plan = federation.plan(8, kValueBits);
  const auto outcome = run_round(federation, *plan, random_inputs(5, 8, 2));
  BOOST_TEST_REQUIRE(outcome.has_value());
  BOOST_TEST(coordinator::decode_event({}).has_error());
  for (const Bytes& stored : outcome->events) {
    BOOST_TEST(coordinator::decode_event(ByteView{stored}.first(stored.size() - 1)).has_error());
  }
}

BOOST_AUTO_TEST_CASE(a_thread_pool_changes_nothing) {
  Federation federation{5, 9};
  const auto plan = federation.plan(200'000, kValueBits);
  const Inputs inputs = random_inputs(5, 200'000, 2);
  ThreadPool pool{3};
  const auto outcome = run_round(federation, *plan, inputs, {}, &pool);
  BOOST_TEST_REQUIRE(outcome.has_value());
  BOOST_TEST((outcome->sum->values == plain_sum(inputs, all_but(5, {}))));
}

BOOST_AUTO_TEST_SUITE_END()
