#pragma once

#include <chrono>
#include <csignal>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace guildsum::test {

/// How long a test waits for something that must happen. Long, because it only ends a test that
/// fails: a busy machine under a sanitizer is slow.
inline constexpr std::chrono::seconds kPatience{120};

/// Looks every few milliseconds; false when it is still not so after `at_most`.
[[nodiscard]] bool eventually(const std::function<bool()>& condition,
                              std::chrono::milliseconds at_most = kPatience);

/// How a program ended and what it said.
struct Finished {
  int exit_code = -1;  ///< -signal when a signal ended it
  std::string out;
  std::string err;
};
/// Runs a program to its end, without standard input.
/// @throws std::runtime_error when it does not start or does not end in time (it is killed then).
[[nodiscard]] Finished run_program(const std::filesystem::path& program,
                                   const std::vector<std::string>& arguments);

/// A program that runs beside the test; output and errors are appended to `log`. It does not
/// outlive the test: the destructor kills it, and the kernel does if the test itself is killed.
class ChildProcess {
 public:
  ChildProcess(const std::filesystem::path& program, const std::vector<std::string>& arguments,
               std::filesystem::path log);
  ~ChildProcess() { kill(); }
  ChildProcess(const ChildProcess&) = delete;
  ChildProcess& operator=(const ChildProcess&) = delete;

  [[nodiscard]] bool running();
  /// SIGKILL; returns when the process is gone.
  void kill();
  /// SIGTERM; the exit code, or -signal.
  /// @throws std::runtime_error when it does not end in time (it is killed then).
  [[nodiscard]] int stop();
  /// Waits until it ends by itself; as `stop`.
  [[nodiscard]] int wait();
  /// SIGSTOP and SIGCONT: it is there, but does nothing.
  void freeze();
  void thaw();
  [[nodiscard]] pid_t pid() const noexcept { return pid_; }
  [[nodiscard]] std::string log() const;

 private:
  pid_t pid_;
  std::filesystem::path log_;
  bool running_ = true;
  int status_ = 0;
};

/// The file's text; empty when it cannot be read.
[[nodiscard]] std::string text_of(const std::filesystem::path& file);
[[nodiscard]] std::size_t count_in(std::string_view text, std::string_view part);

}  // namespace guildsum::test
