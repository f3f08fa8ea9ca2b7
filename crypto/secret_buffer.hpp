#pragma once

#include <cstddef>
#include <span>

#include <boost/system/error_code.hpp>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace guildsum::crypto {

/// Secret bytes of a size known at run time, in pages of their own: locked into memory (no swap),
/// left out of core dumps and forked children, wiped before they are returned.
///
/// Locking counts against RLIMIT_MEMLOCK. When that is used up the buffer still works but may be
/// swapped: `is_locked()` is false and `lock_error()` says why, for a warning at start. Move-only.
class SecretBuffer {
 public:
  /// `size` zero bytes; 0 gives an empty buffer.
  /// @return CryptoErrc::memory_unavailable if there are no pages.
  [[nodiscard]] static Result<SecretBuffer> allocate(std::size_t size) noexcept;
  /// A buffer with a copy of `content`; the caller wipes its own.
  [[nodiscard]] static Result<SecretBuffer> copy_of(ByteView content) noexcept;
  SecretBuffer() noexcept = default;
  SecretBuffer(SecretBuffer&& other) noexcept;
  SecretBuffer& operator=(SecretBuffer&& other) noexcept;
  SecretBuffer(const SecretBuffer&) = delete;
  SecretBuffer& operator=(const SecretBuffer&) = delete;
  ~SecretBuffer() { release(); }

  [[nodiscard]] std::size_t size() const noexcept { return size_; }
  /// Views must not outlive the buffer.
  [[nodiscard]] ByteView expose() const noexcept { return {pages_, size_}; }
  [[nodiscard]] MutableByteView mutable_expose() noexcept { return {pages_, size_}; }

  [[nodiscard]] bool is_locked() const noexcept { return pages_ == nullptr || !lock_error_; }
  /// Why the pages are not locked; success if they are.
  [[nodiscard]] const boost::system::error_code& lock_error() const noexcept { return lock_error_; }

 private:
  void release() noexcept;

  std::byte* pages_ = nullptr;
  std::size_t size_ = 0;
  std::size_t mapped_bytes_ = 0;
  boost::system::error_code lock_error_;
};

/// Bytes that this process may lock (RLIMIT_MEMLOCK, soft limit), to warn before a round needs
/// them.
[[nodiscard]] std::size_t lockable_bytes() noexcept;

}  // namespace guildsum::crypto
