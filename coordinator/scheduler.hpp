#pragma once

#include <chrono>
#include <functional>
#include <memory>

namespace guildsum::coordinator {

/// Where a coordinator's own work runs, one piece after the other: opening sums, starting rounds,
/// deadlines. An interface, so that tests and simulations decide when time passes.
class Scheduler {
 public:
  virtual ~Scheduler() = default;
  /// Runs `work` soon, after what was posted before. Any thread.
  virtual void post(std::function<void()> work) = 0;
  /// Runs `work` after `delay` of steady time, when nothing else is running. Any thread.
  virtual void after(std::chrono::milliseconds delay, std::function<void()> work) = 0;
};

/// A thread of its own.
class ThreadScheduler final : public Scheduler {
 public:
  ThreadScheduler();
  /// Finishes the running piece and drops the rest: all of it follows from the ledger.
  ~ThreadScheduler() override;
  ThreadScheduler(const ThreadScheduler&) = delete;
  ThreadScheduler& operator=(const ThreadScheduler&) = delete;

  void post(std::function<void()> work) override;
  void after(std::chrono::milliseconds delay, std::function<void()> work) override;
  /// What the destructor does; later work is dropped.
  void stop();

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum::coordinator
