#include "base/core_dumps.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>

namespace guildsum {
namespace {

/// No kind of memory goes into a dump. It needs no right, and unlike PR_SET_DUMPABLE leaves
/// /proc/self readable to its owner.
void leave_out_all_memory() noexcept {
  const int filter = open("/proc/self/coredump_filter", O_WRONLY | O_CLOEXEC);
  if (filter < 0) return;
  static_cast<void>(write(filter, "0", 1) == 1);
  static_cast<void>(close(filter));
}

}  // namespace

void forbid_core_dumps() noexcept {
  leave_out_all_memory();
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  // Lowering a limit needs no right.
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, 1);
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_CORE, &limit));
}

}  // namespace guildsum
