#include "base/secret_memory.hpp"

#include <atomic>
#include <cstdlib>

#include <openssl/crypto.h>
#include <openssl/err.h>

#include "base/log.hpp"

namespace guildsum {
namespace {

/// OpenSSL rounds every allocation up to a power of two, from here on.
constexpr std::size_t kSmallestSecret = 32;

std::atomic<std::uint64_t> outside_arena{0};

SecretMemory set_aside(std::size_t bytes) noexcept {
  constexpr int kLocked = 1;
  const int outcome = CRYPTO_secure_malloc_init(bytes, kSmallestSecret);
  if (CRYPTO_secure_malloc_initialized() == 0) return SecretMemory::ordinary;
  return outcome == kLocked ? SecretMemory::locked : SecretMemory::swappable;
}

}  // namespace

SecretMemory set_aside_secret_memory(std::size_t bytes) noexcept {
  static const SecretMemory state = set_aside(bytes);
  return state;
}

std::uint64_t secrets_outside_arena() noexcept { return outside_arena.load(); }

void warn_about_secret_memory(Log& log) {
  if (set_aside_secret_memory() != SecretMemory::locked) {
    log.warn("secrets.swappable",
             {{"needed_bytes", kSecretArenaBytes},
              {"hint", "allow the program to lock memory: ulimit -l, LimitMEMLOCK= of systemd"}});
  }
  if (const auto outside = secrets_outside_arena(); outside > 0) {
    log.warn("secrets.outside_arena", {{"count", outside}});
  }
}

void* allocate_secret(std::size_t size) noexcept {
  ERR_set_mark();  // A full arena is no error of whoever looks at OpenSSL's queue next.
  void* memory = OPENSSL_secure_malloc(size);
  ERR_pop_to_mark();
  if (memory == nullptr) {
    memory = OPENSSL_malloc(size);
    ++outside_arena;
  }
  if (memory == nullptr) std::abort();
  return memory;
}

void free_secret(void* memory, std::size_t size) noexcept {
  OPENSSL_secure_clear_free(memory, size);
}

}  // namespace guildsum
