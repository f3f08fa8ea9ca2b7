#include "base/net/client.hpp"

#include <algorithm>
#include <utility>

#include "base/errors.hpp"
#include "base/net/detail/client_stream.hpp"
#include "base/net/detail/message_parser.hpp"
#include "base/net/detail/response_head.hpp"
#include "base/net/detail/tls_context.hpp"

namespace guildsum::net {
namespace {

using std::chrono::steady_clock;

constexpr std::size_t kReadBytes = 16 * 1024;
constexpr std::size_t kHeadBytesMax = 64 * 1024;
constexpr std::size_t kJoinedRequestBytes = 16 * 1024;

bool is_repeatable(Method method) noexcept {
  return method == Method::get || method == Method::head || method == Method::put ||
         method == Method::del;
}

Result<std::string> encode_request_head(const ClientRequest& request, const Url& url) {
  std::string head;
  head.append(to_string(request.method)).append(" ").append(request.target);
  head.append(" HTTP/1.1\r\nHost: ").append(url.authority()).append("\r\n");
  if (!request.target.starts_with('/') ||
      !std::ranges::all_of(request.target, [](char c) { return c > ' ' && c < 0x7f; })) {
    return Error{BaseErrc::invalid_argument, "request target '" + request.target + "'"};
  }
  for (const auto& field : request.headers.fields()) {
    if (!detail::is_valid_field(field)) {
      return Error{BaseErrc::invalid_argument, "header field '" + field.first + "'"};
    }
    head.append(field.first).append(": ").append(field.second).append("\r\n");
  }
  const bool has_body = request.method != Method::get && request.method != Method::head;
  if (has_body || !request.body.empty()) {
    head.append("Content-Length: ").append(std::to_string(request.body.size())).append("\r\n");
  }
  return head.append("\r\n");
}

}  // namespace

class HttpClient::Impl {
 public:
  explicit Impl(ClientConfig config) : config_{std::move(config)} {}

  Result<Response> send(const ClientRequest& request) {
    const bool reused = is_open();
    auto response = exchange(request);
    if (response) return response;
    disconnect();
    const bool closed_before_answer =
        response.error() == NetErrc::connection_lost && !answer_began_;
    if (!reused || !closed_before_answer || request.same_connection ||
        !is_repeatable(request.method)) {
      return response;
    }
    response = exchange(request);
    if (!response) disconnect();
    return response;
  }

  Result<void> connect() {
    if (stream_ && stream_->is_stale()) disconnect();
    if (stream_) return {};
    if (config_.url.tls && !context_) {
      GS_TRY(context_, make_context());
    }
    GS_TRY(stream_, detail::ClientStream::open(config_.url, context_, cancel_, counters_,
                                               steady_clock::now() + config_.connect_deadline));
    return {};
  }

  /// The TLS connection, opened when needed.
  Result<SSL*> tls() {
    GS_CHECK(connect());
    if (stream_->tls() == nullptr) {
      return Error{NetErrc::protocol_error, config_.url.text() + " is not TLS"};
    }
    return stream_->tls();
  }

  Result<TlsExporter> tls_exporter() {
    GS_TRY(SSL* const ssl, tls());
    const auto exporter = detail::export_keying_material(ssl);
    if (!exporter) return Error{NetErrc::protocol_error, "no TLS exporter"};
    return *exporter;
  }

  Result<std::string> verified_root_pem() {
    GS_TRY(SSL* const ssl, tls());
    STACK_OF(X509)* const chain = SSL_get0_verified_chain(ssl);
    const int size = sk_X509_num(chain);
    if (size < 1) return Error{NetErrc::certificate_untrusted, "no verified chain"};
    return detail::to_pem(sk_X509_value(chain, size - 1));
  }

  Result<std::string> server_certificate_pem() {
    GS_TRY(SSL* const ssl, tls());
    return detail::to_pem(SSL_get0_peer_certificate(ssl));
  }

  void disconnect() noexcept {
    stream_.reset();
    received_.clear();
  }
  void cancel() noexcept { cancel_.set(); }
  [[nodiscard]] Traffic traffic() const noexcept {
    return Traffic{counters_.sent.load(), counters_.received.load()};
  }
  [[nodiscard]] const Url& url() const noexcept { return config_.url; }

