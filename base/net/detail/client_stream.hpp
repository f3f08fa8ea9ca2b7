#pragma once

#include <chrono>
#include <memory>
#include <optional>

#include "base/bytes.hpp"
#include "base/file.hpp"
#include "base/net/detail/openssl.hpp"
#include "base/net/detail/socket_bio.hpp"
#include "base/net/url.hpp"
#include "base/result.hpp"

namespace guildsum::net::detail {

using Deadline = std::chrono::steady_clock::time_point;

/// Wakes blocked calls of a client, from any thread and from signal handlers. Stays set.
class CancelFlag {
 public:
  CancelFlag();
  void set() noexcept;
  [[nodiscard]] bool is_set() const noexcept { return set_.load(); }
  /// Readable once set; for `poll`.
  [[nodiscard]] int fd() const noexcept { return event_.get(); }

 private:
  FileDescriptor event_;
  std::atomic<bool> set_{false};
};

/// One TCP connection, with or without TLS, used by one thread with a deadline on every call.
///
/// Errors: NetErrc::timed_out, cancelled, connection_lost, unreachable and those of the handshake.
class ClientStream {
 public:
  /// `context` is null for plain TCP. `cancel` and `counters` must outlive the stream.
  [[nodiscard]] static Result<std::unique_ptr<ClientStream>> open(const Url& url,
                                                                  const SslContext& context,
                                                                  const CancelFlag& cancel,
                                                                  Counters& counters,
                                                                  Deadline deadline);
  ~ClientStream();
  ClientStream(const ClientStream&) = delete;
  ClientStream& operator=(const ClientStream&) = delete;

  /// 0 at the end of the stream.
  [[nodiscard]] Result<std::size_t> read_some(MutableByteView out, Deadline deadline);
  [[nodiscard]] Result<void> write(ByteView bytes, Deadline deadline);
  /// Whether an idle connection has been closed, or spoken on, by the other side.
  [[nodiscard]] bool is_stale() noexcept;
  /// Null without TLS.
  [[nodiscard]] SSL* tls() const noexcept { return ssl_.get(); }

 private:
  ClientStream(const CancelFlag& cancel, Counters& counters) noexcept
      : cancel_{cancel}, counters_{counters} {}
  Result<void> connect(const Url& url, Deadline deadline);
  Result<void> handshake(const Url& url, const SslContext& context, Deadline deadline);
  Result<std::size_t> read_tls(MutableByteView out, Deadline deadline);
  Result<std::size_t> write_tls(ByteView bytes, Deadline deadline);
  Result<std::size_t> write_plain(ByteView bytes, Deadline deadline);
  Result<void> wait(short events, Deadline deadline) const;
  /// Waits as OpenSSL asks, or says why the call failed for good.
  Result<void> wait_after(int outcome, Deadline deadline);

  const CancelFlag& cancel_;
  Counters& counters_;
  FileDescriptor socket_;
  SslPtr ssl_;
  bool broken_ = false;
};

}  // namespace guildsum::net::detail
