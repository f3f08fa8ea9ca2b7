#pragma once

#include <atomic>
#include <cstdint>

#include <openssl/bio.h>

namespace guildsum::net::detail {

/// Bytes through one socket, counted where they enter and leave the process.
struct Counters {
  std::atomic<std::uint64_t> sent{0};
  std::atomic<std::uint64_t> received{0};
};

/// `recv` and `send` without SIGPIPE, counted; errors as in `errno`.
[[nodiscard]] long receive_some(int fd, void* data, std::size_t size, Counters* counters) noexcept;
[[nodiscard]] long send_some(int fd, const void* data, std::size_t size,
                             Counters* counters) noexcept;

/// An OpenSSL BIO over a non-blocking socket that somebody else owns. OpenSSL's own raises SIGPIPE
/// when the other side is gone. `counters` may be null and must outlive the BIO.
[[nodiscard]] BIO* new_socket_bio(int fd, Counters* counters) noexcept;

}  // namespace guildsum::net::detail
