#pragma once

#include <cstddef>
#include <cstdint>

namespace guildsum {

class Log;

/// Whether secrets can reach a swap file or a core dump.
enum class SecretMemory : std::uint8_t {
  locked,     ///< The arena stays in memory and out of core dumps.
  swappable,  ///< There is an arena, but RLIMIT_MEMLOCK did not allow to lock it.
  ordinary,   ///< No arena: secrets lie on the heap.
};

/// Room for all secrets of a round among 256 shops and for the keys of TLS, several times over.
inline constexpr std::size_t kSecretArenaBytes = std::size_t{1} << 20;

/// Sets an arena aside in which every `Secret` and `crypto::Share` made from now on lives, and
/// private keys inside OpenSSL as well: locked, between guard pages, not dumped (OpenSSL's secure
/// heap). Once, at the start of a program, before there are threads; later calls give the same
/// answer and change nothing. Without it secrets are on the heap and still wiped.
/// @param bytes a power of two.
[[nodiscard]] SecretMemory set_aside_secret_memory(
    std::size_t bytes = kSecretArenaBytes) noexcept;

/// Secrets that did not fit into the arena so far and went to the heap: 0 unless it is too small.
[[nodiscard]] std::uint64_t secrets_outside_arena() noexcept;

/// Warns where secrets may be swapped: the arena is not locked, or too small for what was made so
/// far.
void warn_about_secret_memory(Log& log);

/// `size` bytes of secret memory, uninitialised; from the heap where the arena is full or missing.
/// Never null: the process ends when there is no memory at all, as secrets cannot be half made.
[[nodiscard]] void* allocate_secret(std::size_t size) noexcept;
/// Wipes and returns what `allocate_secret(size)` gave; null does nothing.
void free_secret(void* memory, std::size_t size) noexcept;

/// For containers of secrets: `std::vector<T, SecretAllocator<T>>`.
template <class T>
struct SecretAllocator {
  using value_type = T;
  SecretAllocator() noexcept = default;
  template <class Other>
  SecretAllocator(const SecretAllocator<Other>&) noexcept {}  // NOLINT(google-explicit-constructor)
  [[nodiscard]] T* allocate(std::size_t count) noexcept {
    return static_cast<T*>(allocate_secret(count * sizeof(T)));
  }
  void deallocate(T* memory, std::size_t count) noexcept { free_secret(memory, count * sizeof(T)); }
  friend bool operator==(SecretAllocator, SecretAllocator) noexcept { return true; }
};

}  // namespace guildsum
