#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// HTTP messages as plain values. Nothing here knows of sockets or of the library that parses them.
namespace guildsum::net {

enum class Method { get, head, post, put, patch, del, options, other };
[[nodiscard]] std::string_view to_string(Method method) noexcept;

/// Header fields in the order they came; names compare without case (RFC 9110, section 5.1).
class Headers {
 public:
  using Field = std::pair<std::string, std::string>;
  /// The value of the first field with that name.
  [[nodiscard]] std::optional<std::string_view> find(std::string_view name) const noexcept;
  [[nodiscard]] std::size_t count(std::string_view name) const noexcept;
  void add(std::string name, std::string value);
  /// Replaces every field of that name.
  void set(std::string name, std::string value);
  [[nodiscard]] const std::vector<Field>& fields() const noexcept { return fields_; }

 private:
  std::vector<Field> fields_;
};

/// Whether two header names or tokens are equal without regard to ASCII case.
[[nodiscard]] bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept;

/// SHA-256 of something public: a certificate, a SubjectPublicKeyInfo.
using Digest = std::array<std::byte, 32>;

/// RFC 5705 keying material of one TLS connection under the label `kTlsExporterLabel`: both ends
/// compute the same 32 bytes, nobody in between can.
using TlsExporter = std::array<std::byte, 32>;
inline constexpr std::string_view kTlsExporterLabel = "EXPORTER-guildsum-enrol";

/// Who presented a verified client certificate. Public data; kept as long as the connection.
struct PeerIdentity {
  PeerIdentity() = default;
  Bytes certificate_der;
  Digest certificate_sha256{};    ///< Fingerprint of the whole certificate.
  Digest spki_sha256{};           ///< Fingerprint of its public key.
  std::string common_name;        ///< Empty unless the subject has exactly one CN.
  std::vector<std::string> uris;  ///< Subject alternative names of kind URI.
};

using Parameters = std::map<std::string, std::string, std::less<>>;

/// What a handler gets. The body is complete and within the route's limit.
struct Request {
  Request() = default;
  Method method = Method::get;
  std::string path;       ///< Percent-decoded, without the query.
  Parameters parameters;  ///< Decoded values of the `{name}` segments of the route's pattern.
  Parameters query;       ///< Decoded; a name given twice was refused. `+` is a plus.
  Headers headers;
  Bytes body;
  std::shared_ptr<const PeerIdentity> peer;  ///< Null without a verified client certificate.
  std::string remote_address;                ///< "192.0.2.1:4711"; for the log.
  std::optional<TlsExporter> tls_exporter;   ///< Of this connection; none without TLS.

  /// A path segment as a decimal number without sign or leading zeros.
  /// BaseErrc::malformed if it is not one.
  [[nodiscard]] Result<std::uint64_t> path_number(std::string_view name) const;
  /// The same for a query parameter; `fallback` when it is absent.
  [[nodiscard]] Result<std::uint64_t> query_number(std::string_view name,
                                                   std::uint64_t fallback) const;
  /// The value of a query parameter, empty when it is absent.
  [[nodiscard]] std::string_view query_text(std::string_view name) const noexcept;
};

/// What a handler answers and what a client gets.
struct Response {
  Response() = default;
  explicit Response(int status_code) : status{status_code} {}

  int status = 200;
  Headers headers;
  Bytes body;

  [[nodiscard]] bool ok() const noexcept { return status >= 200 && status < 300; }
  /// The member `code` of a problem document; empty if the body is not one.
  [[nodiscard]] std::string problem_code() const;
  /// The member `detail` of a problem document, or its `title`; empty if the body is not one.
  [[nodiscard]] std::string problem_detail() const;

  [[nodiscard]] static Response bytes(Bytes body,
                                      std::string_view content_type = "application/octet-stream");
  [[nodiscard]] static Response text(std::string_view body,
                                     std::string_view content_type = "text/plain; charset=utf-8");
  /// `document` is JSON text already.
  [[nodiscard]] static Response json(std::string_view document, int status_code = 200);
  [[nodiscard]] static Response no_content();
  [[nodiscard]] static Response accepted();
  /// RFC 9457. `code` is stable and what programs branch on; `detail` is for the person who reads
  /// it and must hold nothing that helps an attacker.
  [[nodiscard]] static Response problem(int status_code, std::string_view code,
                                        std::string_view detail = {});
};

/// The reason phrase of RFC 9110 for a status; "Unknown" for others.
[[nodiscard]] std::string_view reason_phrase(int status) noexcept;

}  // namespace guildsum::net
