#pragma once

#include "base/net/client.hpp"
#include "base/net/detail/openssl.hpp"
#include "base/net/server.hpp"

/// TLS 1.3 settings of both sides: no session cache, no tickets, no early data.
namespace guildsum::net::detail {

/// @return NetErrc::invalid_credentials when a certificate, the key or the CA cannot be used.
[[nodiscard]] Result<SslContext> make_server_context(const TlsServerConfig& config);

/// How a client checks the server's chain; must outlive the contexts made with it.
struct ServerTrust {
  std::optional<Digest> root_pin;
};

/// With a pin, `trust.root_pin` decides which presented root becomes the only anchor.
/// @return NetErrc::invalid_credentials
[[nodiscard]] Result<SslContext> make_client_context(const ClientTls& config, ServerTrust& trust);

/// Makes `ssl` check the name or the address in the server's certificate, and send the name.
[[nodiscard]] Result<void> expect_server(SSL* ssl, const std::string& host);

/// Why the handshake failed, from OpenSSL's verify result and error queue.
[[nodiscard]] Error explain_client_failure(SSL* ssl);

[[nodiscard]] std::optional<TlsExporter> export_keying_material(SSL* ssl);

}  // namespace guildsum::net::detail
