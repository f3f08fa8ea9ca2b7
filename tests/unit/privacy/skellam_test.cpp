#include "privacy/skellam.hpp"

#include <algorithm>
#include <cmath>
#include <map>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "privacy/calibration.hpp"
#include "tests/unit/privacy/skellam_pmf.hpp"

namespace guildsum::privacy {
namespace {

constexpr std::size_t kDraws = 200'000;

std::uint64_t micro(double variance) {
  return static_cast<std::uint64_t>(std::llround(variance * kVarianceUnits));
}

std::vector<std::int64_t> drawn(double variance, std::uint64_t seed) {
  std::vector<std::int64_t> values(kDraws, 0);
  SeededRandom random{seed};
  const auto sampler = SkellamSampler::create(micro(variance));
  BOOST_REQUIRE(sampler.has_value());
  sampler->add(values, random);
  return values;
}

/// Bytes of one value only.
class ConstantRandom final : public Random {
 public:
  explicit ConstantRandom(std::byte value) : value_{value} {}
  void fill(std::span<std::byte> out) noexcept override { std::ranges::fill(out, value_); }

 private:
  std::byte value_;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(skellam_test)

// Cells with at least 5 expected draws; the rest is one cell. With so many degrees of freedom the
// statistic is near normal: 5 standard deviations are beyond 1e-6.
BOOST_AUTO_TEST_CASE(draws_follow_the_distribution) {
  for (const double variance : {0.3, 2.0, 30.0, 900.0}) {
    std::map<std::int64_t, double> counts;
    for (const auto value : drawn(variance, 7)) counts[value] += 1;
    double statistic = 0;
    double rest = kDraws;
    double rest_seen = kDraws;
    double cells = 0;
    for (std::int64_t k = -400; k <= 400; ++k) {
      const double expected = kDraws * test::skellam_pmf(k, variance);
      if (expected < 5) continue;
      const double seen = counts[k];
      statistic += (seen - expected) * (seen - expected) / expected;
      rest -= expected;
      rest_seen -= seen;
      ++cells;
    }
    if (rest > 5) statistic += (rest_seen - rest) * (rest_seen - rest) / rest;
    BOOST_TEST(statistic < cells + 5 * std::sqrt(2 * cells) + 15, "variance " << variance);
    BOOST_TEST(statistic > cells - 5 * std::sqrt(2 * cells) - 15, "variance " << variance);
  }
}

BOOST_AUTO_TEST_CASE(mean_and_variance_are_right_for_wide_noise_too) {
  for (const double variance : {0.5, 900.0, 250'000.0}) {
    double sum = 0;
    double squares = 0;
    for (const auto value : drawn(variance, 11)) {
      sum += static_cast<double>(value);
      squares += static_cast<double>(value) * static_cast<double>(value);
    }
    const double n = kDraws;
    // The fourth central moment is 3 mu^2 + mu.
    const double error = std::sqrt((2 * variance * variance + variance) / n);
    BOOST_TEST(std::abs(squares / n - variance) < 5 * error);
    BOOST_TEST(std::abs(sum / n) < 5 * std::sqrt(variance / n));
  }
}

BOOST_AUTO_TEST_CASE(sums_of_shares_are_as_noise_of_the_whole_variance) {
  std::vector<std::int64_t> total(kDraws, 0);
  const auto sampler = SkellamSampler::create(micro(2.5));
  SeededRandom random{5};
  for (int shop = 0; shop < 8; ++shop) sampler->add(total, random);
  const auto zeros = static_cast<double>(std::ranges::count(total, 0));
  const double expected = kDraws * test::skellam_pmf(0, 20);
  BOOST_TEST(std::abs(zeros - expected) < 5 * std::sqrt(expected));
}

BOOST_AUTO_TEST_CASE(noise_is_added_to_what_is_there) {
  std::vector<std::int64_t> values(1'000, 1'000'000);
  SeededRandom random{3};
  SkellamSampler::create(micro(4))->add(values, random);
  BOOST_TEST(std::ranges::all_of(values, [](auto v) { return std::abs(v - 1'000'000) < 40; }));
  BOOST_TEST(std::ranges::count(values, 1'000'000) < 400);
}

BOOST_AUTO_TEST_CASE(the_extreme_draws_are_zero_and_the_end_of_the_table) {
  const auto sampler = SkellamSampler::create(micro(9));
  std::vector<std::int64_t> values(3, 0);
  ConstantRandom zeros{std::byte{0}};
  sampler->add(values, zeros);
  BOOST_TEST(std::ranges::count(values, 0) == 3);
  ConstantRandom ones{std::byte{0xff}};
  sampler->add(values, ones);
  const auto end = static_cast<std::int64_t>(sampler->table_size());
  BOOST_TEST(values.front() <= -(end - 1));
  BOOST_TEST(values.front() >= -end);
}

BOOST_AUTO_TEST_CASE(tables_are_as_long_as_tails_of_2_to_minus_127_ask) {
  const auto size = SkellamSampler::create(micro(10'000))->table_size();
  BOOST_TEST(size > 1'250U);
  BOOST_TEST(size < 1'450U);
}

BOOST_AUTO_TEST_CASE(no_noise_and_too_much_noise_are_refused) {
  BOOST_TEST((SkellamSampler::create(0).error().code() == BaseErrc::invalid_argument));
  BOOST_TEST((SkellamSampler::create(micro(kSkellamVarianceMax) + 1).error().code() ==
             BaseErrc::too_large));
  BOOST_TEST(SkellamSampler::create(1).has_value());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::privacy
