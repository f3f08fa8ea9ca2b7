#pragma once

#include <cstdint>
#include <string>

#include "base/secret.hpp"
#include "protocol/messages.hpp"

namespace guildsum::protocol {

using JoinSecret = Secret<struct JoinSecretTag, 32>;
inline constexpr std::size_t kExporterBytes = 32;

/// What `shop invite` prints once as "gs1.<base64url>": single use, short-lived; the coordinator
/// keeps only the secret's hash.
struct JoinToken {
  std::string url;          ///< https://host:port of the shops' listener
  FederationId federation;  ///< pin: SHA-256 of the root key
  std::string name;         ///< the shop's name
  std::array<std::byte, 16> id{};
  JoinSecret secret;
  std::int64_t expires_unix_ms = 0;
};
[[nodiscard]] std::string print_join_token(const JoinToken& token);
/// ProtocolErrc::bad_join_token with what is wrong; does not check the expiry.
[[nodiscard]] Result<JoinToken> parse_join_token(std::string_view text);

/// Shop -> coordinator over TLS whose root was pinned before any byte was sent.
struct EnrolRequest {
  std::array<std::byte, 16> token_id{};
  std::string name;
  ParticipantId identity;
  Bytes csr;            ///< DER certificate request for the TLS key
  Digest proof;         ///< HMAC-SHA256(secret, "enrol" || csr || identity || TLS exporter)
  Signature signature;  ///< by the identity key, label "enrol", over (token id, name, SHA-256(csr),
                        ///< exporter)
};
/// Coordinator -> shop.
struct EnrolReply {
  std::string certificate_pem;  ///< the client certificate and its chain
  crypto::VerifyKey coordinator;
  crypto::VerifyKey registrar;
  bool registrar_embedded = true;  ///< then the claim is a curious coordinator only
  RosterUpdate roster;
  std::string purpose;  ///< the purpose statement tasks refer to by digest
  Bytes catalogue;      ///< published item list, canonical bytes; empty in private mode
};

[[nodiscard]] Digest enrol_proof(const JoinSecret& secret, ByteView csr,
                                 const ParticipantId& identity, ByteView exporter);

}  // namespace guildsum::protocol
