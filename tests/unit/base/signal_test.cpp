#include "base/cli/signal.hpp"

#include <array>
#include <csignal>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;
using cli::StopSignal;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(signal_test)

BOOST_AUTO_TEST_CASE(a_signal_asks_for_a_stop_and_is_named) {
  auto stop = StopSignal::install().value();
  BOOST_TEST(!stop.stop_requested());
  BOOST_TEST(!stop.wait_for_stop(0ms).has_value());
  ::raise(SIGTERM);
  BOOST_TEST(stop.stop_requested());
  BOOST_TEST(stop.wait_for_stop() == SIGTERM);
  BOOST_TEST(stop.wait_for_stop(1h).value() == SIGTERM);  // Stays asked for.
}

BOOST_AUTO_TEST_CASE(the_program_can_ask_for_its_own_stop) {
  auto stop = StopSignal::install().value();
  std::jthread asker{[&] { stop.request_stop(); }};
  BOOST_TEST(stop.wait_for_stop() == 0);
}

BOOST_AUTO_TEST_CASE(there_is_one_at_a_time_and_it_restores_the_handlers) {
  struct sigaction before{}, after{};
  ::sigaction(SIGINT, nullptr, &before);
  {
    const auto stop = StopSignal::install().value();
    BOOST_TEST((StopSignal::install().error() == BaseErrc::already_exists));
  }
  ::sigaction(SIGINT, nullptr, &after);
  BOOST_TEST((after.sa_handler == before.sa_handler));
  BOOST_TEST(StopSignal::install().has_value());
}

BOOST_AUTO_TEST_CASE(the_second_signal_of_a_kind_ends_the_process) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGINT, SIG_DFL);
    const auto stop = StopSignal::install();
    ::raise(SIGINT);
    if (!stop.value().stop_requested()) ::_exit(1);
    ::raise(SIGINT);
    ::_exit(2);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGINT);
}

BOOST_AUTO_TEST_CASE(a_closed_pipe_is_an_ordinary_error) {
  cli::ignore_broken_pipes();
  std::array<int, 2> ends{};
  BOOST_REQUIRE(::pipe(ends.data()) == 0);
  ::close(ends[0]);
  BOOST_TEST(::write(ends[1], "x", 1) == -1);
  BOOST_TEST(errno == EPIPE);
  ::close(ends[1]);
}

BOOST_AUTO_TEST_SUITE_END()
