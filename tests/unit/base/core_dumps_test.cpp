#include "base/core_dumps.hpp"

#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <fstream>
#include <string>

#include <boost/test/unit_test.hpp>

namespace guildsum {
namespace {

/// In a process of its own: the limit cannot be raised again.
int limit_after_forbidding(rlim_t before) {
  const pid_t child = fork();
  if (child == 0) {
    const rlimit start{before, before};
    if (setrlimit(RLIMIT_CORE, &start) != 0) _exit(100);
    forbid_core_dumps();
    rlimit now{};
    if (getrlimit(RLIMIT_CORE, &now) != 0 || now.rlim_cur != now.rlim_max) _exit(101);
    std::string filter;
    std::ifstream{"/proc/self/coredump_filter"} >> filter;
    if (filter.find_first_not_of('0') != std::string::npos) _exit(103);
    _exit(now.rlim_cur > 50 ? 102 : static_cast<int>(now.rlim_cur));
  }
  int status = 0;
  if (waitpid(child, &status, 0) != child || !WIFEXITED(status)) return -1;
  return WEXITSTATUS(status);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(core_dumps_test)

BOOST_AUTO_TEST_CASE(neither_a_file_nor_a_handler_gets_one) {
  rlimit limit{};
  BOOST_REQUIRE(getrlimit(RLIMIT_CORE, &limit) == 0);
  if (limit.rlim_max >= 1) BOOST_TEST(limit_after_forbidding(limit.rlim_max) == 1);
  BOOST_TEST(limit_after_forbidding(0) == 0);  // A handler then gets a dump without memory.
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum
