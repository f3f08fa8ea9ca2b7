#include "base/net/detail/client_stream.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <system_error>
#include <unistd.h>

#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/net/detail/tls_context.hpp"
#include "base/net/error.hpp"

namespace guildsum::net::detail {
namespace {

struct AddressFree {
  void operator()(addrinfo* list) const noexcept { ::freeaddrinfo(list); }
};
using AddressList = std::unique_ptr<addrinfo, AddressFree>;

Result<AddressList> resolve(const Url& url) {
  addrinfo hints{};
  hints.ai_socktype = SOCK_STREAM;
  hints.ai_flags = AI_NUMERICSERV;
  addrinfo* list = nullptr;
  const int failed =
      ::getaddrinfo(url.host.c_str(), std::to_string(url.port).c_str(), &hints, &list);
  if (failed != 0) return Error{NetErrc::unreachable, url.host + ": " + ::gai_strerror(failed)};
  return AddressList{list};
}

std::string system_reason(int error_number) { return std::system_category().message(error_number); }

int milliseconds_until(Deadline deadline) noexcept {
  const auto left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
}

bool would_block() noexcept { return errno == EAGAIN || errno == EINTR; }

}  // namespace

CancelFlag::CancelFlag() : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {}

void CancelFlag::set() noexcept {
  set_.store(true);
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto written = ::write(event_.get(), &one, sizeof one);
}

Result<std::unique_ptr<ClientStream>> ClientStream::open(const Url& url, const SslContext& context,
                                                         const CancelFlag& cancel,
                                                         Counters& counters, Deadline deadline) {
  std::unique_ptr<ClientStream> stream{new ClientStream{cancel, counters}};
  GS_CHECK(stream->connect(url, deadline));
  if (context) GS_CHECK(stream->handshake(url, context, deadline));
  return stream;
}

ClientStream::~ClientStream() {
  if (!ssl_ || broken_ || SSL_in_init(ssl_.get()) != 0) return;
  SSL_shutdown(ssl_.get());
  ERR_clear_error();
}

Result<void> ClientStream::wait(short events, Deadline deadline) const {
  std::array<pollfd, 2> watched{pollfd{socket_.get(), events, 0}, pollfd{cancel_.fd(), POLLIN, 0}};
  for (;;) {
    if (cancel_.is_set()) return NetErrc::cancelled;
    const int ready = ::poll(watched.data(), watched.size(), milliseconds_until(deadline));
    if (cancel_.is_set()) return NetErrc::cancelled;
    if (ready > 0) return {};
    if (ready == 0) return NetErrc::timed_out;
    if (errno != EINTR) return Error{NetErrc::connection_lost, system_reason(errno)};
  }
}

Result<void> ClientStream::connect(const Url& url, Deadline deadline) {
  GS_TRY(const AddressList addresses, resolve(url));
  Error last{NetErrc::unreachable, url.authority()};
  for (const addrinfo* at = addresses.get(); at != nullptr; at = at->ai_next) {
    socket_ = FileDescriptor{
        ::socket(at->ai_family, at->ai_socktype | SOCK_NONBLOCK | SOCK_CLOEXEC, at->ai_protocol)};
    if (!socket_.is_open()) continue;
    int error = ::connect(socket_.get(), at->ai_addr, at->ai_addrlen) == 0 ? 0 : errno;
    if (error == EINPROGRESS || error == EINTR) {
      GS_CHECK(wait(POLLOUT, deadline));
      socklen_t size = sizeof error;
      ::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &size);
    }
    if (error == 0) {
      const int on = 1;
      ::setsockopt(socket_.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      return {};
    }
    last = Error{NetErrc::unreachable, url.authority() + ": " + system_reason(error)};
  }
  return last;
}

Result<void> ClientStream::handshake(const Url& url, const SslContext& context, Deadline deadline) {
  ssl_.reset(SSL_new(context.get()));
  BIO* const bio = ssl_ ? new_socket_bio(socket_.get(), &counters_) : nullptr;
  if (bio == nullptr) return Error{NetErrc::protocol_error, "no memory for TLS"};
  SSL_set_bio(ssl_.get(), bio, bio);
  GS_CHECK(expect_server(ssl_.get(), url.host));
  for (;;) {
    ERR_clear_error();
    const int done = SSL_connect(ssl_.get());
    if (done == 1) return {};
    GS_CHECK(wait_after(done, deadline));
  }
}

Result<void> ClientStream::wait_after(int outcome, Deadline deadline) {
  switch (SSL_get_error(ssl_.get(), outcome)) {
    case SSL_ERROR_WANT_READ:
      return wait(POLLIN, deadline);
    case SSL_ERROR_WANT_WRITE:
      return wait(POLLOUT, deadline);
    default:
      broken_ = true;
      return explain_client_failure(ssl_.get());
  }
}

Result<std::size_t> ClientStream::read_tls(MutableByteView out, Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    std::size_t got = 0;
    const int done = SSL_read_ex(ssl_.get(), out.data(), out.size(), &got);
    if (done == 1) return got;
    if (SSL_get_error(ssl_.get(), done) == SSL_ERROR_ZERO_RETURN) return std::size_t{0};
    GS_CHECK(wait_after(done, deadline));
  }
}

Result<std::size_t> ClientStream::read_some(MutableByteView out, Deadline deadline) {
  if (ssl_) return read_tls(out, deadline);
  for (;;) {
    const long got = receive_some(socket_.get(), out.data(), out.size(), &counters_);
    if (got >= 0) return static_cast<std::size_t>(got);
    if (!would_block()) return Error{NetErrc::connection_lost, system_reason(errno)};
    GS_CHECK(wait(POLLIN, deadline));
  }
}

Result<std::size_t> ClientStream::write_tls(ByteView bytes, Deadline deadline) {
  for (;;) {
    ERR_clear_error();
    std::size_t put = 0;
    const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put);
    if (done == 1) return put;
    GS_CHECK(wait_after(done, deadline));
  }
}

Result<std::size_t> ClientStream::write_plain(ByteView bytes, Deadline deadline) {
  for (;;) {
    const long put = send_some(socket_.get(), bytes.data(), bytes.size(), &counters_);
    if (put >= 0) return static_cast<std::size_t>(put);
    if (!would_block()) return Error{NetErrc::connection_lost, system_reason(errno)};
    GS_CHECK(wait(POLLOUT, deadline));
  }
}

Result<void> ClientStream::write(ByteView bytes, Deadline deadline) {
  while (!bytes.empty()) {
    if (cancel_.is_set()) return NetErrc::cancelled;
    GS_TRY(const std::size_t put, ssl_ ? write_tls(bytes, deadline) : write_plain(bytes, deadline));
    bytes = bytes.subspan(put);
  }
  return {};
}

bool ClientStream::is_stale() noexcept {
  char byte = 0;
  const long got = ::recv(socket_.get(), &byte, 1, MSG_PEEK);
  return got >= 0 || !would_block();
}

}  // namespace guildsum::net::detail
