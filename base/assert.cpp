#include "base/assert.hpp"

#include <cstdio>
#include <cstdlib>

namespace guildsum::detail {

void assertion_failed(const char* condition, const char* file, int line) noexcept {
  std::fprintf(stderr, "guildsum: broken invariant: %s (%s:%d)\n", condition, file, line);
  std::abort();
}

}  // namespace guildsum::detail
