#pragma once

#include <chrono>
#include <optional>

#include "base/file.hpp"
#include "base/result.hpp"

namespace guildsum::cli {

/// Turns SIGINT and SIGTERM into an orderly stop: the first asks for it, the second ends the
/// process at once. At most one object at a time. Its destruction restores the former handlers.
/// Members are thread safe.
class StopSignal {
 public:
  /// BaseErrc::already_exists if there is one, BaseErrc::io_failed if the system refuses.
  [[nodiscard]] static Result<StopSignal> install();
  StopSignal(StopSignal&& other) noexcept;
  StopSignal& operator=(StopSignal&&) = delete;
  ~StopSignal();

  /// Blocks until a stop is asked for; returns the signal's number (0 for `request_stop`).
  int wait_for_stop();
  /// The same for at most `timeout`.
  [[nodiscard]] std::optional<int> wait_for_stop(std::chrono::milliseconds timeout);
  [[nodiscard]] bool stop_requested() const;
  /// Asks for a stop from inside the program.
  void request_stop() noexcept;
  /// Becomes readable when a stop is asked for and stays so; for event loops. Do not read from it.
  [[nodiscard]] int descriptor() const noexcept { return read_end_.get(); }

 private:
  StopSignal(FileDescriptor read_end, FileDescriptor write_end) noexcept
      : read_end_{std::move(read_end)}, write_end_{std::move(write_end)} {}
  FileDescriptor read_end_;
  FileDescriptor write_end_;
};

/// Writing to a closed pipe or socket becomes an ordinary error instead of ending the process.
void ignore_broken_pipes() noexcept;

}  // namespace guildsum::cli
