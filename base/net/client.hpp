#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "base/net/error.hpp"
#include "base/net/http.hpp"
#include "base/net/url.hpp"
#include "base/result.hpp"
#include "base/secret.hpp"

namespace guildsum::net {

/// Whom a client trusts and what it presents. Either trust anchors or a pin must be given.
struct ClientTls {
  ClientTls() = default;
  /// Root certificates the server's chain must end in.
  std::string trust_anchors_pem;
  /// SHA-256 of a root's SubjectPublicKeyInfo: the self-signed certificate with that key in the
  /// presented chain becomes the only anchor.
  std::optional<Digest> root_pin;
  /// Presented when the server asks; both or none.
  std::string certificate_pem;
  SecretText private_key_pem;
};

struct ClientConfig {
  ClientConfig() = default;
  Url url;
  ClientTls tls;                                       ///< Used when the URL says https.
  std::chrono::milliseconds connect_deadline{10'000};  ///< Name, TCP and TLS together.
};

struct ClientRequest {
  ClientRequest() = default;
  ClientRequest(Method with_method, std::string with_target)
      : method{with_method}, target{std::move(with_target)} {}

  Method method = Method::get;
  std::string target;  ///< Path and query, percent-encoded by the caller.
  Headers headers;
  Bytes body;
  /// From the first byte sent to the last byte of the answer, the connection not counted.
  std::chrono::milliseconds deadline{30'000};
  std::size_t response_limit_bytes = 2 * 1024 * 1024;
  /// Fails with NetErrc::connection_lost instead of opening another connection: for messages bound
  /// to the TLS exporter of the current one.
  bool same_connection = false;
};

/// Bytes on the wire of all connections of a client, TLS records included.
struct Traffic {
  std::uint64_t sent = 0;
  std::uint64_t received = 0;
};

/// A blocking HTTP/1.1 client with one connection that is kept open between calls.
///
/// The server's certificate is verified before any application byte is sent. A call that is safe to
/// repeat (GET, HEAD, PUT, DELETE) is sent once more when a kept connection turns out to be closed.
/// One thread at a time, except `cancel` and `traffic`.
class HttpClient {
 public:
  explicit HttpClient(ClientConfig config);
  ~HttpClient();
  HttpClient(HttpClient&&) noexcept;
  HttpClient& operator=(HttpClient&&) noexcept;

  /// The answer, whatever its status; an error only when there is none.
  [[nodiscard]] Result<Response> send(const ClientRequest& request);
  /// Opens the connection now, unless it is open.
  [[nodiscard]] Result<void> connect();
  /// Keying material of the current connection; opens it when needed.
  [[nodiscard]] Result<TlsExporter> tls_exporter();
  /// The root certificate that the server's chain was verified against; opens a connection when
  /// needed.
  [[nodiscard]] Result<std::string> verified_root_pem();
  /// The server's own certificate on the current connection; opens it when needed.
  [[nodiscard]] Result<std::string> server_certificate_pem();
  /// Closes the connection; the next call opens another one.
  void disconnect() noexcept;

  /// Ends the call in progress, and every later one, with NetErrc::cancelled. Any thread, and safe
  /// in a signal handler.
  void cancel() noexcept;
  [[nodiscard]] Traffic traffic() const noexcept;
  [[nodiscard]] const Url& url() const noexcept;

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum::net
