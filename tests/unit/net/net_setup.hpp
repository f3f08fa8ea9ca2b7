#pragma once

#include <chrono>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include <boost/test/unit_test.hpp>

#include "base/memory_log.hpp"
#include "base/net/client.hpp"
#include "base/net/server.hpp"
#include "base/net/wait.hpp"
#include "base/random.hpp"
#include "crypto/x509.hpp"

namespace guildsum::net {

/// A federation's certificates, valid now: TLS verifies against the machine's clock.
struct Federation {
  explicit Federation(Clock::Wall at = SystemClock{}.wall_now()) : now{at} {}

  /// Certificates for a listener at 127.0.0.1 and "localhost", or at `names` where given.
  [[nodiscard]] TlsServerConfig server_tls(ClientCertificates ask = ClientCertificates::none,
                                           std::optional<crypto::ServerNames> names = std::nullopt);
  /// A client's certificate and key in PEM.
  [[nodiscard]] ClientTls shop_tls(std::string_view name);
  [[nodiscard]] Digest pin() const;

  Clock::Wall now;
  SystemRandom random;
  crypto::CertificateAuthority authority =
      crypto::CertificateAuthority::create("Test federation", now, random).value();
  std::array<std::byte, 32> identity{std::byte{0x42}};
};

/// A server on loopback with the given routes.
class RunningServer {
 public:
  RunningServer(Router router, ServerConfig config);
  explicit RunningServer(Router router) : RunningServer(std::move(router), ServerConfig{}) {}

  [[nodiscard]] Url url(std::string_view host = "127.0.0.1") const;
  [[nodiscard]] ClientConfig client_config() const;
  [[nodiscard]] Server& server() noexcept { return *server_; }
  void destroy(std::chrono::milliseconds drain) {
    server_->stop(drain);
    server_.reset();
  }
  [[nodiscard]] const MemoryLog& log() const noexcept { return log_; }

 private:
  MemoryLog log_;
  bool tls_;
  std::unique_ptr<Server> server_;
  std::uint16_t port_ = 0;
};

/// GET /hello, POST /echo (64 KiB), PUT /chunks/{index} (2 MiB, answers the number of bytes).
[[nodiscard]] Router example_router();
/// A handler that answers at once.
[[nodiscard]] Handler answer_with(std::function<Response(const Request&)> make);

/// Bytes as they are over a plain socket, to say what no client of ours would.
class RawConnection {
 public:
  explicit RawConnection(std::uint16_t port);
  ~RawConnection();
  RawConnection(const RawConnection&) = delete;
  RawConnection& operator=(const RawConnection&) = delete;

  /// False once the server has closed its end.
  bool send(std::string_view bytes);
  void finish_sending();
  /// Everything until the server closes, or until `marker` has been seen; at most ten seconds.
  std::string receive(std::string_view marker = {});
  [[nodiscard]] int fd() const noexcept { return fd_; }

 private:
  int fd_ = -1;
};

/// The status of the first answer in `text`, 0 if there is none.
[[nodiscard]] int status_of(std::string_view text);
[[nodiscard]] std::size_t count_of(std::string_view text, std::string_view what);
/// Resident memory of this process.
[[nodiscard]] std::size_t resident_bytes();

}  // namespace guildsum::net
