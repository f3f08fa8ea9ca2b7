#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/steady_timer.hpp>

#include "base/bytes.hpp"
#include "base/net/detail/openssl.hpp"
#include "base/net/http.hpp"

namespace guildsum::net::detail {

using ErrorCode = boost::system::error_code;

/// The outcome of reading: an error, or at least one byte.
struct Io {
  Io() = default;
  explicit Io(ErrorCode with_error) : error{with_error} {}
  explicit Io(std::size_t with_size) : size{with_size} {}
  ErrorCode error;
  std::size_t size = 0;
};

/// One accepted connection, plain or TLS, with one deadline at a time. Everything runs on the
/// strand of its socket.
class Transport : public std::enable_shared_from_this<Transport> {
 public:
  explicit Transport(boost::asio::ip::tcp::socket socket);
  virtual ~Transport() = default;
  Transport(const Transport&) = delete;
  Transport& operator=(const Transport&) = delete;

  /// Afterwards `peer` and `exporter` say who is there.
  [[nodiscard]] virtual boost::asio::awaitable<ErrorCode> handshake() = 0;
  [[nodiscard]] virtual boost::asio::awaitable<Io> read_some(MutableByteView out) = 0;
  /// Writes everything.
  [[nodiscard]] virtual boost::asio::awaitable<ErrorCode> write(ByteView bytes) = 0;
  /// Says that nothing follows, and reads and drops what the other side still sends (bounded by
  /// bytes and the deadline) so that it gets to read our last answer.
  [[nodiscard]] boost::asio::awaitable<void> finish(bool drain);

  /// Every read and write that is not done by then fails with `timed_out`, until armed again.
  void arm(std::chrono::milliseconds deadline);
  /// After `delay` without another `arm`, begins to look at the connection and calls `gone` once if
  /// the other side closes it.
  void arm_watch(std::chrono::milliseconds delay, std::function<void()> gone);
  [[nodiscard]] bool expired() const noexcept { return expired_; }
  /// Pending and later operations fail.
  void close() noexcept;

  std::shared_ptr<const PeerIdentity> peer;
  std::optional<TlsExporter> exporter;
  std::string failure;  ///< Why the handshake failed; for the log.

 protected:
  using WaitType = boost::asio::ip::tcp::socket::wait_type;
  enum class Probe { open, data, closed };
  [[nodiscard]] virtual Probe probe() noexcept = 0;
  virtual void say_goodbye() noexcept = 0;
  [[nodiscard]] boost::asio::awaitable<ErrorCode> wait(WaitType type);
  [[nodiscard]] int fd() noexcept { return socket_.native_handle(); }

 private:
  void start_timer(std::chrono::milliseconds delay);
  void on_timer(std::uint64_t armed_at);
  void watch(std::uint64_t armed_at);

  boost::asio::ip::tcp::socket socket_;
  boost::asio::steady_timer timer_;
  std::function<void()> gone_;
  std::uint64_t arm_count_ = 0;
  bool watching_ = false;
  bool expired_ = false;
  bool closed_ = false;
};

[[nodiscard]] std::shared_ptr<Transport> make_plain_transport(boost::asio::ip::tcp::socket socket);
/// Null when OpenSSL has no memory for another connection.
[[nodiscard]] std::shared_ptr<Transport> make_tls_transport(boost::asio::ip::tcp::socket socket,
                                                            const SslContext& context);

}  // namespace guildsum::net::detail
