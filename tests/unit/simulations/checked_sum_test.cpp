#include "simulations/library/checked_sum.hpp"

#include "base/errors.hpp"
#include "simulations/statistics.hpp"
#include "tests/unit/simulations/small_data.hpp"

namespace guildsum::simulations {
namespace {

struct FiveShops {
  std::vector<models::Interactions> data = test::split_among(test::random_purchases(60, 3), 5);
  SeededRandom random{1};
  MaskedSum masked{5, 7};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(checked_sum_test)

BOOST_FIXTURE_TEST_CASE(every_value_of_a_secure_sum_is_compared, FiveShops) {
  CheckedSum checked{masked};
  FederatedStatistics statistics{data, checked, random, {}};
  BOOST_REQUIRE(statistics.gram().has_value());
  const auto& exactness = checked.exactness();
  const std::uint64_t pairs = test::kSmallItems * (test::kSmallItems + 1) / 2;
  BOOST_TEST(exactness.sums == 1U);
  BOOST_TEST(exactness.values >= pairs);
  BOOST_TEST(exactness.length_max == exactness.values);
  BOOST_TEST(exactness.different == 0U);
  BOOST_TEST(exactness.ring_bits_max > 20U);
  BOOST_TEST(masked.phases()[2].bytes_up > 5 * pairs);
}

BOOST_FIXTURE_TEST_CASE(a_stop_comes_before_the_next_sum, FiveShops) {
  CheckedSum checked{masked, [] { return true; }};
  FederatedStatistics statistics{data, checked, random, {}};
  const auto gram = statistics.gram();
  BOOST_REQUIRE(gram.has_error());
  BOOST_TEST((gram.error() == BaseErrc::interrupted));
  BOOST_TEST(checked.exactness().sums == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
