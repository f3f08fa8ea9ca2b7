#include "base/net/detail/message_parser.hpp"

#include <algorithm>
#include <utility>

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include "base/net/error.hpp"

namespace guildsum::net::detail {
namespace {

namespace http = boost::beast::http;
using BeastError = boost::beast::error_code;
using BeastText = boost::beast::string_view;

constexpr std::uint32_t kHeadBytesMax = 1024 * 1024;  // The session's own limit is far below.
constexpr std::size_t kBodyReserveMax = 16 * 1024 * 1024;

std::string_view view(BeastText text) noexcept { return {text.data(), text.size()}; }

Method to_method(http::verb verb) noexcept {
  switch (verb) {
    case http::verb::get:
      return Method::get;
    case http::verb::head:
      return Method::head;
    case http::verb::post:
      return Method::post;
    case http::verb::put:
      return Method::put;
    case http::verb::patch:
      return Method::patch;
    case http::verb::delete_:
      return Method::del;
    case http::verb::options:
      return Method::options;
    default:
      return Method::other;
  }
}

/// Beast's parser with its events written straight into our own types.
template <bool IsRequest>
class Sink final : public http::basic_parser<IsRequest> {
 public:
  Method method = Method::other;
  std::string target;
  int status = 0;
  int version = 11;
  Headers headers;
  Bytes body;
  bool head_done = false;
  bool too_many_fields = false;
  bool body_too_large = false;
  std::size_t body_limit_bytes = 0;

  Sink() {
    this->header_limit(kHeadBytesMax);
    this->body_limit(boost::none);
    this->eager(false);
  }

 private:
  void on_request_impl(http::verb verb, BeastText, BeastText request_target, int http_version,
                       BeastError&) override {
    method = to_method(verb);
    target = view(request_target);
    version = http_version;
  }
  void on_response_impl(int code, BeastText, int http_version, BeastError&) override {
    status = code;
    version = http_version;
  }
  void on_field_impl(http::field, BeastText name, BeastText value, BeastError& error) override {
    if (head_done) return;  // Trailer fields are read and dropped.
    if (headers.fields().size() == kFieldsMax) {
      too_many_fields = true;
      error = http::error::header_limit;
      return;
    }
    headers.add(std::string{view(name)}, std::string{view(value)});
  }
  void on_header_impl(BeastError&) override { head_done = true; }
  void on_body_init_impl(const boost::optional<std::uint64_t>&, BeastError&) override {}
  std::size_t on_body_impl(BeastText piece, BeastError& error) override {
    return append_body(piece, error);
  }
  void on_chunk_header_impl(std::uint64_t, BeastText, BeastError&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, BeastText piece, BeastError& error) override {
    return append_body(piece, error);
  }
  void on_finish_impl(BeastError&) override {}

