#include "simulations/faults/virtual_time.hpp"

#include <vector>

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations {

using std::chrono::milliseconds;

BOOST_AUTO_TEST_SUITE(virtual_time_test)

BOOST_AUTO_TEST_CASE(events_come_by_time_and_then_by_order) {
  EventQueue queue;
  std::vector<int> seen;
  queue.after(milliseconds{20}, [&] { seen.push_back(3); });
  queue.after(milliseconds{10}, [&] {
    seen.push_back(1);
    queue.after(milliseconds{0}, [&] { seen.push_back(2); });
  });
  while (queue.run_next()) {
  }
  BOOST_TEST((seen == std::vector<int>{1, 2, 3}));
  BOOST_TEST((queue.now() == milliseconds{20}));
  BOOST_TEST(queue.events() == 3U);
}

BOOST_AUTO_TEST_CASE(only_the_wall_clock_is_skewed) {
  EventQueue queue;
  NodeClock right{queue};
  NodeClock wrong{queue};
  wrong.set_skew(milliseconds{-5});
  BOOST_TEST((wrong.wall_now() == right.wall_now() - milliseconds{5}));
  BOOST_TEST((wrong.steady_now() == right.steady_now()));
}

BOOST_AUTO_TEST_CASE(work_of_a_program_that_crashed_is_not_done) {
  EventQueue queue;
  NodeScheduler scheduler{queue};
  int done = 0;
  scheduler.post([&] { ++done; });
  scheduler.drop_all();
  scheduler.post([&] { done += 10; });
  while (queue.run_next()) {
  }
  BOOST_TEST(done == 10);
}

BOOST_AUTO_TEST_CASE(one_long_wait_is_lost_on_request) {
  EventQueue queue;
  NodeScheduler scheduler{queue};
  scheduler.lose_next(milliseconds{100});
  int done = 0;
  scheduler.after(milliseconds{99}, [&] { done += 1; });
  scheduler.after(milliseconds{100}, [&] { done += 10; });
  scheduler.after(milliseconds{100}, [&] { done += 100; });
  while (queue.run_next()) {
  }
  BOOST_TEST(done == 101);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
