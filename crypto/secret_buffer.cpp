#include "crypto/secret_buffer.hpp"

#include <algorithm>
#include <cerrno>
#include <limits>
#include <sys/mman.h>
#include <sys/resource.h>
#include <unistd.h>
#include <utility>

#include <openssl/crypto.h>

#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

std::size_t whole_pages(std::size_t size) noexcept {
  const auto page = static_cast<std::size_t>(sysconf(_SC_PAGESIZE));
  return (size + page - 1) / page * page;
}

}  // namespace

Result<SecretBuffer> SecretBuffer::allocate(std::size_t size) noexcept {
  SecretBuffer buffer;
  if (size == 0) return buffer;
  if (size > std::numeric_limits<std::size_t>::max() / 2) return CryptoErrc::memory_unavailable;
  const std::size_t mapped = whole_pages(size);
  void* pages = mmap(nullptr, mapped, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
  if (pages == MAP_FAILED) return CryptoErrc::memory_unavailable;
  buffer.pages_ = static_cast<std::byte*>(pages);
  buffer.size_ = size;
  buffer.mapped_bytes_ = mapped;
  if (mlock(pages, mapped) != 0) buffer.lock_error_ = {errno, boost::system::system_category()};
  // Advice that an old kernel does not know costs protection against dumps only, as a failed lock
  // does.
  const bool undumped =
      madvise(pages, mapped, MADV_DONTDUMP) == 0 && madvise(pages, mapped, MADV_WIPEONFORK) == 0;
  if (!undumped && !buffer.lock_error_) {
    buffer.lock_error_ = {errno, boost::system::system_category()};
  }
  return buffer;
}

Result<SecretBuffer> SecretBuffer::copy_of(ByteView content) noexcept {
  GS_TRY(SecretBuffer buffer, allocate(content.size()));
  std::ranges::copy(content, buffer.mutable_expose().begin());
  return buffer;
}

SecretBuffer::SecretBuffer(SecretBuffer&& other) noexcept
    : pages_{std::exchange(other.pages_, nullptr)},
      size_{std::exchange(other.size_, 0)},
      mapped_bytes_{std::exchange(other.mapped_bytes_, 0)},
      lock_error_{std::exchange(other.lock_error_, {})} {}

SecretBuffer& SecretBuffer::operator=(SecretBuffer&& other) noexcept {
  if (this == &other) return *this;
  release();
  pages_ = std::exchange(other.pages_, nullptr);
  size_ = std::exchange(other.size_, 0);
  mapped_bytes_ = std::exchange(other.mapped_bytes_, 0);
  lock_error_ = std::exchange(other.lock_error_, {});
  return *this;
}

void SecretBuffer::release() noexcept {
  if (pages_ == nullptr) return;
  OPENSSL_cleanse(pages_, mapped_bytes_);
  munmap(pages_, mapped_bytes_);  // Unlocks as well.
  pages_ = nullptr;
}

std::size_t lockable_bytes() noexcept {
  rlimit limit{};
  if (getrlimit(RLIMIT_MEMLOCK, &limit) != 0) return 0;
  return limit.rlim_cur == RLIM_INFINITY ? std::numeric_limits<std::size_t>::max()
                                         : static_cast<std::size_t>(limit.rlim_cur);
}

}  // namespace guildsum::crypto
