#include "simulations/faults/campaign.hpp"
#include "tests/simulation/scenarios.hpp"

namespace guildsum::simulations {

BOOST_AUTO_TEST_SUITE(uploads_test)

BOOST_AUTO_TEST_CASE(inputs_of_several_chunks_survive_torn_uploads) {
  const auto scenario = test::shipped_scenario("uploads");
  std::uint64_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= 2; ++seed) {
    const auto outcome = run_seed(scenario, seed);
    BOOST_REQUIRE(outcome.has_value());
    BOOST_TEST(outcome->passed(), "seed " << seed << ": "
                                          << (outcome->passed() ? std::string{}
                                                                : outcome->violations[0].what));
    crashes += outcome->coordinator_crashes;
  }
  BOOST_TEST(crashes > 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
