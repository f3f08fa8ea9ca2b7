#include <utility>

#include <boost/asio/error.hpp>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include "base/net/detail/socket_bio.hpp"
#include "base/net/detail/tls_context.hpp"
#include "base/net/detail/transport.hpp"

namespace guildsum::net::detail {
namespace {

namespace asio = boost::asio;

/// TLS straight over the non-blocking socket: OpenSSL reads and writes the descriptor itself, and
/// the coroutine waits for it to become ready. No buffers besides OpenSSL's own.
class TlsTransport final : public Transport {
 public:
  TlsTransport(asio::ip::tcp::socket socket, SslPtr ssl)
      : Transport{std::move(socket)}, ssl_{std::move(ssl)} {}

  /// False when there is no memory for it.
  bool attach() noexcept {
    BIO* const bio = new_socket_bio(fd(), nullptr);
    if (bio == nullptr) return false;
    SSL_set_bio(ssl_.get(), bio, bio);
    SSL_set_accept_state(ssl_.get());
    return true;
  }

  asio::awaitable<ErrorCode> handshake() override {
    for (;;) {
      ERR_clear_error();
      const int done = SSL_do_handshake(ssl_.get());
      if (done == 1) break;
      const ErrorCode error = co_await wait_after(done);
      if (error) co_return error;
    }
    if (X509* const certificate = SSL_get0_peer_certificate(ssl_.get())) {
      peer = std::make_shared<const PeerIdentity>(read_peer_identity(certificate));
    }
    exporter = export_keying_material(ssl_.get());
    co_return ErrorCode{};
  }

  asio::awaitable<Io> read_some(MutableByteView out) override {
    for (;;) {
      ERR_clear_error();
      std::size_t got = 0;
      const int done = SSL_read_ex(ssl_.get(), out.data(), out.size(), &got);
      if (done == 1) co_return Io(got);
      const ErrorCode error = co_await wait_after(done);
      if (error) co_return Io(error);
    }
  }

  asio::awaitable<ErrorCode> write(ByteView bytes) override {
    while (!bytes.empty()) {
      ERR_clear_error();
      std::size_t put = 0;
      const int done = SSL_write_ex(ssl_.get(), bytes.data(), bytes.size(), &put);
      if (done == 1) {
        bytes = bytes.subspan(put);
        continue;
      }
      const ErrorCode error = co_await wait_after(done);
      if (error) co_return error;
    }
    co_return ErrorCode{};
  }

 protected:
  Probe probe() noexcept override {
    ERR_clear_error();
    char byte = 0;
    std::size_t got = 0;
    const int done = SSL_peek_ex(ssl_.get(), &byte, 1, &got);
    if (done == 1) return Probe::data;
    const int error = SSL_get_error(ssl_.get(), done);
    if (error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE) return Probe::open;
    broken_ = broken_ || error != SSL_ERROR_ZERO_RETURN;
    return Probe::closed;
  }

  void say_goodbye() noexcept override {
    if (broken_ || SSL_in_init(ssl_.get()) != 0) return;
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }

 private:
  /// Waits for what OpenSSL misses; an error when waiting does not help.
  asio::awaitable<ErrorCode> wait_after(int outcome) {
    switch (SSL_get_error(ssl_.get(), outcome)) {
      case SSL_ERROR_WANT_READ:
        co_return co_await wait(WaitType::wait_read);
      case SSL_ERROR_WANT_WRITE:
        co_return co_await wait(WaitType::wait_write);
      case SSL_ERROR_ZERO_RETURN:
        co_return asio::error::eof;
      default:
        broken_ = true;
        failure = take_openssl_error();
        co_return asio::error::connection_reset;
    }
  }

  SslPtr ssl_;
  bool broken_ = false;
};

}  // namespace

std::shared_ptr<Transport> make_tls_transport(asio::ip::tcp::socket socket,
                                              const SslContext& context) {
  SslPtr ssl{SSL_new(context.get())};
  if (!ssl) return nullptr;
  auto transport = std::make_shared<TlsTransport>(std::move(socket), std::move(ssl));
  return transport->attach() ? transport : nullptr;
}

}  // namespace guildsum::net::detail
