#include "base/net/detail/session.hpp"

#include <algorithm>
#include <ctime>
#include <exception>
#include <utility>

#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/this_coro.hpp>

#include "base/log.hpp"
#include "base/net/detail/response_head.hpp"

namespace guildsum::net::detail {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

constexpr std::size_t kHeadReadBytes = 4 * 1024;
constexpr std::size_t kBodyReadBytes = 16 * 1024;
constexpr std::size_t kJoinedAnswerBytes = 16 * 1024;  // Head and body in one TLS record.
constexpr milliseconds kDrainDeadline{2'000};
constexpr milliseconds kWatchDelay{250};

/// The media type without its parameters.
std::string_view media_type(std::string_view content_type) noexcept {
  const auto type = content_type.substr(0, content_type.find(';'));
  const auto end = type.find_last_not_of(" \t");
  return type.substr(0, end == std::string_view::npos ? 0 : end + 1);
}

bool is_media_type(const Headers& headers, std::string_view wanted) noexcept {
  const auto given = headers.find("Content-Type");
  return given && equal_ignoring_case(media_type(*given), wanted);
}

std::optional<Refusal> check_body_fields(const RequestHead& head, const RouteOptions& options) {
  if (head.content_length.value_or(0) > options.body_limit_bytes) {
    return Refusal{413, "payload_too_large", "the body is larger than this call allows"};
  }
  if (!head.has_body()) return std::nullopt;
  if (head.headers.find("Content-Encoding")) {
    return Refusal{415, "unsupported_content_encoding", "send the body without Content-Encoding"};
  }
  if (!options.content_type.empty() && !is_media_type(head.headers, options.content_type)) {
    return Refusal{415, "unsupported_media_type", "this call takes " + options.content_type};
  }
  return std::nullopt;
}

}  // namespace

Session::Session(const SessionContext& context, std::shared_ptr<Transport> transport,
                 std::string remote_address)
    : context_{context},
      transport_{std::move(transport)},
      remote_address_{std::move(remote_address)} {}

std::string_view Session::received() const noexcept { return as_text(received_); }

void Session::consume(std::size_t bytes) {
  received_.erase(received_.begin(), received_.begin() + static_cast<std::ptrdiff_t>(bytes));
}

void Session::cancel_handler() { handler_cancel_.emit(asio::cancellation_type::terminal); }

void Session::stop() {
  stopping_ = true;
  if (handling_) {
    cancel_handler();
  } else if (idle_) {
    transport_->close();
  }
}

void Session::abort() {
  stopping_ = true;
  transport_->close();
  if (handling_) cancel_handler();
}

asio::awaitable<void> Session::run(std::shared_ptr<Session> self) {
  // A cancelled wait returns to its handler, which then answers; nothing is thrown out of it.
  co_await asio::this_coro::throw_if_cancelled(false);
  co_await self->serve();
}

asio::awaitable<void> Session::serve() {
  transport_->arm(context_.deadlines.handshake);
  const ErrorCode error = co_await transport_->handshake();
  if (error) {
    context_.log.debug(
        "net.handshake_failed",
        {{"listener", context_.name},
         {"from", remote_address_},
         {"reason", transport_->failure.empty() ? error.message() : transport_->failure}});
    if (!transport_->expired()) co_await transport_->finish(true);
    transport_->close();
    co_return;
  }
  if (transport_->peer && context_.on_member) context_.on_member(this);
  Next next = Next::keep_alive;
  while (next == Next::keep_alive && !stopping_) next = co_await serve_one();
  if (next == Next::lost) {
    transport_->close();
    co_return;
  }
  transport_->arm(kDrainDeadline);
  co_await transport_->finish(next == Next::close);
}

asio::awaitable<bool> Session::receive(std::size_t at_most) {
  const std::size_t before = received_.size();
  received_.resize(before + at_most);
  const auto free_space = MutableByteView{received_}.subspan(before);
  const Io io = co_await transport_->read_some(free_space);
  received_.resize(before + (io.error ? 0 : io.size));
  co_return !io.error;
}

asio::awaitable<std::size_t> Session::read_head(Refusal& refusal) {
  HeadScanner scanner;
  bool begun = !received_.empty();
  if (!begun) received_ = Bytes{};  // An idle connection holds no buffer of a former body.
  const auto idle = transport_->peer ? context_.deadlines.idle : context_.deadlines.idle_stranger;
  transport_->arm(begun ? context_.deadlines.header : idle);
  for (;;) {
    const auto state = scanner.scan(received());
    if (state == HeadScanner::State::malformed) {
      refusal = Refusal{400, "malformed_request", "this is not an HTTP/1.1 request"};
      co_return 0;
    }
    const bool complete = state == HeadScanner::State::complete;
    const std::size_t size = complete ? scanner.length() : received_.size();
    if (size > context_.header_limit_bytes) {
      refusal = scanner.in_fields() ? Refusal{431, "header_too_large", "the head is too large"}
                                    : Refusal{414, "target_too_long", "the target is too long"};
      co_return 0;
    }
    if (complete) co_return scanner.length();
    idle_ = !begun;
    const bool got = co_await receive(kHeadReadBytes);
    idle_ = false;
    if (!got && begun && transport_->expired()) {
      refusal = Refusal{408, "request_timeout", "the head of the request came too slowly"};
    }
    if (!got) co_return 0;
    if (!begun) transport_->arm(context_.deadlines.header);
    begun = true;
  }
}

const Router::Route* Session::find_route(const RequestHead& head, Request& request,
                                         Refusal& refusal) {
  auto target = parse_target(head.target);
  if (!target) {
    refusal = Refusal{400, "malformed_request", target.error().detail()};
    return nullptr;
  }
  request.path = std::move(target->path);
  request.query = std::move(target->query);
  auto match = context_.router.match(head.method, target->segments);
  if (auto* const found = std::get_if<Router::Found>(&match)) {
    request.parameters = std::move(found->parameters);
    return found->route;
  }
  if (auto* const unknown = std::get_if<Router::UnknownMethod>(&match)) {
    allow_ = std::move(unknown->allow);
    refusal = Refusal{405, "method_not_allowed", "allowed: " + allow_};
    return nullptr;
  }
  refusal = Refusal{404, "not_found", "there is nothing at this path"};
  return nullptr;
}

const Router::Route* Session::admit(RequestParser& parser, Request& request, Refusal& refusal) {
  const RequestHead& head = parser.head();
  const Router::Route* const route = find_route(head, request, refusal);
  if (route == nullptr) return nullptr;
  if (route->options.requires_client_certificate && !transport_->peer) {
    refusal = Refusal{401, "client_certificate_required",
                      "present the certificate that enrolment gave you"};
    return nullptr;
  }
  if (auto refused = check_body_fields(head, route->options)) {
    refusal = std::move(*refused);
    return nullptr;
  }
  return route;
}

asio::awaitable<bool> Session::read_body(RequestParser& parser, const RouteOptions& options,
                                         Refusal& refusal) {
  parser.limit_body(options.body_limit_bytes);
  transport_->arm(options.body_deadline);
  if (parser.head().expects_continue && received_.empty()) {
    const ErrorCode error = co_await transport_->write(as_bytes("HTTP/1.1 100 Continue\r\n\r\n"));
    if (error) co_return false;
  }
  while (!parser.done()) {
    Progress progress;
    if (auto refused = parser.feed(received(), progress)) {
      refusal = std::move(*refused);
      co_return false;
    }
    consume(progress.consumed);
    if (progress.done) break;
    // What is left is the beginning of a chunk header; a buffer full of it is no such thing.
    if (received_.size() >= kBodyReadBytes) {
      refusal = Refusal{400, "malformed_request", "a chunk header is too long"};
      co_return false;
    }
    const bool got = co_await receive(kBodyReadBytes);
    if (!got && transport_->expired()) {
      refusal = Refusal{408, "request_timeout", "the body of the request came too slowly"};
    }
    if (!got) co_return false;
  }
  co_return true;
}

asio::awaitable<Session::Next> Session::serve_one() {
  Refusal refusal;
  const std::size_t head_bytes = co_await read_head(refusal);
  if (refusal.status != 0) co_return co_await refuse(refusal);
  if (head_bytes == 0) co_return Next::lost;

  RequestParser parser;
  if (auto refused = parser.parse_head(received().substr(0, head_bytes))) {
    co_return co_await refuse(*refused);
  }
  consume(head_bytes);
  Request request;
  const Router::Route* const route = admit(parser, request, refusal);
  RequestHead& head = parser.head();
  const bool keep_alive = head.keep_alive && !stopping_;
  if (route == nullptr) {
    if (head.has_body() || !keep_alive) co_return co_await refuse(refusal);
    Response response = Response::problem(refusal.status, refusal.code, refusal.detail);
    if (refusal.status == 405) response.headers.set("Allow", allow_);
    co_return co_await answer(response, keep_alive, head.method == Method::head);
  }
  if (head.has_body() && !co_await read_body(parser, route->options, refusal)) {
    if (refusal.status == 0) co_return Next::lost;
    co_return co_await refuse(refusal);
  }
  request.method = head.method;
  request.headers = std::move(head.headers);
  request.body = parser.take_body();
  request.peer = transport_->peer;
  request.tls_exporter = transport_->exporter;
  request.remote_address = remote_address_;
  const bool head_only = head.method == Method::head;
  auto handling = handle(*route, std::move(request));
  const Response response = co_await std::move(handling);
  co_return co_await answer(response, keep_alive && !stopping_, head_only);
}

asio::awaitable<Response> Session::handle(const Router::Route& route, Request request) {
  handling_ = true;
  if (stopping_) cancel_handler();  // The answer goes out, but nothing is waited for.
  std::function<void()> gone = [this] { cancel_handler(); };
  transport_->arm_watch(kWatchDelay, std::move(gone));
  Response response;
  try {
    auto pending = route.handler(std::move(request));
    response = co_await std::move(pending);
  } catch (const std::exception& error) {
    context_.log.error(
        "net.handler_failed",
        {{"listener", context_.name}, {"route", route.pattern}, {"reason", error.what()}});
    response = Response::problem(500, "internal_error");
  }
  handling_ = false;
  if (context_.log.enabled(LogLevel::debug)) {
    context_.log.debug("net.request", {{"listener", context_.name},
                                       {"method", to_string(route.method)},
                                       {"route", route.pattern},
                                       {"from", remote_address_},
                                       {"status", response.status},
                                       {"bytes", response.body.size()}});
  }
  co_return response;
}

asio::awaitable<Session::Next> Session::answer(const Response& response, bool keep_alive,
                                               bool head_only) {
  transport_->arm(context_.deadlines.write);
  std::string head = encode_response_head(response, keep_alive, std::time(nullptr));
  const bool bodiless = head_only || response.status == 204 || response.status == 304;
  const ByteView body = bodiless ? ByteView{} : ByteView{response.body};
  const bool joined = body.size() <= kJoinedAnswerBytes;
  if (joined) head.append(as_text(body));
  ErrorCode error = co_await transport_->write(as_bytes(head));
  if (!error && !joined) error = co_await transport_->write(body);
  if (error) co_return Next::lost;
  co_return keep_alive ? Next::keep_alive : Next::close;
}

asio::awaitable<Session::Next> Session::refuse(const Refusal& refusal) {
  context_.log.debug("net.refused", {{"listener", context_.name},
                                     {"from", remote_address_},
                                     {"status", refusal.status},
                                     {"code", refusal.code}});
  Response response = Response::problem(refusal.status, refusal.code, refusal.detail);
  if (refusal.status == 405) response.headers.set("Allow", allow_);
  co_return co_await answer(response, false, false);
}

}  // namespace guildsum::net::detail
