#pragma once

#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/strand.hpp>

#include "base/net/detail/head_scanner.hpp"
#include "base/net/detail/message_parser.hpp"
#include "base/net/detail/target.hpp"
#include "base/net/detail/transport.hpp"
#include "base/net/router.hpp"
#include "base/net/server.hpp"

namespace guildsum::net::detail {

class Session;

/// What all sessions of a listener read; outlives them.
struct SessionContext {
  const Router& router;
  Log& log;
  std::string name;
  std::size_t header_limit_bytes;
  ServerDeadlines deadlines;
  /// Told once of each session whose client has shown a certificate.
  std::function<void(const Session*)> on_member{};
};

/// Serves one connection, request after request. Everything runs on the transport's strand.
class Session : public std::enable_shared_from_this<Session> {
 public:
  Session(const SessionContext& context, std::shared_ptr<Transport> transport,
          std::string remote_address);

  /// Serves until the connection ends. `self` keeps the session alive meanwhile.
  [[nodiscard]] static boost::asio::awaitable<void> run(std::shared_ptr<Session> self);

  /// Finishes the request that is being answered, cancelling its waits, and closes.
  void stop();
  /// Closes at once; a handler that still runs is cancelled.
  void abort();
  /// Bound to the coroutine of `run`; cancels the waits of a handler.
  [[nodiscard]] boost::asio::cancellation_slot slot() { return handler_cancel_.slot(); }

 private:
  enum class Next { keep_alive, close, lost };

  boost::asio::awaitable<void> serve();
  boost::asio::awaitable<Next> serve_one();
  /// The length of the next head in `received_`; 0 when the connection ended or was refused.
  boost::asio::awaitable<std::size_t> read_head(Refusal& refusal);
  boost::asio::awaitable<bool> receive(std::size_t at_most);
  /// Checks everything that can be checked before the body; fills `request`.
  const Router::Route* admit(RequestParser& parser, Request& request, Refusal& refusal);
  const Router::Route* find_route(const RequestHead& head, Request& request, Refusal& refusal);
  boost::asio::awaitable<bool> read_body(RequestParser& parser, const RouteOptions& options,
                                         Refusal& refusal);
  boost::asio::awaitable<Response> handle(const Router::Route& route, Request request);
  boost::asio::awaitable<Next> answer(const Response& response, bool keep_alive, bool head_only);
  boost::asio::awaitable<Next> refuse(const Refusal& refusal);
  void consume(std::size_t bytes);
  void cancel_handler();
  [[nodiscard]] std::string_view received() const noexcept;

  const SessionContext& context_;
  std::shared_ptr<Transport> transport_;
  std::string remote_address_;
  boost::asio::cancellation_signal handler_cancel_;
  Bytes received_;  ///< Bytes of the current head or body, and of requests sent ahead.
  std::string allow_;
  bool idle_ = true;  ///< Between requests, or before the first one.
  bool handling_ = false;
  bool stopping_ = false;
};

}  // namespace guildsum::net::detail
