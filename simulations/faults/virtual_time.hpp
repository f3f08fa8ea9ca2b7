#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <utility>

#include "base/clock.hpp"
#include "coordinator/scheduler.hpp"

namespace guildsum::simulations {

/// Everything that will happen, by virtual time; what is due at the same moment happens in the
/// order in which it was asked for. Not thread safe.
class EventQueue {
 public:
  using Duration = std::chrono::milliseconds;

  [[nodiscard]] Duration now() const noexcept { return now_; }
  void after(Duration delay, std::function<void()> work);
  /// Moves the clock to the next event and carries it out. False if there is none.
  bool run_next();
  [[nodiscard]] std::uint64_t events() const noexcept { return done_; }

 private:
  Duration now_{0};
  std::uint64_t asked_ = 0;
  std::uint64_t done_ = 0;
  std::map<std::pair<Duration, std::uint64_t>, std::function<void()>> events_;
};

/// One machine's clock: steady time is the virtual one, wall time is off by `skew`.
class NodeClock final : public Clock {
 public:
  explicit NodeClock(const EventQueue& queue) noexcept : queue_{queue} {}
  void set_skew(std::chrono::milliseconds skew) noexcept { skew_ = skew; }
  [[nodiscard]] Steady steady_now() const noexcept override { return Steady{} + queue_.now(); }
  [[nodiscard]] Wall wall_now() const noexcept override {
    return Wall{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}} + queue_.now() + skew_;
  }

 private:
  const EventQueue& queue_;
  std::chrono::milliseconds skew_{0};
};

/// The coordinator's scheduler: its work is gone when the program crashes.
class NodeScheduler final : public coordinator::Scheduler {
 public:
  explicit NodeScheduler(EventQueue& queue) noexcept : queue_{queue} {}
  void post(std::function<void()> work) override { after({}, std::move(work)); }
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    if (loses_ && delay >= *loses_) return loses_.reset();
    queue_.after(delay, [this, life = life_, work = std::move(work)] {
      if (life == life_) run_(work);
    });
  }
  void drop_all() noexcept { ++life_; }
  /// The next work that is to wait at least so long is never carried out.
  void lose_next(std::chrono::milliseconds delay) noexcept { loses_ = delay; }
  /// Around each piece of work.
  void run_with(std::function<void(const std::function<void()>&)> run) { run_ = std::move(run); }

 private:
  EventQueue& queue_;
  std::uint64_t life_ = 0;
  std::optional<std::chrono::milliseconds> loses_;
  std::function<void(const std::function<void()>&)> run_ = [](const auto& work) { work(); };
};

}  // namespace guildsum::simulations
