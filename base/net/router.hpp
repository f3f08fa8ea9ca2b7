#pragma once

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include <boost/asio/awaitable.hpp>

#include "base/net/http.hpp"

namespace guildsum::net {

/// Answers one request. Runs on the strand of its connection; must not block for long (see
/// `run_on` in `base/net/wait.hpp`). A thrown exception is logged and answered with 500.
///
/// Write the coroutine as a function whose state are parameters, and the handler as a lambda that
/// calls it: a capturing lambda must not be a coroutine itself.
/// ```cpp
/// router.add(Method::get, "/v1/blobs/{id}", RouteOptions{},
///            [&blobs](Request request) { return get_blob(blobs, std::move(request)); });
/// ```
using Handler = std::function<boost::asio::awaitable<Response>(Request)>;

/// What the connection checks before the handler sees a request.
struct RouteOptions {
  RouteOptions() = default;
  /// Larger bodies are answered with 413, before they are read where their length is declared.
  std::size_t body_limit_bytes = 64 * 1024;
  /// A body that is not complete by then is answered with 408.
  std::chrono::milliseconds body_deadline{30'000};
  /// Answers 401 `client_certificate_required` without a verified client certificate.
  bool requires_client_certificate = false;
  /// When not empty, a request with a body of another media type is answered with 415.
  std::string content_type;
};

/// Maps method and path to a handler. Built once, then only read.
class Router {
 public:
  struct Route {
    Method method{};
    std::string pattern;
    std::vector<std::string> segments;  ///< A segment in braces takes any single segment.
    RouteOptions options;
    Handler handler;
  };
  struct Found {
    const Route* route = nullptr;
    Parameters parameters;
  };
  struct UnknownPath {};
  struct UnknownMethod {
    std::string allow;  ///< The value of the `Allow` field.
  };
  using Match = std::variant<Found, UnknownPath, UnknownMethod>;

  /// `pattern` is like `/v1/rounds/{round}/phase`. A literal segment wins over a parameter.
  /// Registering the same method and pattern twice is a bug and ends the process.
  void add(Method method, std::string_view pattern, RouteOptions options, Handler handler);
  void get(std::string_view pattern, RouteOptions options, Handler handler);
  void post(std::string_view pattern, RouteOptions options, Handler handler);
  void put(std::string_view pattern, RouteOptions options, Handler handler);

  /// `segments` are the decoded segments of the path. HEAD is answered by the route of GET.
  [[nodiscard]] Match match(Method method, const std::vector<std::string>& segments) const;
  [[nodiscard]] const std::vector<Route>& routes() const noexcept { return routes_; }

 private:
  std::vector<Route> routes_;
};

}  // namespace guildsum::net