 private:
  [[nodiscard]] bool is_open() noexcept { return stream_ && !stream_->is_stale(); }

  Result<detail::SslContext> make_context() {
    const ClientTls& tls = config_.tls;
    if (!tls.root_pin && tls.trust_anchors_pem.empty()) {
      return Error{NetErrc::invalid_credentials, "neither a trust anchor nor a pin is given"};
    }
    return detail::make_client_context(tls, trust_);
  }

  Result<Response> exchange(const ClientRequest& request) {
    answer_began_ = false;
    GS_TRY(std::string head, encode_request_head(request, config_.url));
    if (request.same_connection && !is_open()) return NetErrc::connection_lost;
    GS_CHECK(connect());
    const auto deadline = steady_clock::now() + request.deadline;
    const bool joined = request.body.size() <= kJoinedRequestBytes;
    if (joined) head.append(as_text(request.body));
    Result<void> written = stream_->write(as_bytes(head), deadline);
    if (written && !joined) written = stream_->write(request.body, deadline);
    if (written || !(written.error() == NetErrc::connection_lost)) GS_CHECK(written);
    // A server that refuses a body answers before it has read all of it.
    auto answer = read_response(request, deadline);
    if (!answer && written.has_error() && answer.error() == NetErrc::connection_lost) {
      return written.error();
    }
    if (written.has_error()) disconnect();
    return answer;
  }

  Result<Response> read_response(const ClientRequest& request, detail::Deadline deadline) {
    detail::ResponseParser parser{request.method == Method::head, request.response_limit_bytes};
    for (;;) {
      GS_TRY(const detail::Progress progress, parser.feed(as_text(received_)));
      received_.erase(received_.begin(),
                      received_.begin() + static_cast<std::ptrdiff_t>(progress.consumed));
      answer_began_ = answer_began_ || parser.got_some();
      if (progress.done) break;
      if (received_.size() > kHeadBytesMax) return Error{NetErrc::too_large, "head of the answer"};
      GS_TRY(const std::size_t got, receive(deadline));
      if (got > 0) continue;
      GS_CHECK(parser.end_of_stream());
      break;
    }
    const bool keep = parser.keep_alive() && received_.empty();
    if (!keep) disconnect();
    return parser.take();
  }

  Result<std::size_t> receive(detail::Deadline deadline) {
    const std::size_t before = received_.size();
    received_.resize(before + kReadBytes);
    auto got = stream_->read_some(MutableByteView{received_}.subspan(before), deadline);
    received_.resize(before + (got ? *got : 0));
    return got;
  }

  ClientConfig config_;
  detail::ServerTrust trust_;
  detail::SslContext context_;
  detail::CancelFlag cancel_;
  detail::Counters counters_;
  std::unique_ptr<detail::ClientStream> stream_;
  Bytes received_;
  bool answer_began_ = false;
};

HttpClient::HttpClient(ClientConfig config) : impl_{std::make_unique<Impl>(std::move(config))} {}
HttpClient::~HttpClient() = default;
HttpClient::HttpClient(HttpClient&&) noexcept = default;
HttpClient& HttpClient::operator=(HttpClient&&) noexcept = default;

Result<Response> HttpClient::send(const ClientRequest& request) { return impl_->send(request); }
Result<void> HttpClient::connect() { return impl_->connect(); }
Result<TlsExporter> HttpClient::tls_exporter() { return impl_->tls_exporter(); }
Result<std::string> HttpClient::verified_root_pem() { return impl_->verified_root_pem(); }
Result<std::string> HttpClient::server_certificate_pem() { return impl_->server_certificate_pem(); }
void HttpClient::disconnect() noexcept { impl_->disconnect(); }
void HttpClient::cancel() noexcept { impl_->cancel(); }
Traffic HttpClient::traffic() const noexcept { return impl_->traffic(); }
const Url& HttpClient::url() const noexcept { return impl_->url(); }

}  // namespace guildsum::net
