#pragma once

namespace guildsum::detail {
[[noreturn]] void assertion_failed(const char* condition, const char* file, int line) noexcept;
}

/// A broken program invariant is a bug: it ends the process in release builds too, and recovery
/// ends the round by name.
#define GS_ASSERT(condition) \
  ((condition) ? void(0) : ::guildsum::detail::assertion_failed(#condition, __FILE__, __LINE__))
