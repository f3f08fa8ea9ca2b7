#pragma once

#include <functional>
#include <optional>
#include <utility>

#include <boost/asio/awaitable.hpp>

#include "base/log.hpp"
#include "base/net/http.hpp"
#include "base/net/wait.hpp"
#include "base/result.hpp"
#include "base/thread_pool.hpp"

/// How results become HTTP answers. One place decides what a peer learns of an error.
namespace guildsum::coordinator {

/// Larger waits are cut to this, below the idle limits of usual proxies.
inline constexpr std::chrono::milliseconds kPollWaitMax{30'000};

/// The problem document of an error; its detail goes to the log only.
[[nodiscard]] net::Response problem_answer(const Error& error, const net::Request& request,
                                           Log& log);
/// The same with the detail in the document: for the operator, who needs it to act.
[[nodiscard]] net::Response explained_problem(const Error& error, const net::Request& request,
                                              Log& log);

/// Runs blocking `work` (fsync, signatures) on the pool.
template <class T>
boost::asio::awaitable<Result<T>> blocking(ThreadPool& pool, std::function<Result<T>()> work) {
  std::optional<Result<T>> answer;
  std::function<void()> run = [&answer, &work] { answer.emplace(work()); };
  co_await net::run_on(pool, std::move(run));
  co_return std::move(*answer);
}

/// `?wait_ms=`, at most `kPollWaitMax`; 0 without it.
[[nodiscard]] Result<std::chrono::milliseconds> poll_wait(const net::Request& request);

/// Answers as soon as `look` finds something, or with 204 when `wait` has passed without.
/// `look` is called again after every change; it must be quick.
[[nodiscard]] boost::asio::awaitable<Result<net::Response>> wait_for(
    net::Notifier& changes, std::chrono::milliseconds wait,
    std::function<Result<std::optional<net::Response>>()> look);

}  // namespace guildsum::coordinator
