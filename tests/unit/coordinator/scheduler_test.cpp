#include "coordinator/scheduler.hpp"

#include <atomic>
#include <functional>
#include <future>
#include <mutex>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace guildsum::coordinator;
using std::chrono::milliseconds;

namespace {

/// Waits, generously, for something that happens on the scheduler's thread.
void await(std::future<void>& done) {
  BOOST_REQUIRE((done.wait_for(std::chrono::minutes{2}) == std::future_status::ready));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(scheduler_test)

BOOST_AUTO_TEST_CASE(posted_work_runs_in_its_order_on_one_other_thread) {
  std::vector<int> order;
  std::vector<std::thread::id> threads;
  std::promise<void> finished;
  auto done = finished.get_future();
  ThreadScheduler scheduler;
  for (int i = 0; i < 100; ++i) {
    scheduler.post([&, i] {
      order.push_back(i);
      threads.push_back(std::this_thread::get_id());
      if (i == 99) finished.set_value();
    });
  }
  await(done);
  scheduler.stop();
  for (int i = 0; i < 100; ++i) BOOST_TEST(order[static_cast<std::size_t>(i)] == i);
  for (const auto id : threads) BOOST_TEST((id == threads[0] && id != std::this_thread::get_id()));
}

BOOST_AUTO_TEST_CASE(delayed_work_waits_and_the_earlier_time_comes_first) {
  std::vector<int> order;
  std::promise<void> finished;
  auto done = finished.get_future();
  ThreadScheduler scheduler;
  const auto begin = std::chrono::steady_clock::now();
  std::atomic<bool> early = false;
  scheduler.after(milliseconds{60}, [&] {
    early = std::chrono::steady_clock::now() - begin < milliseconds{60};
    order.push_back(2);
    finished.set_value();
  });
  scheduler.after(milliseconds{1}, [&] { order.push_back(1); });
  await(done);
  scheduler.stop();
  BOOST_TEST(!early);
  BOOST_TEST((order == std::vector<int>{1, 2}));
}

BOOST_AUTO_TEST_CASE(work_may_post_more_work) {
  std::promise<void> finished;
  auto done = finished.get_future();
  ThreadScheduler scheduler;
  int left = 50;
  std::function<void()> next = [&] {
    if (--left == 0) return finished.set_value();
    scheduler.post([&] { next(); });
  };
  scheduler.post([&] { next(); });
  await(done);
}

BOOST_AUTO_TEST_CASE(stopping_drops_what_is_not_due_and_waits_for_what_runs) {
  std::promise<void> started;
  auto running = started.get_future();
  std::promise<void> released;
  auto release = released.get_future();
  std::atomic<bool> finished = false;
  std::atomic<bool> dropped = true;
  ThreadScheduler scheduler;
  scheduler.post([&] {
    started.set_value();
    release.wait();
    finished = true;
  });
  scheduler.post([&] { dropped = false; });
  scheduler.after(std::chrono::hours{10}, [&] { dropped = false; });
  await(running);
  std::thread stopper{[&] { scheduler.stop(); }};
  released.set_value();
  stopper.join();
  BOOST_TEST(finished);
  scheduler.post([&] { dropped = false; });  // Comes too late.
  scheduler.stop();                          // Twice is harmless.
}

BOOST_AUTO_TEST_CASE(posting_from_many_threads_loses_nothing) {
  std::atomic<int> ran = 0;
  std::promise<void> finished;
  auto done = finished.get_future();
  ThreadScheduler scheduler;
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) {
    threads.emplace_back([&] {
      for (int j = 0; j < 250; ++j) {
        scheduler.post([&] {
          if (++ran == 1000) finished.set_value();
        });
      }
    });
  }
  for (auto& thread : threads) thread.join();
  await(done);
  BOOST_TEST(ran == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
