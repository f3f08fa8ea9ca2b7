#include "coordinator/http/answers.hpp"

#include <algorithm>
#include <chrono>

#include "base/errors.hpp"
#include "models/errors.hpp"
#include "protocol/errors.hpp"
#include "protocol/problem.hpp"

namespace guildsum::coordinator {

using std::chrono::milliseconds;

namespace {

/// Problems of the coordinator's own situation and of its operator's wishes.
std::optional<protocol::Problem> own_problem(const Error& error) {
  if (error == models::ModelsErrc::bad_plan) {
    return protocol::Problem{400, "bad-plan",
                             "the training plan has a setting that it cannot have"};
  }
  if (error == BaseErrc::invalid_config) {
    return protocol::Problem{409, "invalid-config", "the configuration does not allow this"};
  }
  if (error == BaseErrc::busy) return protocol::Problem{503, "busy", "try again shortly"};
  if (error == BaseErrc::interrupted) return protocol::Problem{503, "stopping", "try again later"};
  return std::nullopt;
}

protocol::Problem logged_problem(const Error& error, const net::Request& request, Log& log) {
  const auto problem = own_problem(error).value_or(protocol::problem_of(error));
  // Answers that come after their phase has what it needs belong to every round.
  const bool late =
      error == protocol::ProtocolErrc::round_over || error == protocol::ProtocolErrc::wrong_phase;
  const LogLevel level = problem.status >= 500 ? LogLevel::warn
                         : late                ? LogLevel::debug
                                               : LogLevel::info;
  log.write(level, "request.refused",
            {{"path", request.path},
             {"peer", request.remote_address},
             {"shop", request.peer ? request.peer->common_name : std::string{}},
             {"code", problem.code},
             {"reason", error}});
  return problem;
}

net::Response document(const protocol::Problem& problem, std::string_view text) {
  net::Response response{static_cast<int>(problem.status)};
  response.headers.set("Content-Type", std::string{protocol::kProblemContentType});
  if (problem.status == 503) response.headers.set("Retry-After", "1");
  response.body = to_bytes(text);
  return response;
}

}  // namespace

net::Response problem_answer(const Error& error, const net::Request& request, Log& log) {
  const auto problem = logged_problem(error, request, log);
  return document(problem, protocol::print_problem(problem));
}

net::Response explained_problem(const Error& error, const net::Request& request, Log& log) {
  const auto problem = logged_problem(error, request, log);
  return net::Response::problem(static_cast<int>(problem.status), problem.code,
                                error.detail().empty() ? error.message() : error.detail());
}

Result<milliseconds> poll_wait(const net::Request& request) {
  GS_TRY(const std::uint64_t wait, request.query_number("wait_ms", 0));
  return milliseconds{std::min<std::uint64_t>(wait, kPollWaitMax.count())};
}

boost::asio::awaitable<Result<net::Response>> wait_for(
    net::Notifier& changes, milliseconds wait,
    std::function<Result<std::optional<net::Response>>()> look) {
  const auto give_up = std::chrono::steady_clock::now() + wait;
  for (;;) {
    const auto seen = changes.version();
    auto found = look();
    if (found.has_error()) co_return found.error();
    if (found->has_value()) co_return std::move(**found);
    const auto left =
        std::chrono::duration_cast<milliseconds>(give_up - std::chrono::steady_clock::now());
    if (left <= milliseconds{0}) co_return net::Response::no_content();
    const bool changed = co_await changes.changed(seen, left);
    if (!changed) co_return net::Response::no_content();
  }
}

}  // namespace guildsum::coordinator
