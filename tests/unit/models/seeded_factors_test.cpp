#include "models/detail/seeded_factors.hpp"

#include <cmath>

#include <boost/test/unit_test.hpp>

#include "models/detail/split_mix.hpp"

using guildsum::models::detail::seeded_factors;
using guildsum::models::detail::SplitMix64;

BOOST_AUTO_TEST_SUITE(seeded_factors_test)

BOOST_AUTO_TEST_CASE(the_generator_gives_the_published_outputs) {
  // First outputs of the authors' reference implementation for the seed 1234567.
  SplitMix64 random{1234567};
  BOOST_TEST(random.bits() == 6457827717110365317U);
  BOOST_TEST(random.bits() == 3203168211198807973U);
  BOOST_TEST(random.bits() == 9817491932198370423U);
}

BOOST_AUTO_TEST_CASE(numbers_below_a_limit_are_uniform) {
  SplitMix64 random{5};
  std::vector<int> seen(7, 0);
  constexpr int kDraws = 70'000;
  for (int k = 0; k < kDraws; ++k) ++seen.at(random.below(7));
  // Five standard deviations of a count with chance 1/7.
  for (const int count : seen) {
    BOOST_TEST(std::abs(count - kDraws / 7) < 5 * std::sqrt(kDraws * 6.0 / 49));
  }
  BOOST_TEST(random.below(1) == 0U);
}

BOOST_AUTO_TEST_CASE(rows_are_filled_up_to_their_factors_and_zero_behind) {
  const auto packed = seeded_factors(9, 0.5, 20, 3, 3);
  const auto wide = seeded_factors(9, 0.5, 20, 3, 5);
  BOOST_TEST(wide.size() == 100U);
  for (std::size_t row = 0; row < 20; ++row) {
    for (std::size_t k = 0; k < 3; ++k) BOOST_TEST(wide[row * 5 + k] == packed[row * 3 + k]);
    BOOST_TEST(wide[row * 5 + 3] == 0.0F);
    BOOST_TEST(wide[row * 5 + 4] == 0.0F);
  }
}

BOOST_AUTO_TEST_CASE(the_spread_is_the_planned_one_and_the_seed_decides) {
  const auto values = seeded_factors(3, 0.1, 1000, 16, 16);
  double squares = 0;
  for (const float value : values) {
    squares += static_cast<double>(value) * static_cast<double>(value);
  }
  BOOST_TEST(std::sqrt(squares / 16'000) == 0.025, boost::test_tools::tolerance(0.03));
  BOOST_TEST(seeded_factors(3, 0.1, 1000, 16, 16) == values);
  BOOST_TEST(seeded_factors(4, 0.1, 1000, 16, 16) != values);
}

BOOST_AUTO_TEST_SUITE_END()
