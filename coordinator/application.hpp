#pragma once

#include <memory>
#include <string>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/random.hpp"
#include "coordinator/config.hpp"

namespace guildsum::coordinator {

/// A running coordinator: stores, round service and both listeners.
class Application {
 public:
  /// Locks the data directory, takes up what was running, listens, and writes `endpoints.json`.
  /// @return BaseErrc::busy if another process serves this directory, the errors of keys, stores,
  ///   catalogue and sockets otherwise.
  [[nodiscard]] static Result<std::unique_ptr<Application>> start(Config config, const Clock& clock,
                                                                  Random& random, Log& log);
  /// Stops listening, lets answers go out, finishes what the scheduler is doing. What was running
  /// goes on with the next start.
  ~Application();
  Application(const Application&) = delete;
  Application& operator=(const Application&) = delete;

  [[nodiscard]] const std::string& shops_url() const noexcept;
  [[nodiscard]] const std::string& admin_url() const noexcept;
  /// Renews the listeners' certificates when two thirds of their time are over, and writes when the
  /// shops were last seen. Call it about every minute.
  void maintain();

 private:
  class Impl;
  explicit Application(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum::coordinator
