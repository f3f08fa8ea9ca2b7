#include "base/core_dumps.hpp"

#include <sys/resource.h>

#include <algorithm>

namespace guildsum {

void forbid_core_dumps() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_CORE, &limit) != 0) return;
  // Lowering a limit needs no right.
  limit.rlim_max = std::min<rlim_t>(limit.rlim_max, 1);
  limit.rlim_cur = limit.rlim_max;
  static_cast<void>(setrlimit(RLIMIT_CORE, &limit));
}

}  // namespace guildsum
