#include "base/net/wait.hpp"

#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <unordered_set>
#include <utility>
#include <vector>

#include <boost/asio/post.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "base/thread_pool.hpp"

namespace guildsum::net {
namespace {

namespace asio = boost::asio;
using std::chrono::milliseconds;

/// A timer that somebody else may end early. `wake` runs on the timer's own executor.
struct Waiter {
  explicit Waiter(const asio::any_io_executor& executor) : timer{executor} {}
  asio::steady_timer timer;
  bool woken = false;

  void wake() {
    woken = true;
    timer.cancel();
  }
};

void wake_later(const std::shared_ptr<Waiter>& waiter) {
  asio::post(waiter->timer.get_executor(), [waiter] { waiter->wake(); });
}

}  // namespace

struct Notifier::State {
  std::atomic<std::uint64_t> version{1};
  std::mutex mutex;
  std::unordered_set<std::shared_ptr<Waiter>> waiters;

  /// False when the version has moved already.
  bool join(const std::shared_ptr<Waiter>& waiter, std::uint64_t seen) {
    const std::lock_guard lock{mutex};
    if (version.load() != seen) return false;
    waiters.insert(waiter);
    return true;
  }
  void leave(const std::shared_ptr<Waiter>& waiter) {
    const std::lock_guard lock{mutex};
    waiters.erase(waiter);
  }
};

Notifier::Notifier() : state_{std::make_shared<State>()} {}
Notifier::~Notifier() = default;

std::uint64_t Notifier::version() const noexcept { return state_->version.load(); }

void Notifier::notify() {
  // Under the lock, because a waiter on the list is alive, and so is the context it posts to.
  const std::lock_guard lock{state_->mutex};
  ++state_->version;
  for (const auto& waiter : state_->waiters) wake_later(waiter);
  state_->waiters.clear();
}

namespace {

/// Takes the waiter off the list however the coroutine ends.
template <class State>
class Membership {
 public:
  Membership(std::shared_ptr<State> state, std::shared_ptr<Waiter> waiter)
      : state_{std::move(state)}, waiter_{std::move(waiter)} {}
  Membership(const Membership&) = delete;
  Membership& operator=(const Membership&) = delete;
  ~Membership() { state_->leave(waiter_); }

 private:
  std::shared_ptr<State> state_;
  std::shared_ptr<Waiter> waiter_;
};

asio::awaitable<bool> is_cancelled() {
  const asio::cancellation_state state = co_await asio::this_coro::cancellation_state;
  co_return state.cancelled() != asio::cancellation_type::none;
}

}  // namespace

asio::awaitable<bool> Notifier::changed(std::uint64_t seen, milliseconds at_most) {
  const std::shared_ptr<State> state = state_;  // The notifier may go while we wait.
  if (state->version.load() != seen) co_return true;
  const bool cancelled = co_await is_cancelled();
  if (cancelled || at_most <= milliseconds::zero()) co_return false;

  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(executor);
  if (!state->join(waiter, seen)) co_return true;
  const Membership<State> membership{state, waiter};
  waiter->timer.expires_after(at_most);
  boost::system::error_code error;
  co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return state->version.load() != seen;
}

asio::awaitable<bool> sleep_for(milliseconds duration) {
  const bool cancelled = co_await is_cancelled();
  if (cancelled) co_return false;
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  asio::steady_timer timer{executor, duration};
  boost::system::error_code error;
  co_await timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  co_return !error;
}

namespace {

/// What the pool's thread and the waiting coroutine share.
struct Job {
  std::mutex mutex;
  std::condition_variable finished;
  bool done = false;
  std::exception_ptr failure;
  std::shared_ptr<Waiter> waiter;

  /// The last thing the pool's thread does; afterwards it holds nothing of the caller's context.
  void finish(std::exception_ptr with) {
    const std::lock_guard lock{mutex};
    failure = std::move(with);
    wake_later(waiter);
    waiter.reset();
    done = true;
    finished.notify_all();
  }
};

/// The work may refer to the coroutine's frame: if the frame is destroyed early, wait for it here.
class JobGuard {
 public:
  explicit JobGuard(std::shared_ptr<Job> job) : job_{std::move(job)} {}
  JobGuard(const JobGuard&) = delete;
  JobGuard& operator=(const JobGuard&) = delete;
  ~JobGuard() {
    std::unique_lock lock{job_->mutex};
    job_->finished.wait(lock, [this] { return job_->done; });
  }

 private:
  std::shared_ptr<Job> job_;
};

void submit(ThreadPool& pool, const std::shared_ptr<Job>& job, std::function<void()> work) {
  pool.submit([job, work = std::move(work)] {
    std::exception_ptr failure;
    try {
      work();
    } catch (...) {
      failure = std::current_exception();
    }
    job->finish(std::move(failure));
  });
}

}  // namespace

asio::awaitable<void> run_on(ThreadPool& pool, std::function<void()> work) {
  const asio::any_io_executor executor = co_await asio::this_coro::executor;
  const auto waiter = std::make_shared<Waiter>(executor);
  const auto job = std::make_shared<Job>();
  job->waiter = waiter;
  submit(pool, job, std::move(work));
  const JobGuard guard{job};
  while (!waiter->woken) {
    waiter->timer.expires_at(asio::steady_timer::time_point::max());
    boost::system::error_code error;
    co_await waiter->timer.async_wait(asio::redirect_error(asio::use_awaitable, error));
  }
  if (job->failure) std::rethrow_exception(job->failure);
}

}  // namespace guildsum::net
