#include "simulations/faults/ranks.hpp"

#include <array>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {

BOOST_AUTO_TEST_SUITE(ranks_test)

BOOST_AUTO_TEST_CASE(a_program_that_mpirun_did_not_start_is_alone) {
  const auto ranks = test::must(join_ranks());
  BOOST_TEST(ranks->rank() == 0U);
  BOOST_TEST(ranks->size() == 1U);
  std::array<std::uint64_t, 2> values{7, UINT64_MAX};
  ranks->add_up(values);
  BOOST_TEST(values[0] == 7U);
  BOOST_TEST(values[1] == UINT64_MAX);
  const Bytes own{std::byte{1}, std::byte{2}};
  BOOST_TEST((ranks->gather(own) == std::vector<Bytes>{own}));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
