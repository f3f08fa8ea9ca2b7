#pragma once

#include <chrono>

namespace guildsum {

/// Time as an effect. Deadlines use steady time only; wall time is for certificates, records and
/// people.
class Clock {
 public:
  using Steady = std::chrono::steady_clock::time_point;
  using Wall = std::chrono::sys_time<std::chrono::milliseconds>;
  virtual ~Clock() = default;
  [[nodiscard]] virtual Steady steady_now() const noexcept = 0;
  [[nodiscard]] virtual Wall wall_now() const noexcept = 0;
};

/// The machine's clocks. Thread safe.
class SystemClock final : public Clock {
 public:
  [[nodiscard]] Steady steady_now() const noexcept override {
    return std::chrono::steady_clock::now();
  }
  [[nodiscard]] Wall wall_now() const noexcept override {
    return std::chrono::time_point_cast<std::chrono::milliseconds>(
        std::chrono::system_clock::now());
  }
};

/// A clock that stands still until it is told to move; for tests and simulations. Not thread safe.
class ManualClock final : public Clock {
 public:
  [[nodiscard]] Steady steady_now() const noexcept override { return steady_; }
  [[nodiscard]] Wall wall_now() const noexcept override { return wall_; }
  void advance(std::chrono::milliseconds by) noexcept {
    steady_ += by;
    wall_ += by;
  }

 private:
  Steady steady_{};
  Wall wall_{std::chrono::sys_days{std::chrono::year{2026} / 1 / 1}};
};

}  // namespace guildsum