  std::size_t append_body(BeastText piece, BeastError& error) {
    if (piece.size() > body_limit_bytes - body.size()) {
      body_too_large = true;
      error = http::error::body_limit;
      return 0;
    }
    append(body, as_bytes(view(piece)));
    return piece.size();
  }
};

Refusal malformed(std::string detail) { return {400, "malformed_request", std::move(detail)}; }

bool only_digits(std::string_view text) noexcept {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

/// RFC 9112, section 6: a length that two readers could take differently lets a second request hide
/// in the body of the first one.
std::optional<Refusal> check_framing(const Headers& headers, int version) {
  const auto lengths = headers.count("Content-Length");
  const auto codings = headers.count("Transfer-Encoding");
  if (lengths + codings > 1) return malformed("the length of the body is given more than once");
  if (lengths == 1 && !only_digits(*headers.find("Content-Length"))) {
    return malformed("Content-Length is not a number");
  }
  if (codings == 0) return std::nullopt;
  if (version < 11) return malformed("Transfer-Encoding in HTTP/1.0");
  if (!equal_ignoring_case(*headers.find("Transfer-Encoding"), "chunked")) {
    return malformed("the only transfer coding is chunked");
  }
  return std::nullopt;
}

std::optional<Refusal> check_host(const Headers& headers, int version) {
  const auto hosts = headers.count("Host");
  if (hosts > 1 || (hosts == 0 && version >= 11)) return malformed("Host must be given once");
  return std::nullopt;
}

Refusal explain(const BeastError& error) {
  if (error == http::error::header_limit) {
    return {431, "header_too_large", "too many header fields"};
  }
  if (error == http::error::bad_version) {
    return {505, "version_not_supported", "only HTTP/1.1 is spoken here"};
  }
  return malformed(error.message());
}

}  // namespace

struct RequestParser::Impl {
  Sink<true> sink;
  RequestHead head;
};

RequestParser::RequestParser() : impl_{std::make_unique<Impl>()} {}
RequestParser::~RequestParser() = default;
const RequestHead& RequestParser::head() const noexcept { return impl_->head; }
RequestHead& RequestParser::head() noexcept { return impl_->head; }
bool RequestParser::done() const noexcept { return impl_->sink.is_done(); }
Bytes RequestParser::take_body() noexcept { return std::move(impl_->sink.body); }

std::optional<Refusal> RequestParser::parse_head(std::string_view bytes) {
  Sink<true>& sink = impl_->sink;
  BeastError error;
  sink.put(boost::asio::buffer(bytes.data(), bytes.size()), error);
  if (error) return explain(error);
  if (!sink.is_header_done()) return malformed("the head is incomplete");
  if (auto refusal = check_framing(sink.headers, sink.version)) return refusal;
  if (auto refusal = check_host(sink.headers, sink.version)) return refusal;

  RequestHead& head = impl_->head;
  head.method = sink.method;
  head.target = std::move(sink.target);
  head.headers = std::move(sink.headers);
  head.chunked = sink.chunked();
  if (const auto length = sink.content_length()) head.content_length = *length;
  head.keep_alive = sink.keep_alive();
  if (const auto expect = head.headers.find("Expect")) {
    if (!equal_ignoring_case(*expect, "100-continue")) {
      return Refusal{417, "expectation_failed", "the only expectation is 100-continue"};
    }
    head.expects_continue = true;
  }
  return std::nullopt;
}

void RequestParser::limit_body(std::size_t limit_bytes) {
  impl_->sink.body_limit_bytes = limit_bytes;
  impl_->sink.body_limit(limit_bytes);
  const auto declared =
      std::min<std::uint64_t>(impl_->head.content_length.value_or(0), limit_bytes);
  impl_->sink.body.reserve(std::min<std::size_t>(declared, kBodyReserveMax));
}

std::optional<Refusal> RequestParser::feed(std::string_view bytes, Progress& progress) {
  Sink<true>& sink = impl_->sink;
  while (!sink.is_done() && progress.consumed < bytes.size()) {
    const auto rest = bytes.substr(progress.consumed);
    BeastError error;
    const std::size_t used = sink.put(boost::asio::buffer(rest.data(), rest.size()), error);
    progress.consumed += used;
    if (error == http::error::need_more) break;
    if (sink.body_too_large || error == http::error::body_limit) {
      return Refusal{413, "payload_too_large", "the body is larger than this call allows"};
    }
    if (error) return explain(error);
    if (used == 0 && !sink.is_done()) break;
  }
  progress.done = sink.is_done();
  return std::nullopt;
}

struct ResponseParser::Impl {
  explicit Impl(bool head_request, std::size_t limit_bytes)
      : answers_head_request{head_request}, body_limit_bytes{limit_bytes} {
    renew();
  }
  void renew() {
    sink = std::make_unique<Sink<false>>();
    sink->skip(answers_head_request);
    sink->body_limit_bytes = body_limit_bytes;
    sink->body_limit(body_limit_bytes);
  }
  bool answers_head_request;
  std::size_t body_limit_bytes;
  std::unique_ptr<Sink<false>> sink;
};

ResponseParser::ResponseParser(bool answers_head_request, std::size_t body_limit_bytes)
    : impl_{std::make_unique<Impl>(answers_head_request, body_limit_bytes)} {}
ResponseParser::~ResponseParser() = default;
bool ResponseParser::got_some() const noexcept { return impl_->sink->got_some(); }
bool ResponseParser::keep_alive() const noexcept {
  return impl_->sink->is_header_done() && impl_->sink->keep_alive();
}

Response ResponseParser::take() noexcept {
  Response response;
  response.status = impl_->sink->status;
  response.headers = std::move(impl_->sink->headers);
  response.body = std::move(impl_->sink->body);
  return response;
}

Result<Progress> ResponseParser::feed(std::string_view bytes) {
  Progress progress;
  while (!progress.done && progress.consumed < bytes.size()) {
    Sink<false>& sink = *impl_->sink;
    const auto rest = bytes.substr(progress.consumed);
    BeastError error;
    const std::size_t used = sink.put(boost::asio::buffer(rest.data(), rest.size()), error);
    progress.consumed += used;
    if (error == http::error::need_more) break;
    if (sink.body_too_large || error == http::error::body_limit || sink.too_many_fields) {
      return NetErrc::too_large;
    }
    if (error) return Error{NetErrc::protocol_error, error.message()};
    if (sink.is_header_done() && check_framing(sink.headers, sink.version)) {
      return Error{NetErrc::protocol_error, "the answer's length is ambiguous"};
    }
    progress.done = sink.is_done();
    if (progress.done && sink.status / 100 == 1) {
      impl_->renew();
      progress.done = false;
    } else if (used == 0 && !progress.done) {
      break;
    }
  }
  return progress;
}

Result<void> ResponseParser::end_of_stream() {
  if (!got_some()) return NetErrc::connection_lost;
  BeastError error;
  impl_->sink->put_eof(error);
  if (error) return NetErrc::connection_lost;
  return {};
}

}  // namespace guildsum::net::detail
