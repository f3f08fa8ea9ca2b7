#include "participant/remote/retry.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/net/error.hpp"

namespace guildsum::participant {

bool is_retryable(const Error& error) noexcept {
  return error == net::NetErrc::unreachable || error == net::NetErrc::timed_out ||
         error == net::NetErrc::connection_lost || error == net::NetErrc::protocol_error ||
         error == BaseErrc::unreachable || error == BaseErrc::timed_out;
}

std::chrono::milliseconds Backoff::next() {
  std::array<std::byte, 4> bytes;
  random_.fill(bytes);
  const auto half = step_.count() / 2;
  const auto drawn = load_le<std::uint32_t>(bytes) % static_cast<std::uint64_t>(half + 1);
  step_ = std::min(step_ * 2, kLongest);
  return std::chrono::milliseconds{half + static_cast<std::int64_t>(drawn)};
}

bool pause_before_retry(const RetryContext& context, Backoff& backoff, Clock::Steady give_up,
                        std::string_view what, const Error& error) {
  if (!is_retryable(error) || context.stop.stopped()) return false;
  const auto wait = backoff.next();
  if (context.clock.steady_now() + wait >= give_up) return false;
  context.log.debug("remote.retry", {{"what", what}, {"error", error}, {"wait_ms", wait}});
  return !context.stop.wait_for(wait);
}

}  // namespace guildsum::participant
