#include "participant/source/command.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>

#include "base/cli/format.hpp"
#include "base/errors.hpp"
#include "participant/errors.hpp"

namespace guildsum::participant {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

constexpr std::size_t kReadBytes = 64 * 1024;
constexpr std::size_t kErrorBytesKept = 2048;
constexpr std::size_t kErrorLinesShown = 5;
constexpr std::array kPassedVariables{"PATH", "HOME", "USER", "LOGNAME", "LANG", "LC_ALL", "TZ"};

Error refused(const CommandSpec& command, const std::string& reason) {
  return {ParticipantErrc::source_unreadable,
          "the command " + cli::printable(command.argv.front()) + " " + reason};
}

struct Pipe {
  FileDescriptor read_end;
  FileDescriptor write_end;
};

Result<Pipe> make_pipe() {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) != 0) return os_error(errno, "opening", "a pipe");
  return Pipe{FileDescriptor{ends[0]}, FileDescriptor{ends[1]}};
}

Result<PositionedFile> open_spool(const std::filesystem::path& folder) {
  static std::atomic<std::uint64_t> count{0};
  const auto path = folder / ("command-" + std::to_string(::getpid()) + "-" +
                              std::to_string(count.fetch_add(1)) + ".spool");
  GS_TRY(auto file, PositionedFile::open(path));
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) return os_error(error.value(), "unlinking", path);
  return file;
}

std::vector<std::string> environment_of(const CommandSpec& command) {
  std::vector<std::string> names{kPassedVariables.begin(), kPassedVariables.end()};
  names.insert(names.end(), command.environment.begin(), command.environment.end());
  std::vector<std::string> out;
  for (const std::string& name : names) {
    if (const char* value = std::getenv(name.c_str())) out.push_back(name + "=" + value);
  }
  return out;
}

std::vector<char*> pointers(std::vector<std::string>& words) {
  std::vector<char*> out;
  for (std::string& word : words) out.push_back(word.data());
  out.push_back(nullptr);
  return out;
}

/// What posix_spawn is told. No page of this process, which may hold keys, is ever copied.
class SpawnSetup {
 public:
  SpawnSetup(int out, int err) {
    ::posix_spawn_file_actions_init(&actions_);
    ::posix_spawnattr_init(&attributes_);
    note(::posix_spawn_file_actions_addopen(&actions_, 0, "/dev/null", O_RDONLY, 0));
    note(::posix_spawn_file_actions_adddup2(&actions_, out, 1));
    note(::posix_spawn_file_actions_adddup2(&actions_, err, 2));
    note(::posix_spawn_file_actions_addclosefrom_np(&actions_, 3));
    sigset_t none;
    sigset_t all;
    ::sigemptyset(&none);
    ::sigfillset(&all);
    note(::posix_spawnattr_setsigmask(&attributes_, &none));
    note(::posix_spawnattr_setsigdefault(&attributes_, &all));
    note(::posix_spawnattr_setpgroup(&attributes_, 0));
    note(::posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
  }
  SpawnSetup(const SpawnSetup&) = delete;
  SpawnSetup& operator=(const SpawnSetup&) = delete;
  ~SpawnSetup() {
    ::posix_spawn_file_actions_destroy(&actions_);
    ::posix_spawnattr_destroy(&attributes_);
  }

  /// 0 or the system's error.
  [[nodiscard]] int start(const CommandSpec& command, pid_t& pid) const {
    if (failure_ != 0) return failure_;
    auto words = command.argv;
    auto variables = environment_of(command);
    const auto argv = pointers(words);
    const auto environment = pointers(variables);
    return ::posix_spawnp(&pid, argv.front(), &actions_, &attributes_, argv.data(),
                          environment.data());
  }

 private:
  void note(int error) noexcept { failure_ = failure_ != 0 ? failure_ : error; }

  posix_spawn_file_actions_t actions_{};
  posix_spawnattr_t attributes_{};
  int failure_ = 0;
};

/// By its number: glibc 2.36 declares its function for C only. The descriptor is closed on exec.
FileDescriptor watch_exit(pid_t pid) {
  return FileDescriptor{static_cast<int>(::syscall(SYS_pidfd_open, pid, 0))};
}

/// A started program with its group. The group is killed and the program reaped on destruction.
class Child {
 public:
  explicit Child(pid_t pid) : pid_{pid}, exit_{watch_exit(pid)} {}
  Child(const Child&) = delete;
  Child& operator=(const Child&) = delete;
  ~Child() { (void)end(); }

