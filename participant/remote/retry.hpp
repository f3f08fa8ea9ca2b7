#pragma once

#include <chrono>
#include <functional>

#include "base/log.hpp"
#include "base/random.hpp"
#include "participant/remote/stop_flag.hpp"

namespace guildsum::participant {

/// Whether the same request may succeed later: nobody answered, or the other side was overloaded.
/// An answer with a code of its own is final.
[[nodiscard]] bool is_retryable(const Error& error) noexcept;

/// Waiting times between tries: doubling from 200 ms to 4 s, each drawn from its upper half so that
/// shops do not come back at the same moment.
class Backoff {
 public:
  explicit Backoff(Random& random) : random_{random} {}
  [[nodiscard]] std::chrono::milliseconds next();
  void reset() noexcept { step_ = kFirst; }

 private:
  static constexpr std::chrono::milliseconds kFirst{200};
  static constexpr std::chrono::milliseconds kLongest{4'000};
  Random& random_;
  std::chrono::milliseconds step_ = kFirst;
};

/// What a repeated call runs with.
struct RetryContext {
  StopFlag& stop;
  Random& random;
  const Clock& clock;
  Log& log;
};

/// Repeats `call` until it succeeds, fails for good, the agent stops (BaseErrc::interrupted) or
/// `give_up` passes (the last error). The same bytes go out each time: the call decides nothing
/// anew.
template <class Call>
auto with_retries(const RetryContext& context, Clock::Steady give_up, std::string_view what,
                  const Call& call) -> decltype(call());

/// One failed try: logs it and waits. False when there is to be no other one.
[[nodiscard]] bool pause_before_retry(const RetryContext& context, Backoff& backoff,
                                      Clock::Steady give_up, std::string_view what,
                                      const Error& error);

template <class Call>
auto with_retries(const RetryContext& context, Clock::Steady give_up, std::string_view what,
                  const Call& call) -> decltype(call()) {
  Backoff backoff{context.random};
  while (true) {
    auto result = call();
    if (result.has_value()) return result;
    if (!pause_before_retry(context, backoff, give_up, what, result.error())) return result;
  }
}

}  // namespace guildsum::participant
