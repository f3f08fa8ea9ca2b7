#include "base/assert.hpp"

#include <csignal>
#include <cstdio>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

BOOST_AUTO_TEST_SUITE(assert_test)

BOOST_AUTO_TEST_CASE(a_true_condition_is_evaluated_once_and_passes) {
  int evaluated = 0;
  GS_ASSERT(++evaluated == 1);
  BOOST_TEST(evaluated == 1);
}

BOOST_AUTO_TEST_CASE(a_broken_invariant_ends_the_process_in_every_build) {
  const pid_t child = ::fork();
  if (child == 0) {
    std::signal(SIGABRT, SIG_DFL);  // Boost.Test would report it as a failure of its own.
    std::fclose(stderr);
    GS_ASSERT(1 + 1 == 3);
    ::_exit(0);
  }
  int status = 0;
  BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFSIGNALED(status));
  BOOST_TEST(WTERMSIG(status) == SIGABRT);
}

BOOST_AUTO_TEST_SUITE_END()
