#include "base/cli/signal.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>
#include <utility>

#include "base/errors.hpp"

namespace guildsum::cli {
namespace {

constexpr std::array kStopSignals{SIGINT, SIGTERM};

/// What a signal handler can reach: only lock-free statics. `wake_up` is the pipe's write end, -1
/// without a StopSignal.
struct HandlerState {
  std::atomic<int> wake_up{-1};
  std::atomic<int> signal{0};
  std::array<struct sigaction, kStopSignals.size()> former{};
};
static_assert(std::atomic<int>::is_always_lock_free);
HandlerState& handler_state() noexcept {
  static constinit HandlerState state;
  return state;
}

void wake(int signal) noexcept {
  HandlerState& state = handler_state();
  state.signal.store(signal);
  const char byte = 1;
  // The pipe never fills up: each handler runs once. A failed write would leave nothing to do here
  // anyway.
  [[maybe_unused]] const auto written = ::write(state.wake_up.load(), &byte, 1);
}

extern "C" void on_stop_signal(int signal) {
  const int saved = errno;
  wake(signal);
  errno = saved;
}

void restore_handlers() noexcept {
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
    ::sigaction(kStopSignals[i], &handler_state().former[i], nullptr);
  }
}

bool readable(int fd, int timeout_ms) noexcept {
  pollfd poll_fd{.fd = fd, .events = POLLIN, .revents = 0};
  return ::poll(&poll_fd, 1, timeout_ms) > 0;
}

}  // namespace

Result<StopSignal> StopSignal::install() {
  HandlerState& state = handler_state();
  if (state.wake_up.load() >= 0) {
    return Error{BaseErrc::already_exists, "the stop signal is installed already"};
  }
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC | O_NONBLOCK) != 0) {
    return os_error(errno, "creating", "a pipe for signals");
  }
  StopSignal stop{FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
  state.signal.store(0);
  state.wake_up.store(ends[1]);
  struct sigaction action{};
  action.sa_handler = &on_stop_signal;
  // Once per kind: a second one finds the default action and ends the process.
  action.sa_flags = static_cast<int>(SA_RESETHAND) | SA_RESTART;
  sigemptyset(&action.sa_mask);
  for (std::size_t i = 0; i < kStopSignals.size(); ++i) {
    ::sigaction(kStopSignals[i], &action, &state.former[i]);
  }
  return stop;
}

StopSignal::StopSignal(StopSignal&& other) noexcept
    : read_end_{std::move(other.read_end_)}, write_end_{std::move(other.write_end_)} {}

StopSignal::~StopSignal() {
  if (!write_end_.is_open()) return;
  restore_handlers();
  handler_state().wake_up.store(-1);
}

int StopSignal::wait_for_stop() {
  while (!readable(read_end_.get(), -1)) {
  }
  return handler_state().signal.load();
}

std::optional<int> StopSignal::wait_for_stop(std::chrono::milliseconds timeout) {
  const auto deadline = std::chrono::steady_clock::now() + timeout;
  while (true) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
    const int wait_ms = static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 3'600'000));
    if (readable(read_end_.get(), wait_ms)) return handler_state().signal.load();
    if (std::chrono::steady_clock::now() >= deadline) return std::nullopt;
  }
}

bool StopSignal::stop_requested() const { return readable(read_end_.get(), 0); }

void StopSignal::request_stop() noexcept {
  if (!stop_requested()) wake(0);
}

void ignore_broken_pipes() noexcept { std::signal(SIGPIPE, SIG_IGN); }

}  // namespace guildsum::cli
