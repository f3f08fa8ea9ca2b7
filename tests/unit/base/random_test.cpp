#include "base/random.hpp"

#include <set>
#include <string>

#include <boost/test/unit_test.hpp>

#include "base/bytes.hpp"

using namespace guildsum;

namespace {

std::string draw(Random& random, std::size_t count) {
  Bytes bytes(count);
  random.fill(bytes);
  return to_hex(bytes);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(random_test)

BOOST_AUTO_TEST_CASE(seeded_random_is_splitmix64) {
  // The published first outputs for seed 0: e220a8397b1dcdaf, 6e789e6aa1b965f4 (little-endian
  // here).
  SeededRandom random{0};
  BOOST_TEST(draw(random, 16) == "afcd1d7b39a820e2f465b9a16a9e786e");
}

BOOST_AUTO_TEST_CASE(seeded_random_repeats_for_the_same_seed_only) {
  SeededRandom first{42}, second{42}, third{43};
  const std::string bytes = draw(first, 100);
  BOOST_TEST(draw(second, 100) == bytes);
  BOOST_TEST(draw(third, 100) != bytes);
  BOOST_TEST(draw(first, 100) != bytes);
}

BOOST_AUTO_TEST_CASE(system_random_never_repeats_and_fills_any_size) {
  SystemRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) seen.insert(draw(random, 16));
  BOOST_TEST(seen.size() == 1000U);
  BOOST_TEST(draw(random, 0).empty());
  BOOST_TEST(draw(random, 1).size() == 2U);
}

BOOST_AUTO_TEST_CASE(secrets_are_drawn_from_the_same_stream) {
  SeededRandom first{7}, second{7};
  const auto secret = first.secret<struct AnyTag, 32>();
  BOOST_TEST(to_hex(secret.expose()) == draw(second, 32));
}

BOOST_AUTO_TEST_SUITE_END()
