#include "protocol/enrolment.hpp"

#include "crypto/hmac.hpp"
#include "protocol/detail/fields.hpp"

namespace guildsum::protocol {
namespace {

constexpr std::string_view kTokenPrefix = "gs1.";
constexpr std::string_view kUrlScheme = "https://";
constexpr std::size_t kChecksumBytes = 4;
constexpr std::size_t kTokenTextMax = 2048;

/// Everything of a token but its secret, which is no wire value.
struct TokenFields {
  std::string url;
  FederationId federation;
  std::string name;
  std::array<std::byte, 16> id{};
  std::int64_t expires_unix_ms = 0;
};
template <class A>
void serialize(A& a, TokenFields& v) {
  a(ascii(v.url, kUrlBytesMax), v.federation, protocol::name(v.name), v.id, v.expires_unix_ms);
}

/// The first bytes of a hash: finds a token that was cut or mistyped; it is no protection.
ByteView checksum(const Digest& digest) { return digest.view().first<kChecksumBytes>(); }

Error bad_token(std::string what) { return {ProtocolErrc::bad_join_token, std::move(what)}; }

/// Decoded token bytes, wiped when they go.
struct TokenBytes {
  Bytes bytes;
  explicit TokenBytes(Bytes in) : bytes{std::move(in)} {}
  TokenBytes(const TokenBytes&) = delete;
  TokenBytes& operator=(const TokenBytes&) = delete;
  ~TokenBytes() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

}  // namespace

std::string print_join_token(const JoinToken& token) {
  const TokenFields fields{token.url, token.federation, token.name, token.id,
                           token.expires_unix_ms};
  const Bytes canonical = to_canonical(fields);
  TokenBytes text{{}};
  text.bytes.reserve(canonical.size() + JoinSecret::kSize + kChecksumBytes);
  append(text.bytes, token.secret.expose());
  append(text.bytes, canonical);
  append(text.bytes, checksum(crypto::sha256(text.bytes)));
  return std::string{kTokenPrefix} + to_base64url(text.bytes);
}

Result<JoinToken> parse_join_token(std::string_view text) {
  if (!text.starts_with(kTokenPrefix)) return bad_token("it does not start with \"gs1.\"");
  if (text.size() > kTokenTextMax) return bad_token("it is too long");
  auto decoded = from_base64url(text.substr(kTokenPrefix.size()));
  if (decoded.has_error()) return bad_token("it has characters that no token has, or was cut");
  const TokenBytes token{std::move(*decoded)};
  if (token.bytes.size() < JoinSecret::kSize + kChecksumBytes) return bad_token("it was cut");
  const ByteView content = ByteView{token.bytes}.first(token.bytes.size() - kChecksumBytes);
  const Digest digest = crypto::sha256(content);
  if (!std::ranges::equal(checksum(digest), ByteView{token.bytes}.last(kChecksumBytes))) {
    return bad_token("its checksum does not match: it was cut or mistyped");
  }
  auto fields = from_canonical<TokenFields>(content.subspan(JoinSecret::kSize));
  if (fields.has_error()) return bad_token("its content is malformed");
  if (!fields->url.starts_with(kUrlScheme) ||
      fields->url.find_first_of(" \n") != std::string::npos) {
    return bad_token("its address is not an https URL");
  }
  return JoinToken{.url = std::move(fields->url),
                   .federation = fields->federation,
                   .name = std::move(fields->name),
                   .id = fields->id,
                   .secret = JoinSecret{content.first<JoinSecret::kSize>()},
                   .expires_unix_ms = fields->expires_unix_ms};
}

Digest enrol_proof(const JoinSecret& secret, ByteView csr, const ParticipantId& identity,
                   ByteView exporter) {
  Bytes message = to_bytes("enrol");
  append(message, csr);
  append(message, identity.view());
  append(message, exporter);
  return crypto::hmac_sha256(secret.expose(), message);
}

}  // namespace guildsum::protocol
