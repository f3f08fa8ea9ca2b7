#include "base/net/detail/tls_context.hpp"

#include <boost/asio/ip/address.hpp>
#include <openssl/err.h>
#include <openssl/sslerr.h>
#include <openssl/x509v3.h>

#include "base/net/error.hpp"

namespace guildsum::net::detail {
namespace {

Error unusable(std::string_view what) {
  return {NetErrc::invalid_credentials, std::string{what} + " (" + take_openssl_error() + ")"};
}

Result<SslContext> make_context(const SSL_METHOD* method) {
  ERR_clear_error();
  SslContext context{SSL_CTX_new(method), SSL_CTX_free};
  if (!context) return unusable("no TLS context");
  SSL_CTX* const raw = context.get();
  SSL_CTX_set_session_cache_mode(raw, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(raw, SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  // Buffers of idle connections go back to the heap; writes report how far they came.
  SSL_CTX_set_mode(raw, SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                            SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  if (SSL_CTX_set_min_proto_version(raw, TLS1_3_VERSION) != 1 ||
      SSL_CTX_set_num_tickets(raw, 0) != 1) {
    return unusable("TLS 1.3 is not available");
  }
  return context;
}

Result<void> use_credentials(SSL_CTX* context, std::string_view chain_pem, const SecretText& key) {
  GS_TRY(auto chain, parse_certificates(chain_pem));
  GS_TRY(auto private_key, parse_private_key(key));
  if (SSL_CTX_use_certificate(context, chain.front().get()) != 1) {
    return unusable("the certificate cannot be used");
  }
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(context, chain[i].get()) != 1) return unusable("bad chain");
  }
  if (SSL_CTX_use_PrivateKey(context, private_key.get()) != 1 ||
      SSL_CTX_check_private_key(context) != 1) {
    return unusable("the key is not the certificate's");
  }
  return {};
}

Result<void> trust(SSL_CTX* context, std::string_view anchors_pem) {
  GS_TRY(auto anchors, parse_certificates(anchors_pem));
  X509_STORE* const store = SSL_CTX_get_cert_store(context);
  for (const auto& anchor : anchors) {
    if (X509_STORE_add_cert(store, anchor.get()) != 1) return unusable("bad trust anchor");
  }
  return {};
}

/// Verifies a presented chain with the pinned root in it as the only anchor.
int verify_with_pin(X509_STORE_CTX* context, void* argument) {
  const auto& pin = *static_cast<const ServerTrust*>(argument)->root_pin;
  STACK_OF(X509)* const presented = X509_STORE_CTX_get0_untrusted(context);
  STACK_OF(X509)* const anchors = sk_X509_new_null();
  for (int i = 0; i < sk_X509_num(presented); ++i) {
    X509* const candidate = sk_X509_value(presented, i);
    if (is_self_issued(candidate) && spki_sha256(candidate) == pin) {
      sk_X509_push(anchors, candidate);
      break;
    }
  }
  int verified = 0;
  if (sk_X509_num(anchors) == 1) {
    X509_STORE_CTX_set0_trusted_stack(context, anchors);
    // The root is stored after joining, so its own signature counts as well.
    X509_VERIFY_PARAM_set_flags(X509_STORE_CTX_get0_param(context), X509_V_FLAG_CHECK_SS_SIGNATURE);
    verified = X509_verify_cert(context);
  } else {
    X509_STORE_CTX_set_error(context, X509_V_ERR_CERT_UNTRUSTED);
  }
  sk_X509_free(anchors);
  return verified;
}

/// The alerts with which a server says that it does not like our certificate or misses it.
bool is_about_our_certificate(int reason) noexcept {
  switch (reason) {
    case SSL_R_TLSV13_ALERT_CERTIFICATE_REQUIRED:
    case SSL_R_SSLV3_ALERT_BAD_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_UNSUPPORTED_CERTIFICATE:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_REVOKED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_EXPIRED:
    case SSL_R_SSLV3_ALERT_CERTIFICATE_UNKNOWN:
    case SSL_R_TLSV1_ALERT_UNKNOWN_CA:
    case SSL_R_TLSV1_ALERT_ACCESS_DENIED:
    case SSL_R_TLSV1_ALERT_DECRYPT_ERROR:
      return true;
    default:
      return false;
  }
}

NetErrc classify_verify_error(long verify_error) noexcept {
  switch (verify_error) {
    case X509_V_ERR_CERT_HAS_EXPIRED:
    case X509_V_ERR_CERT_NOT_YET_VALID:
      return NetErrc::certificate_expired;
    case X509_V_ERR_HOSTNAME_MISMATCH:
    case X509_V_ERR_IP_ADDRESS_MISMATCH:
      return NetErrc::certificate_name_mismatch;
    default:
      return NetErrc::certificate_untrusted;
  }
}

}  // namespace

Result<SslContext> make_server_context(const TlsServerConfig& config) {
  GS_TRY(SslContext context, make_context(TLS_server_method()));
  GS_CHECK(use_credentials(context.get(), config.certificate_chain_pem, config.private_key_pem));
  if (config.client_certificates == ClientCertificates::optional) {
    GS_CHECK(trust(context.get(), config.client_ca_pem));
    GS_TRY(auto authorities, parse_certificates(config.client_ca_pem));
    for (const auto& authority : authorities) {
      if (SSL_CTX_add_client_CA(context.get(), authority.get()) != 1) return unusable("bad CA");
    }
    SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  }
  return context;
}

Result<SslContext> make_client_context(const ClientTls& config, ServerTrust& trusted) {
  GS_TRY(SslContext context, make_context(TLS_client_method()));
  if (config.root_pin) {
    trusted.root_pin = config.root_pin;
    SSL_CTX_set_cert_verify_callback(context.get(), verify_with_pin, &trusted);
  } else {
    GS_CHECK(trust(context.get(), config.trust_anchors_pem));
  }
  if (!config.certificate_pem.empty()) {
    GS_CHECK(use_credentials(context.get(), config.certificate_pem, config.private_key_pem));
  }
  SSL_CTX_set_verify(context.get(), SSL_VERIFY_PEER, nullptr);
  return context;
}

Result<void> expect_server(SSL* ssl, const std::string& host) {
  boost::system::error_code not_numeric;
  boost::asio::ip::make_address(host, not_numeric);
  X509_VERIFY_PARAM* const parameters = SSL_get0_param(ssl);
  if (!not_numeric) {
    if (X509_VERIFY_PARAM_set1_ip_asc(parameters, host.c_str()) == 1) return {};
    return Error{NetErrc::invalid_url, host};
  }
  SSL_set_hostflags(ssl,
                    X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS | X509_CHECK_FLAG_NEVER_CHECK_SUBJECT);
  if (SSL_set1_host(ssl, host.c_str()) != 1 || SSL_set_tlsext_host_name(ssl, host.c_str()) != 1) {
    return Error{NetErrc::invalid_url, host};
  }
  return {};
}

Error explain_client_failure(SSL* ssl) {
  const int reason = openssl_reason();
  const long verify_error = SSL_get_verify_result(ssl);
  if (reason == SSL_R_CERTIFICATE_VERIFY_FAILED) {
    ERR_clear_error();
    return {classify_verify_error(verify_error), X509_verify_cert_error_string(verify_error)};
  }
  const bool ours = is_about_our_certificate(reason);
  const bool silent = reason == 0 || reason == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  const NetErrc code = ours     ? NetErrc::certificate_required
                       : silent ? NetErrc::connection_lost
                                : NetErrc::protocol_error;
  return {code, take_openssl_error()};
}

std::optional<TlsExporter> export_keying_material(SSL* ssl) {
  TlsExporter exporter;
  const int done = SSL_export_keying_material(
      ssl, reinterpret_cast<unsigned char*>(exporter.data()), exporter.size(),
      kTlsExporterLabel.data(), kTlsExporterLabel.size(), nullptr, 0, 0);
  if (done != 1) return std::nullopt;
  return exporter;
}

}  // namespace guildsum::net::detail
