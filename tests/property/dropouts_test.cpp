#include <boost/test/unit_test.hpp>

#include "simulations/in_process_round.hpp"
#include "tests/property/round_floor.hpp"

using namespace guildsum;
using namespace guildsum::simulations;
using property::Draw;

namespace {

using Inputs = std::vector<std::vector<std::int64_t>>;

constexpr std::uint8_t kValueBits = 16;
constexpr std::int64_t kValueMax = (1 << (kValueBits - 1)) - 1;
constexpr std::size_t kLength = 70;  // More than one packing group, and not a multiple of eight.

Inputs random_inputs(std::uint32_t shops, Draw& draw) {
  Inputs inputs(shops, std::vector<std::int64_t>(kLength));
  for (auto& input : inputs) {
    for (auto& value : input) {
      value = static_cast<std::int64_t>(draw.below(2 * kValueMax + 1)) - kValueMax;
    }
  }
  return inputs;
}

std::vector<std::int64_t> plain_sum(const Inputs& inputs, const std::vector<bool>& counted) {
  std::vector<std::int64_t> sum(kLength, 0);
  for (std::size_t shop = 0; shop < inputs.size(); ++shop) {
    for (std::size_t i = 0; counted[shop] && i < kLength; ++i) sum[i] += inputs[shop][i];
  }
  return sum;
}

/// Whose inputs must be in the sum by docs/protocol.md section 4; nobody's if nothing may open.
std::vector<bool> expected(std::uint32_t shops, const Dropouts& dropouts) {
  const auto missing = [](const std::set<std::uint32_t>& set) {
    return static_cast<std::uint32_t>(set.size());
  };
  const std::uint32_t n = shops - missing(dropouts.before_check_in);
  const std::uint32_t c = shops <= 10 ? 1 : (shops + 9) / 10;
  const std::uint32_t t = (n + c) / 2 + 1;
  const std::uint32_t s_min = std::max(t, 5U);
  const std::uint32_t sharers = n - missing(dropouts.after_check_in);
  const std::uint32_t survivors = sharers - missing(dropouts.after_share);
  const std::uint32_t signers = survivors - missing(dropouts.after_upload);
  const std::uint32_t answers = signers - missing(dropouts.after_certify);
  const bool opens =
      n >= 5 && sharers >= s_min && survivors >= s_min && signers >= t && answers >= t;
  std::vector<bool> counted(shops, opens);
  for (const auto* set :
       {&dropouts.before_check_in, &dropouts.after_check_in, &dropouts.after_share}) {
    for (const auto shop : *set) counted[shop] = false;
  }
  return counted;
}

/// Runs a round and checks it against `expected`. @return whether a sum was opened.
bool check(std::uint32_t shops, const Dropouts& dropouts, std::uint64_t seed) {
  Draw draw{seed};
  Federation federation{shops, seed};
  const auto plan = federation.plan(kLength, kValueBits);
  BOOST_TEST_REQUIRE(plan.has_value());
  const Inputs inputs = random_inputs(shops, draw);
  const auto outcome = run_round(federation, *plan, inputs, dropouts);
  BOOST_TEST_REQUIRE(outcome.has_value(),
                     (outcome.has_error() ? outcome.error().message() : std::string{}));
  const auto counted = expected(shops, dropouts);
  const bool opens = std::ranges::find(counted, true) != counted.end();
  BOOST_TEST(outcome->sum.has_value() == opens);
  if (!opens) {
    BOOST_TEST(std::holds_alternative<coordinator::Aborted>(outcome->phase));
    return false;
  }
  BOOST_TEST_REQUIRE(outcome->sum.has_value());
  BOOST_TEST(outcome->counted == counted);
  BOOST_TEST((outcome->sum->values == plain_sum(inputs, counted)));
  return true;
}

Dropouts random_dropouts(std::uint32_t shops, Draw& draw) {
  Dropouts dropouts;
  const std::size_t percent = 5 + draw.below(30);
  std::set<std::uint32_t>* const phases[] = {&dropouts.before_check_in, &dropouts.after_check_in,
                                             &dropouts.after_share, &dropouts.after_upload,
                                             &dropouts.after_certify};
  for (std::uint32_t shop = 0; shop < shops; ++shop) {
    if (draw.chance(percent)) phases[draw.below(std::size(phases))]->insert(shop);
  }
  return dropouts;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(dropouts_test)

BOOST_AUTO_TEST_CASE(every_dropout_set_of_eight_opens_the_plain_sum_or_nothing) {
  int opened = 0;
  for (std::uint32_t set = 0; set < 256; ++set) {
    Dropouts dropouts;
    for (std::uint32_t shop = 0; shop < 8; ++shop) {
      if ((set >> shop & 1U) != 0) dropouts.after_share.insert(shop);
    }
    BOOST_TEST_CONTEXT("set " << set) { opened += check(8, dropouts, 1 + set); }
  }
  BOOST_TEST(opened == 1 + 8 + 28 + 56);  // At most three of eight may drop.
}

BOOST_AUTO_TEST_CASE(dropouts_in_every_phase_open_the_plain_sum_or_nothing) {
  int opened = 0;
  constexpr int kRounds = 150;
  for (int round = 0; round < kRounds; ++round) {
    Draw draw{static_cast<std::uint64_t>(round) + 1000};
    const auto shops = static_cast<std::uint32_t>(5 + draw.below(8));
    const Dropouts dropouts = random_dropouts(shops, draw);
    BOOST_TEST_CONTEXT("round " << round << ", " << shops << " shops") {
      opened += check(shops, dropouts, static_cast<std::uint64_t>(round) + 5000);
    }
  }
  BOOST_TEST(opened > kRounds / 10);
  BOOST_TEST(opened < kRounds - kRounds / 10);
}

BOOST_AUTO_TEST_SUITE_END()
