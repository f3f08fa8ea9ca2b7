#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>

#include <boost/asio/awaitable.hpp>

namespace guildsum {
class ThreadPool;
}

namespace guildsum::net {

/// Wakes long polls: a version that only rises, and coroutines that wait for it to move.
///
/// `notify` and `version` may be called from any thread. The usual use reads the version, looks at
/// the state, and waits when there is nothing to tell; a change in between is then not missed:
/// ```cpp
/// for (const auto give_up = now() + wait; ; ) {
///   const auto seen = notifier.version();
///   if (auto message = newest()) co_return *message;
///   if (!co_await notifier.changed(seen, give_up - now())) co_return Response::no_content();
/// }
/// ```
class Notifier {
 public:
  Notifier();
  ~Notifier();
  Notifier(const Notifier&) = delete;
  Notifier& operator=(const Notifier&) = delete;

  [[nodiscard]] std::uint64_t version() const noexcept;
  /// Raises the version and wakes everybody who waits. Cheap when nobody does.
  void notify();
  /// Waits until the version differs from `seen`; returns at once when it does already. The
  /// coroutine must run on a strand or in a context with one thread, as handlers do.
  /// @return false when `at_most` passed, the client went away or the server stops: answer then.
  [[nodiscard]] boost::asio::awaitable<bool> changed(std::uint64_t seen,
                                                     std::chrono::milliseconds at_most);

 private:
  struct State;
  std::shared_ptr<State> state_;
};

/// @return false when the wait was cancelled.
[[nodiscard]] boost::asio::awaitable<bool> sleep_for(std::chrono::milliseconds duration);

/// Runs blocking or heavy `work` on the pool and comes back to the caller's strand. What `work`
/// refers to may live in the caller's frame: the wait is not cancelled before `work` has returned.
/// An exception of `work` is thrown again here.
[[nodiscard]] boost::asio::awaitable<void> run_on(ThreadPool& pool, std::function<void()> work);

}  // namespace guildsum::net
