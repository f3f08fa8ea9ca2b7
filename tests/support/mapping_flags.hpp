#pragma once

#include <cstdint>
#include <cstdio>
#include <fstream>
#include <string>

namespace guildsum::test {

// The sanitizers replace mlock by a function that does nothing and reports success.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
inline constexpr bool kLocksAreReal = false;
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
inline constexpr bool kLocksAreReal = false;
#else
inline constexpr bool kLocksAreReal = true;
#endif
#else
inline constexpr bool kLocksAreReal = true;
#endif

/// The flags of the mapping that holds `address`, as the kernel lists them.
inline std::string mapping_flags(const void* address) {
  std::ifstream maps{"/proc/self/smaps"};
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool inside = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t first = 0;
    std::uintptr_t last = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &first, &last) == 2) {
      inside = first <= wanted && wanted < last;
    }
    if (inside && line.starts_with("VmFlags:")) return line + " ";
  }
  return {};
}

}  // namespace guildsum::test
