#include "coordinator/cli/watch.hpp"

#include <ostream>
#include <thread>

#include "base/cli/format.hpp"
#include "base/cli/progress.hpp"
#include "base/clock.hpp"
#include "base/errors.hpp"
#include "base/json.hpp"
#include "coordinator/cli/print.hpp"

namespace guildsum::coordinator {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kPoll{10'000};
constexpr milliseconds kReconnect{500};
/// How long a coordinator may be away: a restart takes seconds.
constexpr std::chrono::seconds kAway{60};

/// Polls, and rides out a restart of the coordinator.
class TaskFeed {
 public:
  TaskFeed(AdminClient& client, std::uint64_t task, cli::Progress& progress)
      : client_{client}, path_{"/v1/tasks/" + std::to_string(task)}, progress_{progress} {}

  /// The next state of the task; nothing when it did not change for a while.
  Result<std::optional<boost::json::object>> next() {
    const auto lost = clock_.steady_now();
    for (;;) {
      auto answer = ask();
      if (answer.has_value() || answer.error() != BaseErrc::unreachable) return answer;
      if (clock_.steady_now() - lost > kAway) return answer;
      progress_.note("the coordinator does not answer; waiting for its restart");
      std::this_thread::sleep_for(kReconnect);
      version_ = 0;
    }
  }

 private:
  Result<std::optional<boost::json::object>> ask() {
    std::string target = path_;
    if (version_ != 0) {
      target += "?after_version=" + std::to_string(version_) +
                "&wait_ms=" + std::to_string(kPoll.count());
    }
    GS_TRY(auto document, client_.poll(std::move(target), kPoll));
    // A version of 0 would ask without waiting; the next change still moves it on.
    if (document) version_ = std::max<std::uint64_t>(1, number_of(*document, "version"));
    return document;
  }

  AdminClient& client_;
  std::string path_;
  cli::Progress& progress_;
  SystemClock clock_;
  std::uint64_t version_ = 0;
};

void show(const boost::json::object& task, const boost::json::object& document,
          cli::Progress& progress) {
  const auto* round = document.if_contains("round");
  if (round != nullptr && round->is_object()) progress.note(describe_wait(round->as_object()));
  progress.update(number_of(task, "sums_done"));
}

std::string headline(const boost::json::object& task) {
  return "task " + text_of(task, "task") + " (" + text_of(task, "kind") + ")";
}

}  // namespace

cli::ExitCode exit_code_of_failure(std::string_view failure) noexcept {
  if (failure == "refused") return cli::ExitCode::privacy_refused;
  if (failure == "timed-out") return cli::ExitCode::timed_out;
  return cli::ExitCode::failed;
}

std::string describe_wait(const boost::json::object& round) {
  std::size_t waiting = array_of(round, "waiting_for").size();
  const std::size_t shops = array_of(round, "shops").size();
  std::string text = "round " + text_of(round, "round");
  if (number_of(round, "attempt") > 0)
    text += " (attempt " + std::to_string(number_of(round, "attempt") + 1) + ")";
  text += " " + text_of(round, "phase");
  if (waiting == 0) return text;
  waiting = std::min(waiting, shops);
  text += ", " + std::to_string(shops - waiting) + " of " + std::to_string(shops) +
          " shops, need " + text_of(round, "waiting_for");
  if (json::has(round, "deadline_in_ms")) {
    const milliseconds left{static_cast<std::int64_t>(number_of(round, "deadline_in_ms"))};
    text += "; gives up in " + cli::format_duration(left);
  }
  return text;
}

Result<cli::ExitCode> watch_task(const cli::Invocation& invocation, AdminClient& client,
                                 std::uint64_t task) {
  GS_TRY(auto first, client.get("/v1/tasks/" + std::to_string(task)));
  GS_TRY(const auto* started, json::object_at(first, "task"));
  const SystemClock clock;
  cli::Progress progress{{.label = headline(*started),
                          .total = number_of(*started, "sums_total"),
                          .unit = "sums",
                          .mode = invocation.global.progress},
                         clock,
                         cli::ProgressTarget::standard_error()};
  TaskFeed feed{client, task, progress};
  for (;;) {
    GS_TRY(const auto document, feed.next());
    if (!document) continue;
    GS_TRY(const auto* state, json::object_at(*document, "task"));
    show(*state, *document, progress);
    const std::string status = text_of(*state, "status");
    if (status == "running") continue;
    progress.note({});
    progress.finish();
    if (status == "failed") {
      invocation.err << "guildsum-coordinator: " << cli::printable(headline(*state))
                     << " failed: " << cli::printable(text_of(*state, "reason")) << '\n';
      return exit_code_of_failure(text_of(*state, "failure"));
    }
    if (!print_as_json(invocation, *state)) {
      invocation.out << headline(*state) << " " << status << ": " << text_of(*state, "sums_done")
                     << " sums, model blob " << text_of(*state, "checkpoint") << '\n';
    }
    return cli::ExitCode::ok;
  }
}

}  // namespace guildsum::coordinator
