#include "base/net/detail/transport.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

#include <boost/asio/error.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/net/detail/socket_bio.hpp"

namespace guildsum::net::detail {
namespace {

namespace asio = boost::asio;

constexpr std::size_t kDrainBytesMax = 16 * 1024 * 1024;

/// HTTP without TLS, for listeners on this machine.
class PlainTransport final : public Transport {
 public:
  using Transport::Transport;

  asio::awaitable<ErrorCode> handshake() override { co_return ErrorCode{}; }

  asio::awaitable<Io> read_some(MutableByteView out) override {
    for (;;) {
      const long got = receive_some(fd(), out.data(), out.size(), nullptr);
      if (got > 0) co_return Io(static_cast<std::size_t>(got));
      if (got == 0) co_return Io(ErrorCode{asio::error::eof});
      if (errno != EAGAIN && errno != EINTR) co_return Io(ErrorCode{asio::error::connection_reset});
      const ErrorCode error = co_await wait(WaitType::wait_read);
      if (error) co_return Io(error);
    }
  }

  asio::awaitable<ErrorCode> write(ByteView bytes) override {
    while (!bytes.empty()) {
      const long put = send_some(fd(), bytes.data(), bytes.size(), nullptr);
      if (put >= 0) {
        bytes = bytes.subspan(static_cast<std::size_t>(put));
        continue;
      }
      if (errno != EAGAIN && errno != EINTR) co_return asio::error::connection_reset;
      const ErrorCode error = co_await wait(WaitType::wait_write);
      if (error) co_return error;
    }
    co_return ErrorCode{};
  }

 protected:
  Probe probe() noexcept override {
    char byte = 0;
    const long got = ::recv(fd(), &byte, 1, MSG_PEEK);
    if (got > 0) return Probe::data;
    return got < 0 && errno == EAGAIN ? Probe::open : Probe::closed;
  }
  void say_goodbye() noexcept override {}
};

}  // namespace

Transport::Transport(asio::ip::tcp::socket socket)
    : socket_{std::move(socket)}, timer_{socket_.get_executor()} {}

void Transport::close() noexcept {
  closed_ = true;
  ++arm_count_;
  ErrorCode ignored;
  timer_.cancel(ignored);
  socket_.close(ignored);
}

void Transport::start_timer(std::chrono::milliseconds delay) {
  expired_ = false;
  if (std::exchange(watching_, false)) {
    ErrorCode ignored;
    socket_.cancel(ignored);
  }
  const auto armed_at = ++arm_count_;
  timer_.expires_after(delay);
  timer_.async_wait([weak = weak_from_this(), armed_at](const ErrorCode&) {
    if (const auto self = weak.lock()) self->on_timer(armed_at);
  });
}

void Transport::arm(std::chrono::milliseconds deadline) {
  gone_ = nullptr;
  start_timer(deadline);
}

void Transport::arm_watch(std::chrono::milliseconds delay, std::function<void()> gone) {
  gone_ = std::move(gone);
  start_timer(delay);
}

void Transport::on_timer(std::uint64_t armed_at) {
  if (armed_at != arm_count_ || closed_) return;
  if (gone_) return watch(armed_at);
  expired_ = true;
  ErrorCode ignored;
  socket_.cancel(ignored);
}

void Transport::watch(std::uint64_t armed_at) {
  switch (probe()) {
    case Probe::data:
      return;  // The next request is here already; nobody left.
    case Probe::closed:
      return std::exchange(gone_, nullptr)();
    case Probe::open:
      break;
  }
  watching_ = true;
  socket_.async_wait(WaitType::wait_read,
                     [weak = weak_from_this(), armed_at](const ErrorCode& error) {
                       const auto self = weak.lock();
                       if (!self || error || armed_at != self->arm_count_) return;
                       self->watching_ = false;
                       self->watch(armed_at);
                     });
}

asio::awaitable<ErrorCode> Transport::wait(WaitType type) {
  if (expired_) co_return asio::error::timed_out;
  if (closed_) co_return asio::error::operation_aborted;
  ErrorCode error;
  co_await socket_.async_wait(type, asio::redirect_error(asio::use_awaitable, error));
  if (expired_) co_return asio::error::timed_out;
  co_return error;
}

asio::awaitable<void> Transport::finish(bool drain) {
  if (closed_) co_return;
  say_goodbye();
  ErrorCode error;
  socket_.shutdown(asio::ip::tcp::socket::shutdown_send, error);
  std::array<std::byte, 4096> dropped;
  for (std::size_t total = 0; drain && !error && total < kDrainBytesMax;) {
    const long got = closed_ ? 0 : receive_some(fd(), dropped.data(), dropped.size(), nullptr);
    if (got == 0 || (got < 0 && errno != EAGAIN && errno != EINTR)) break;
    if (got > 0) {
      total += static_cast<std::size_t>(got);
      continue;
    }
    error = co_await wait(WaitType::wait_read);
  }
  close();
}

std::shared_ptr<Transport> make_plain_transport(asio::ip::tcp::socket socket) {
  return std::make_shared<PlainTransport>(std::move(socket));
}

}  // namespace guildsum::net::detail
