#pragma once

#include <chrono>
#include <condition_variable>
#include <mutex>

namespace guildsum::participant {

/// Tells the agent's threads to come to an end; waiting on it is how they pause. Thread safe.
class StopFlag {
 public:
  void stop() {
    {
      const std::lock_guard lock{mutex_};
      stopped_ = true;
    }
    changed_.notify_all();
  }
  [[nodiscard]] bool stopped() const {
    const std::lock_guard lock{mutex_};
    return stopped_;
  }
  /// Waits for at most `duration`; true if the agent is to stop.
  bool wait_for(std::chrono::milliseconds duration) {
    std::unique_lock lock{mutex_};
    return changed_.wait_for(lock, duration, [this] { return stopped_; });
  }

 private:
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  bool stopped_ = false;
};

}  // namespace guildsum::participant
