#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/bytes.hpp"
#include "base/net/detail/refusal.hpp"
#include "base/net/http.hpp"

/// HTTP/1.1 messages from bytes (RFC 9112), over Beast's parser. No I/O here.
namespace guildsum::net::detail {

inline constexpr std::size_t kFieldsMax = 100;

struct RequestHead {
  RequestHead() = default;
  Method method = Method::other;
  std::string target;
  Headers headers;
  std::optional<std::uint64_t> content_length;
  bool chunked = false;
  bool keep_alive = false;
  bool expects_continue = false;
  [[nodiscard]] bool has_body() const noexcept {
    return chunked || (content_length && *content_length > 0);
  }
};

/// How far a parser came with the bytes it was given.
struct Progress {
  std::size_t consumed = 0;
  bool done = false;  ///< The message is complete; bytes after `consumed` belong to the next one.
};

/// Parses one request: first the whole head at once, then the body in pieces of any size.
class RequestParser {
 public:
  RequestParser();
  ~RequestParser();
  /// `head` is what `HeadScanner` found complete. Nothing when it is well formed.
  [[nodiscard]] std::optional<Refusal> parse_head(std::string_view head);
  [[nodiscard]] const RequestHead& head() const noexcept;
  [[nodiscard]] RequestHead& head() noexcept;

  /// Called once before the body; reserves memory for a declared length within the limit.
  void limit_body(std::size_t limit_bytes);
  /// Takes as much of `bytes` as it can use. Unused bytes must be shown again with more behind
  /// them, unless the message is done.
  [[nodiscard]] std::optional<Refusal> feed(std::string_view bytes, Progress& progress);
  [[nodiscard]] bool done() const noexcept;
  [[nodiscard]] Bytes take_body() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

/// Parses one final response; interim ones (1xx) are skipped.
class ResponseParser {
 public:
  ResponseParser(bool answers_head_request, std::size_t body_limit_bytes);
  ~ResponseParser();
  /// @return NetErrc::protocol_error or NetErrc::too_large
  [[nodiscard]] Result<Progress> feed(std::string_view bytes);
  /// The connection ended: the end of a body without a length.
  /// @return NetErrc::connection_lost when something is missing.
  [[nodiscard]] Result<void> end_of_stream();
  [[nodiscard]] bool got_some() const noexcept;
  [[nodiscard]] bool keep_alive() const noexcept;
  [[nodiscard]] Response take() noexcept;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum::net::detail