  /// Readable when the program has ended.
  [[nodiscard]] int exit_fd() const noexcept { return exit_.get(); }
  /// Kills what is left of the group and returns the program's wait status. Before it is reaped
  /// neither its id nor the group's can belong to others.
  int end() {
    if (pid_ < 0) return status_;
    ::kill(-pid_, SIGKILL);
    while (::waitpid(pid_, &status_, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status_;
  }

 private:
  pid_t pid_;
  int status_ = 0;
  FileDescriptor exit_;
};

/// What the two pipes delivered.
class Output {
 public:
  Output(const CommandSpec& command, PositionedFile& spool) : command_{command}, spool_{spool} {}

  /// Takes what is there; closes the pipe at its end.
  Result<> take(FileDescriptor& pipe, bool is_error) {
    const ssize_t count = ::read(pipe.get(), piece_.data(), piece_.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return {};
    if (count < 0) return os_error(errno, "reading", "a pipe");
    if (count == 0) {
      pipe.close();
      return {};
    }
    const auto bytes = ByteView{piece_}.first(static_cast<std::size_t>(count));
    if (is_error) {
      error_.append(as_text(bytes));
      if (error_.size() > kErrorBytesKept) error_.erase(0, error_.size() - kErrorBytesKept);
      return {};
    }
    if (bytes.size() > command_.output_limit_bytes - written_) {
      return Error{BaseErrc::too_large, "the command wrote more than " +
                                            std::to_string(command_.output_limit_bytes) +
                                            " bytes"};
    }
    GS_CHECK(spool_.write_at(written_, bytes));
    written_ += bytes.size();
    return {};
  }

  /// ": line / line", the last ones of standard error; empty if there is none.
  [[nodiscard]] std::string last_errors() const {
    std::vector<std::string> lines;
    std::string_view rest = error_;
    while (!rest.empty()) {
      const std::size_t end = std::min(rest.find('\n'), rest.size());
      std::string_view line = rest.substr(0, end);
      if (line.ends_with('\r')) line.remove_suffix(1);
      if (!line.empty()) lines.push_back(cli::printable(line));
      rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    std::string out;
    const std::size_t skipped = lines.size() - std::min(lines.size(), kErrorLinesShown);
    for (std::size_t i = skipped; i < lines.size(); ++i) {
      out += (out.empty() ? ": " : " / ") + lines[i];
    }
    return out;
  }

 private:
  const CommandSpec& command_;
  PositionedFile& spool_;
  std::array<std::byte, kReadBytes> piece_{};
  std::uint64_t written_ = 0;
  std::string error_;
};

int milliseconds_until(SteadyTime deadline) {
  const auto left = std::chrono::ceil<std::chrono::milliseconds>(deadline -
                                                                 std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<std::int64_t>(left.count(), 0, 60'000));
}

/// Until the output has ended and the program too; standard error may be held open by others.
Result<> collect(const Child& child, Pipe& out, Pipe& err, Output& output, SteadyTime deadline) {
  bool ended = false;
  while (out.read_end.is_open() || !ended) {
    // poll skips negative descriptors, which closed ones have.
    std::array<pollfd, 3> waits{{{.fd = out.read_end.get(), .events = POLLIN, .revents = 0},
                                 {.fd = err.read_end.get(), .events = POLLIN, .revents = 0},
                                 {.fd = ended ? -1 : child.exit_fd(), .events = POLLIN,
                                  .revents = 0}}};
    const int wait = milliseconds_until(deadline);
    if (wait == 0) return BaseErrc::timed_out;
    const int ready = ::poll(waits.data(), waits.size(), wait);
    if (ready < 0 && errno != EINTR) return os_error(errno, "waiting for", "the command");
    if (ready <= 0) continue;
    if (waits[0].revents != 0) GS_CHECK(output.take(out.read_end, false));
    if (waits[1].revents != 0) GS_CHECK(output.take(err.read_end, true));
    if (waits[2].revents != 0) ended = true;
  }
  return {};
}

/// What is left in the pipe of standard error, without waiting.
Result<> drain_errors(Pipe& err, Output& output) {
  // A pipe holds 64 KiB; who goes on writing is not waited for.
  for (int reads = 0; reads < 16 && err.read_end.is_open(); ++reads) {
    pollfd wait{.fd = err.read_end.get(), .events = POLLIN, .revents = 0};
    if (::poll(&wait, 1, 0) <= 0) return {};
    GS_CHECK(output.take(err.read_end, true));
  }
  return {};
}

}  // namespace

Result<PositionedFile> output_of(const CommandSpec& command) {
  if (command.argv.empty()) {
    return Error{ParticipantErrc::source_unreadable, "the command names no program"};
  }
  const SteadyTime deadline = std::chrono::steady_clock::now() + command.timeout;
  GS_TRY(auto spool, open_spool(command.spool));
  GS_TRY(auto out, make_pipe());
  GS_TRY(auto err, make_pipe());
  pid_t pid = -1;
  const int failure = SpawnSetup{out.write_end.get(), err.write_end.get()}.start(command, pid);
  if (failure != 0) {
    return refused(command, "cannot be started: " + std::generic_category().message(failure));
  }
  Child child{pid};
  if (child.exit_fd() < 0) return os_error(errno, "watching", command.argv.front());
  out.write_end.close();
  err.write_end.close();
  Output output{command, spool};
  const auto done = collect(child, out, err, output, deadline);
  const int status = child.end();
  if (done || done.error() == BaseErrc::timed_out) GS_CHECK(drain_errors(err, output));
  if (done.has_error() && done.error() == BaseErrc::timed_out) {
    return Error{BaseErrc::timed_out,
                 refused(command, "did not end in its time").detail() + output.last_errors()};
  }
  GS_CHECK(done);
  if (WIFSIGNALED(status)) {
    return refused(command, "was ended by signal " + std::to_string(WTERMSIG(status)) +
                                output.last_errors());
  }
  if (WEXITSTATUS(status) != 0) {
    return refused(command, "ended with exit code " + std::to_string(WEXITSTATUS(status)) +
                                output.last_errors());
  }
  return spool;
}

}  // namespace guildsum::participant
