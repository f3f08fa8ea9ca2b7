#include "base/thread_pool.hpp"

#include <algorithm>
#include <atomic>
#include <future>
#include <numeric>
#include <set>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

using namespace guildsum;

BOOST_AUTO_TEST_SUITE(thread_pool_test)

BOOST_AUTO_TEST_CASE(submitted_work_runs_on_another_thread) {
  ThreadPool pool{2};
  std::promise<std::thread::id> ran;
  pool.submit([&] { ran.set_value(std::this_thread::get_id()); });
  BOOST_TEST((ran.get_future().get() != std::this_thread::get_id()));
  BOOST_TEST(pool.size() == 2U);
}

BOOST_AUTO_TEST_CASE(destruction_finishes_what_was_submitted) {
  std::atomic<int> done = 0;
  {
    ThreadPool pool{1};
    for (int i = 0; i < 100; ++i) pool.submit([&] { ++done; });
  }
  BOOST_TEST(done == 100);
}

BOOST_AUTO_TEST_CASE(parallel_for_covers_each_index_once) {
  ThreadPool pool{4};
  for (const std::size_t grain : {1U, 3U, 7U, 1000U}) {
    for (const std::size_t count : {0U, 1U, 6U, 7U, 8U, 100U}) {
      std::vector<std::atomic<int>> hits(count);
      pool.parallel_for(10, 10 + count, grain, [&](std::size_t first, std::size_t last) {
        for (std::size_t i = first; i < last; ++i) ++hits[i - 10];
      });
      BOOST_TEST(std::ranges::all_of(hits, [](const auto& hit) { return hit == 1; }));
    }
  }
}

BOOST_AUTO_TEST_CASE(pieces_depend_on_the_grain_only) {
  for (const std::size_t threads : {1U, 3U}) {
    ThreadPool pool{threads};
    std::vector<std::size_t> last_of(10, 0);
    pool.parallel_for(0, 10, 4,
                      [&](std::size_t first, std::size_t last) { last_of[first] = last; });
    const std::vector<std::size_t> expected{4, 0, 0, 0, 8, 0, 0, 0, 10, 0};
    BOOST_TEST(last_of == expected, boost::test_tools::per_element());
  }
}

BOOST_AUTO_TEST_CASE(the_caller_takes_part_even_when_all_threads_are_busy) {
  ThreadPool pool{1};
  std::promise<void> release;
  pool.submit([waits = release.get_future().share()] { waits.wait(); });
  std::set<std::thread::id> workers;
  pool.parallel_for(0, 10, 1,
                    [&](std::size_t, std::size_t) { workers.insert(std::this_thread::get_id()); });
  BOOST_TEST((workers == std::set{std::this_thread::get_id()}));
  release.set_value();
}

BOOST_AUTO_TEST_CASE(nested_calls_do_not_wait_for_each_other) {
  ThreadPool pool{2};
  std::atomic<int> leaves = 0;
  pool.parallel_for(0, 8, 1, [&](std::size_t, std::size_t) {
    pool.parallel_for(0, 8, 1, [&](std::size_t, std::size_t) {
      pool.parallel_for(0, 8, 1, [&](std::size_t, std::size_t) { ++leaves; });
    });
  });
  BOOST_TEST(leaves == 512);
}

BOOST_AUTO_TEST_CASE(writes_of_the_pieces_are_visible_to_the_caller) {
  ThreadPool pool{4};
  std::vector<std::uint64_t> values(100'000);
  pool.parallel_for(0, values.size(), 1000, [&](std::size_t first, std::size_t last) {
    for (std::size_t i = first; i < last; ++i) values[i] = i;
  });
  BOOST_TEST(std::accumulate(values.begin(), values.end(), std::uint64_t{0}) == 4'999'950'000U);
}

BOOST_AUTO_TEST_SUITE_END()
