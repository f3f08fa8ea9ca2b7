#include "base/net/wait.hpp"

#include <atomic>
#include <chrono>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "base/thread_pool.hpp"
#include "tests/unit/net/net_setup.hpp"

using namespace guildsum;
using namespace guildsum::net;
using namespace std::chrono_literals;
using boost::asio::awaitable;
using std::chrono::milliseconds;
using std::chrono::steady_clock;

namespace {

struct Board {
  Notifier notifier;
  std::atomic<int> waiting{0};
  std::atomic<int> cancelled{0};
};

awaitable<Response> poll_board(Board& board, Request request) {
  const auto seen = request.query_number("seen", board.notifier.version()).value();
  const milliseconds at_most{request.query_number("wait_ms", 10'000).value()};
  ++board.waiting;
  const bool changed = co_await board.notifier.changed(seen, at_most);
  if (!changed) ++board.cancelled;
  co_return changed ? Response::text(std::to_string(board.notifier.version()))
                    : Response::no_content();
}

awaitable<Response> compute(ThreadPool& pool) {
  std::thread::id where;
  std::function<void()> work = [&where] { where = std::this_thread::get_id(); };
  co_await run_on(pool, std::move(work));
  co_return Response::text(where == std::this_thread::get_id() ? "same thread" : "another thread");
}

awaitable<Response> fail_on(ThreadPool& pool) {
  std::function<void()> work = [] { throw std::runtime_error{"no"}; };
  std::string caught;
  try {
    co_await run_on(pool, std::move(work));
  } catch (const std::runtime_error& error) {
    caught = error.what();
  }
  co_return Response::text("caught " + caught);
}

awaitable<Response> work_long(ThreadPool& pool, std::atomic<int>& finished) {
  std::vector<int> in_frame(1000, 1);
  std::function<void()> work = [&in_frame, &finished] {
    std::this_thread::sleep_for(1300ms);  // Longer than the server waits for its handlers.
    for (auto& value : in_frame) finished += value;
  };
  co_await run_on(pool, std::move(work));
  co_return Response::no_content();
}

awaitable<Response> nap() {
  const bool slept = co_await sleep_for(20ms);
  co_return Response{slept ? 200 : 503};
}

struct Setup {
  Board board;
  ThreadPool pool{2};
  std::atomic<int> finished{0};
  RunningServer server{routes()};

  Router routes() {
    Router router;
    router.get("/poll", RouteOptions{},
               [this](Request request) { return poll_board(board, std::move(request)); });
    router.get("/compute", RouteOptions{}, [this](const Request&) { return compute(pool); });
    router.get("/fail", RouteOptions{}, [this](const Request&) { return fail_on(pool); });
    router.get("/long", RouteOptions{},
               [this](const Request&) { return work_long(pool, finished); });
    router.get("/nap", RouteOptions{}, [](const Request&) { return nap(); });
    return router;
  }
  void await_waiting(int count) const {
    const auto give_up = steady_clock::now() + 10s;
    while (board.waiting < count && steady_clock::now() < give_up) std::this_thread::yield();
    BOOST_REQUIRE(board.waiting >= count);
    std::this_thread::sleep_for(5ms);  // From counting to the timer it is one step more.
  }
  Result<Response> get(const std::string& target) {
    HttpClient client{server.client_config()};
    return client.send(ClientRequest{Method::get, target});
  }
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(wait_test, Setup)

BOOST_AUTO_TEST_CASE(a_change_reaches_waiting_polls_within_milliseconds) {
  std::vector<milliseconds> delays;
  for (int turn = 0; turn < 20; ++turn) {
    steady_clock::time_point woken;
    board.waiting = 0;
    std::thread client{[&] {
      BOOST_TEST(get("/poll").value().status == 200);
      woken = steady_clock::now();
    }};
    await_waiting(1);
    const auto changed = steady_clock::now();
    board.notifier.notify();
    client.join();
    delays.push_back(std::chrono::duration_cast<milliseconds>(woken - changed));
  }
  std::ranges::sort(delays);
  BOOST_TEST_MESSAGE("median wake-up " << delays[10].count() << " ms");
  BOOST_TEST((delays[10] < 20ms));
}

BOOST_AUTO_TEST_CASE(one_change_wakes_everybody) {
  constexpr int kClients = 40;
  std::atomic<int> answered{0};
  std::vector<std::thread> clients;
  for (int i = 0; i < kClients; ++i) {
    clients.emplace_back([&] {
      if (get("/poll").value().status == 200) ++answered;
    });
  }
  await_waiting(kClients);
  board.notifier.notify();
  for (auto& client : clients) client.join();
  BOOST_TEST(answered.load() == kClients);
}

BOOST_AUTO_TEST_CASE(a_change_that_has_happened_is_not_waited_for) {
  const auto seen = board.notifier.version();
  board.notifier.notify();

  const auto begin = steady_clock::now();
  BOOST_TEST(get("/poll?seen=" + std::to_string(seen)).value().status == 200);
  BOOST_TEST((steady_clock::now() - begin < 1s));
}

BOOST_AUTO_TEST_CASE(a_poll_without_change_ends_at_its_time) {
  const auto begin = steady_clock::now();
  BOOST_TEST(get("/poll?wait_ms=100").value().status == 204);
  const auto took = steady_clock::now() - begin;
  BOOST_TEST((took >= 95ms && took < 2s));
}

BOOST_AUTO_TEST_CASE(stopping_the_server_answers_the_polls_that_wait) {
  Result<Response> answer;
  std::thread client{[&] { answer = get("/poll"); }};
  await_waiting(1);

  const auto begin = steady_clock::now();
  server.server().stop(2s);
  const auto took = steady_clock::now() - begin;
  client.join();

  BOOST_TEST((took < 500ms));
  BOOST_REQUIRE(answer.has_value());
  BOOST_TEST(answer->status == 204);
  BOOST_TEST(answer->headers.find("Connection").value_or("") == "close");
}

BOOST_AUTO_TEST_CASE(a_poll_whose_client_left_is_given_up) {
  {
    RawConnection connection{server.url().port};
    connection.send("GET /poll HTTP/1.1\r\nHost: c\r\n\r\n");
    await_waiting(1);
  }
  const auto give_up = steady_clock::now() + 5s;
  while (board.cancelled == 0 && steady_clock::now() < give_up) std::this_thread::sleep_for(5ms);
  BOOST_TEST(board.cancelled.load() == 1);
}

BOOST_AUTO_TEST_CASE(a_request_sent_ahead_does_not_end_the_poll) {
  RawConnection connection{server.url().port};
  connection.send(
      "GET /poll?wait_ms=600 HTTP/1.1\r\nHost: c\r\n\r\n"
      "GET /nap HTTP/1.1\r\nHost: c\r\nConnection: close\r\n\r\n");
  const auto begin = steady_clock::now();
  const auto answer = connection.receive();

  BOOST_TEST((steady_clock::now() - begin >= 595ms));
  BOOST_TEST(status_of(answer) == 204);
  BOOST_TEST(count_of(answer, "HTTP/1.1 200 OK") == 1U);
}

BOOST_AUTO_TEST_CASE(work_runs_on_the_pool_and_its_exception_comes_back) {
  BOOST_TEST(as_text(get("/compute").value().body) == "another thread");
  BOOST_TEST(as_text(get("/fail").value().body) == "caught no");
  BOOST_TEST(get("/nap").value().status == 200);
}

BOOST_AUTO_TEST_CASE(work_that_outlasts_the_server_still_finds_its_frame) {
  RawConnection connection{server.url().port};
  connection.send("GET /long HTTP/1.1\r\nHost: c\r\n\r\n");
  std::this_thread::sleep_for(50ms);
  server.destroy(10ms);
  BOOST_TEST(finished.load() == 1000);
}

BOOST_AUTO_TEST_SUITE_END()
