#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/integration/standstill.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::ranges::find(names, name) != names.end();
}

/// Its input is in the sum if it was spooled before the kill.
bool counts_after(Hold at) { return at >= Hold::inputs; }

}  // namespace

BOOST_AUTO_TEST_SUITE(agent_crash_test)

BOOST_AUTO_TEST_CASE(an_agent_killed_in_any_phase_comes_back_and_answers_nothing_twice) {
  // After the check-ins the dead agent's shares are waited for until this deadline.
  const Settings short_share{{"deadlines.share", "15s"}};
  Standstill round{short_share};
  ShopProcess& victim = round.federation.shop(0);
  for (const Hold at : kAllHolds) {
    BOOST_TEST_CONTEXT("killed in " << name_of(at)) {
      round.hold(at);
      victim.kill();
      victim.start();
      Federation::await_online(victim);
      round.release();
      const auto survivors = round.check_sum();
      BOOST_TEST(contains(survivors, victim.name()) == counts_after(at));
      BOOST_TEST(survivors.size() == (counts_after(at) ? 7U : 6U));
      expect_one_answer_per_phase(victim);
    }
  }
  BOOST_TEST(count_in(round.coordinator().log(), "conflicting-message") == 0U);
  round.federation.stop();
}

BOOST_AUTO_TEST_CASE(the_counter_of_check_ins_rises_over_restarts) {
  Standstill round;
  ShopProcess& victim = round.federation.shop(0);
  round.hold(Hold::inputs);
  round.release();
  victim.kill();
  victim.start();
  Federation::await_online(victim);
  round.hold(Hold::votes);
  round.release();
  BOOST_TEST(contains(round.check_sum(), victim.name()));
  BOOST_TEST(count_in(round.coordinator().log(), "restored-backup") == 0U);
  round.federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
