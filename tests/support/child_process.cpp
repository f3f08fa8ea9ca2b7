#include "tests/support/child_process.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <iterator>
#include <stdexcept>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace guildsum::test {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kLookAgain{10};
constexpr int kNotStarted = 127;

/// Everything that the child needs is made before the fork.
pid_t spawn(const std::filesystem::path& program, const std::vector<std::string>& arguments,
            int out, int err) {
  std::string name = program.string();
  std::vector<std::string> words = arguments;
  std::vector<char*> argv{name.data()};
  for (std::string& word : words) argv.push_back(word.data());
  argv.push_back(nullptr);
  const pid_t parent = ::getpid();
  const pid_t pid = ::fork();
  if (pid < 0) throw std::runtime_error{"fork: " + std::string{std::strerror(errno)}};
  if (pid > 0) return pid;
  ::prctl(PR_SET_PDEATHSIG, SIGKILL);
  if (::getppid() != parent) ::_exit(kNotStarted);
  const int nothing = ::open("/dev/null", O_RDONLY);
  if (::dup2(nothing, 0) < 0 || ::dup2(out, 1) < 0 || ::dup2(err, 2) < 0) ::_exit(kNotStarted);
  ::execv(argv.front(), argv.data());
  ::_exit(kNotStarted);
}

int exit_code_of(int status) {
  return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}

/// The wait status, once the process is gone; false when the time is over.
bool reap(pid_t pid, milliseconds at_most, int& status) {
  return eventually([&] { return ::waitpid(pid, &status, WNOHANG) == pid; }, at_most);
}

std::string content_of(int fd) {
  std::string text(static_cast<std::size_t>(::lseek(fd, 0, SEEK_END)), '\0');
  const auto got = ::pread(fd, text.data(), text.size(), 0);
  text.resize(got > 0 ? static_cast<std::size_t>(got) : 0);
  ::close(fd);
  return text;
}

pid_t spawn_with_log(const std::filesystem::path& program,
                     const std::vector<std::string>& arguments, const std::filesystem::path& log) {
  const int fd = ::open(log.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) throw std::runtime_error{"cannot write " + log.string()};
  const pid_t pid = spawn(program, arguments, fd, fd);
  ::close(fd);
  return pid;
}

}  // namespace

bool eventually(const std::function<bool()>& condition, milliseconds at_most) {
  const auto give_up = std::chrono::steady_clock::now() + at_most;
  while (!condition()) {
    if (std::chrono::steady_clock::now() >= give_up) return false;
    std::this_thread::sleep_for(kLookAgain);
  }
  return true;
}

Finished run_program(const std::filesystem::path& program,
                     const std::vector<std::string>& arguments) {
  const int out = ::memfd_create("out", MFD_CLOEXEC);
  const int err = ::memfd_create("err", MFD_CLOEXEC);
  const pid_t pid = spawn(program, arguments, out, err);
  int status = 0;
  const bool ended = reap(pid, kPatience, status);
  if (!ended) {
    ::kill(pid, SIGKILL);
    ::waitpid(pid, &status, 0);
  }
  Finished finished{exit_code_of(status), content_of(out), content_of(err)};
  if (!ended) throw std::runtime_error{program.string() + " did not end; " + finished.err};
  if (finished.exit_code == kNotStarted) throw std::runtime_error{"no " + program.string()};
  return finished;
}

ChildProcess::ChildProcess(const std::filesystem::path& program,
                           const std::vector<std::string>& arguments, std::filesystem::path log)
    : pid_{spawn_with_log(program, arguments, log)}, log_{std::move(log)} {}

bool ChildProcess::running() {
  if (running_ && ::waitpid(pid_, &status_, WNOHANG) == pid_) running_ = false;
  return running_;
}

void ChildProcess::kill() {
  if (!running()) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, &status_, 0);
  running_ = false;
}

int ChildProcess::wait() {
  if (running_ && !reap(pid_, kPatience, status_)) {
    kill();
    throw std::runtime_error{"process " + std::to_string(pid_) + " did not end; " + log()};
  }
  running_ = false;
  return exit_code_of(status_);
}

int ChildProcess::stop() {
  if (running()) ::kill(pid_, SIGTERM);
  return wait();
}

void ChildProcess::freeze() {
  if (running()) ::kill(pid_, SIGSTOP);
}

void ChildProcess::thaw() {
  if (running()) ::kill(pid_, SIGCONT);
}

std::string ChildProcess::log() const { return text_of(log_); }

std::string text_of(const std::filesystem::path& file) {
  std::ifstream in{file, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

std::size_t count_in(std::string_view text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string_view::npos; at = text.find(part, at + 1)) {
    ++count;
  }
  return count;
}

}  // namespace guildsum::test
