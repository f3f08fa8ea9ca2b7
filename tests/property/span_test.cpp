#include <array>
#include <set>

#include <boost/test/unit_test.hpp>

#include "base/random.hpp"
#include "simulations/faults/mask_span.hpp"
#include "tests/property/lying_coordinator.hpp"

using namespace guildsum::property;
using guildsum::simulations::FieldMatrix;
using guildsum::simulations::left_kernel;
using guildsum::simulations::rank;
using guildsum::simulations::readable_span;
using guildsum::simulations::ReadableSpan;

namespace {

/// What many scripts came to, so that a property that holds because nothing happened is noticed.
struct Tally {
  std::size_t scripts = 0;
  std::size_t certified = 0;
  std::size_t read = 0;  ///< scripts in which something could be read
  std::size_t broken = 0;
  std::size_t refusals = 0;
  std::size_t recovered = 0;
};

constexpr std::size_t kScripts = 140;  // of each strategy

/// Six to nine shops of which one or none colludes, or eleven of which two do.
Script script_of(Strategy strategy, std::uint64_t seed) {
  if (seed % 16 == 0) return {strategy, 11, 2, seed, false};
  const auto shops = static_cast<std::uint32_t>(6 + seed % 4);
  return {strategy, shops, static_cast<std::uint32_t>(seed / 4 % 2), seed, false};
}

/// The sizes for which docs/protocol.md section 4 names the two breaks.
Script without_certificate(Strategy strategy, std::uint64_t seed) {
  return {strategy, seed % 2 == 0 ? 8U : 10U, static_cast<std::uint32_t>(seed / 2 % 2), seed, true};
}

Tally run(Strategy strategy, std::size_t scripts, Script make(Strategy, std::uint64_t)) {
  Tally tally;
  for (std::uint64_t seed = 1; seed <= scripts; ++seed) {
    const Script script = make(strategy, seed);
    const Loot loot = play(script);
    const ReadableSpan span = readable_span(loot);
    ++tally.scripts;
    tally.certified += loot.certified.empty() ? 0 : 1;
    tally.read += span.dimension > 0 ? 1 : 0;
    tally.broken += span.only_certified ? 0 : 1;
    tally.refusals += loot.refusals;
    tally.recovered += loot.recovered;
    BOOST_TEST(loot.recovered_right,
               "strategy " << static_cast<int>(strategy) << ", seed " << seed);
    if (script.without_certificate) continue;
    BOOST_TEST(span.only_certified, "strategy " << static_cast<int>(strategy) << ", seed " << seed);
    // A certified sum hides every honest shop among at least s_min - c others.
    if (!loot.certified.empty()) {
      BOOST_TEST(loot.survivors_min >= 5 - script.colluders, "seed " << seed);
    }
  }
  return tally;
}

Loot two_rows(std::set<std::string> opened) {
  Loot loot;
  loot.rows = {{0, {{"self0", false}, {"pair", false}}}, {1, {{"self1", false}, {"pair", true}}}};
  loot.opened = std::move(opened);
  return loot;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(span_test)

BOOST_AUTO_TEST_CASE(ranks_and_kernels_by_hand) {
  BOOST_TEST(rank({}) == 0U);
  BOOST_TEST(rank({{0, 0}}) == 0U);
  BOOST_TEST(rank({{1, -1, 0}, {0, 1, -1}, {-1, 0, 1}}) == 2U);
  BOOST_TEST(rank({{2, 1}, {1, 2}}) == 2U);
  const auto kernel = left_kernel({{1, -1, 0}, {0, 1, -1}, {-1, 0, 1}});
  BOOST_TEST_REQUIRE(kernel.size() == 1U);
  BOOST_TEST(kernel[0][0] == kernel[0][1]);
  BOOST_TEST(kernel[0][1] == kernel[0][2]);
  BOOST_TEST(left_kernel({{1, 0}, {0, 1}}).empty());
  BOOST_TEST(left_kernel({{}, {}}).size() == 2U);
}

BOOST_AUTO_TEST_CASE(two_masked_inputs_by_hand) {
  BOOST_TEST(readable_span(two_rows({})).dimension == 0U);
  BOOST_TEST(readable_span(two_rows({"self0"})).dimension == 0U);
  // Both self masks opened: the pair mask cancels in the sum, and nothing else can be read.
  auto sum = two_rows({"self0", "self1"});
  BOOST_TEST(readable_span(sum).dimension == 1U);
  BOOST_TEST(!readable_span(sum).only_certified);
  sum.certified = {{0, 1}};
  BOOST_TEST(readable_span(sum).only_certified);
  // One self mask and the pair mask: a single input, which no certificate makes good.
  auto single = two_rows({"self0", "pair"});
  single.certified = {{0, 1}};
  BOOST_TEST(readable_span(single).dimension == 1U);
  BOOST_TEST(!readable_span(single).only_certified);
}

BOOST_AUTO_TEST_CASE(components_read_as_much_as_elimination) {
  // Pair masks between random rows, of which some are opened, and some seeds used once too often.
  guildsum::SeededRandom random{17};
  const auto below = [&random](std::size_t bound) {
    std::array<std::byte, 1> byte{};
    random.fill(byte);
    return std::to_integer<std::size_t>(byte[0]) % bound;
  };
  for (int round = 0; round < 300; ++round) {
    constexpr std::size_t kRows = 7;
    Loot loot;
    FieldMatrix hidden(kRows);
    for (std::size_t r = 0; r < kRows; ++r) loot.rows.push_back({r, {}});
    const auto add = [&](const std::string& seed, std::vector<std::size_t> rows, bool opened) {
      if (opened) loot.opened.insert(seed);
      std::vector<std::int64_t> column(kRows, 0);
      for (const std::size_t row : rows) {
        const bool subtract = below(2) == 1;
        loot.rows[row].masks.push_back({seed, subtract});
        column[row] += subtract ? -1 : 1;
      }
      for (std::size_t r = 0; !opened && r < kRows; ++r) hidden[r].push_back(column[r]);
    };
    for (std::size_t r = 0; r < kRows; ++r) {
      add("self" + std::to_string(r), {r}, below(4) != 0);
      const std::size_t other = (r + 1 + below(kRows - 1)) % kRows;
      add("pair" + std::to_string(r), {r, other}, below(3) == 0);
    }
    if (round % 10 == 0) add("thrice", {0, 3, 5}, false);
    if (round % 10 == 1) add("twice", {2, 2}, false);
    BOOST_TEST(readable_span(loot).dimension == kRows - rank(hidden), "round " << round);
  }
}

BOOST_AUTO_TEST_CASE(plain_lists_open_their_certified_sum_and_nothing_else) {
  const Tally tally = run(Strategy::plain, kScripts, script_of);
  BOOST_TEST(tally.certified > tally.scripts / 5);
  BOOST_TEST(tally.read > tally.scripts / 5);
  BOOST_TEST(tally.recovered > tally.scripts);
}

BOOST_AUTO_TEST_CASE(a_split_first_list_opens_nothing_else) {
  const Tally tally = run(Strategy::split_sharers, kScripts, script_of);
  BOOST_TEST(tally.scripts == kScripts);
}

BOOST_AUTO_TEST_CASE(a_split_second_list_opens_nothing_else) {
  const Tally tally = run(Strategy::split_survivors, kScripts, script_of);
  BOOST_TEST(tally.scripts == kScripts);
}

BOOST_AUTO_TEST_CASE(several_descriptors_open_nothing_else) {
  const Tally tally = run(Strategy::split_descriptors, kScripts, script_of);
  BOOST_TEST(tally.certified > 0U);  // Now and then enough shops were shown the same one.
  BOOST_TEST(tally.certified < tally.scripts);
}

BOOST_AUTO_TEST_CASE(random_lists_open_nothing_else) {
  const Tally tally = run(Strategy::random_lists, kScripts, script_of);
  BOOST_TEST(tally.refusals > 0U);
  BOOST_TEST(tally.certified > 0U);
  BOOST_TEST(tally.certified < tally.scripts);
}

BOOST_AUTO_TEST_CASE(without_certificates_a_split_first_list_isolates_a_victim) {
  const Tally tally = run(Strategy::split_sharers, kScripts / 4, without_certificate);
  BOOST_TEST(tally.broken > tally.scripts / 10);
}

BOOST_AUTO_TEST_CASE(without_certificates_a_split_second_list_opens_a_few_targets) {
  const Tally tally = run(Strategy::split_survivors, kScripts / 4, without_certificate);
  BOOST_TEST(tally.broken > tally.scripts / 10);
}

BOOST_AUTO_TEST_CASE(without_certificates_random_lists_find_a_break_as_well) {
  bool broken = false;
  for (std::uint64_t seed = 1; seed <= 500 && !broken; ++seed) {
    broken = !readable_span(play(without_certificate(Strategy::random_lists, seed))).only_certified;
  }
  BOOST_TEST(broken);
}

BOOST_AUTO_TEST_SUITE_END()
