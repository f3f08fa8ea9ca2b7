#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/net/error.hpp"
#include "base/net/router.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace guildsum {
class Log;
}

namespace guildsum::net {

/// Whether the listener asks its clients for a certificate.
enum class ClientCertificates {
  none,      ///< Never asked for.
  optional,  ///< Asked for; one that does not verify against the client CA ends the handshake.
};

/// TLS 1.3 only, without session resumption.
struct TlsServerConfig {
  TlsServerConfig() = default;
  /// Leaf first, root included: clients that pin the root's key look for it in the chain.
  std::string certificate_chain_pem;
  SecretText private_key_pem;
  ClientCertificates client_certificates = ClientCertificates::none;
  std::string client_ca_pem;  ///< Needed when client certificates are asked for.
};

struct ServerDeadlines {
  ServerDeadlines() = default;
  std::chrono::milliseconds handshake{10'000};
  std::chrono::milliseconds header{
      10'000};                             ///< From the first byte of a request to its last header.
  std::chrono::milliseconds idle{75'000};  ///< Between requests.
  /// The same without a client certificate, where the listener asks for one.
  std::chrono::milliseconds idle_stranger{15'000};
  std::chrono::milliseconds write{60'000};  ///< For one whole answer.
};

struct ServerConfig {
  ServerConfig() = default;
  std::string address = "127.0.0.1";  ///< A numeric IPv4 or IPv6 address, or "localhost".
  std::uint16_t port = 0;             ///< 0 lets the system choose.
  std::optional<TlsServerConfig> tls;
  /// Further ones are closed at once. Where client certificates are asked for, a quarter of these
  /// may be held without one, and then each further one ends the oldest of them: whoever has no
  /// certificate cannot keep out those who have.
  std::size_t connections_max = 8192;
  std::size_t header_limit_bytes = 16 * 1024;
  ServerDeadlines deadlines;
  unsigned threads = 2;
  std::string name = "http";  ///< Names the listener in the log.
};

/// An HTTP/1.1 server with its own threads; each connection runs on its own strand.
///
/// Requests on one connection are answered one after the other. Whatever is malformed, too large,
/// too slow or unknown is answered with a problem document and a stable code, and never reaches a
/// handler. The router's handlers and what they refer to must outlive the server.
class Server {
 public:
  Server(ServerConfig config, Router router, Log& log);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  /// Binds and starts to accept.
  /// @return the bound port; NetErrc::insecure_address for an address beyond loopback without TLS,
  ///   NetErrc::address_in_use, NetErrc::invalid_credentials or BaseErrc::io_failed.
  [[nodiscard]] Result<std::uint16_t> start();
  /// Stops accepting, cancels waits of handlers (`Notifier::changed` returns false), lets answers
  /// go out and closes what is still open after `drain`. Blocks; call it from outside the server.
  void stop(std::chrono::milliseconds drain = std::chrono::milliseconds{2'000});
  /// New connections use the new certificate and client CA; open ones keep theirs.
  [[nodiscard]] Result<void> replace_tls(TlsServerConfig tls);
  [[nodiscard]] std::size_t connections() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum::net
