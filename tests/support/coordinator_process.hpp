#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include <boost/json.hpp>

#include "base/result.hpp"
#include "tests/support/child_process.hpp"

namespace guildsum::test {

/// `--set KEY=VALUE`
using Settings = std::vector<std::pair<std::string, std::string>>;

/// A running `guildsum-coordinator` with its directory. It keeps its port over restarts, as shops
/// know it by its address. Functions that cannot do what they say throw std::runtime_error, which
/// fails the test.
class CoordinatorProcess {
 public:
  /// Runs `init`; the directory and a log of that name beside it are made. Without a catalogue no
  /// item list is published.
  /// @param registrar  the public key of an external registrar
  CoordinatorProcess(std::filesystem::path directory, const std::filesystem::path& catalogue,
                     Settings settings, const std::string& registrar = {});

  /// Runs `serve` and waits until it answers.
  void start();
  void kill() { process_->kill(); }
  void restart() {
    kill();
    start();
  }
  /// SIGTERM; the exit code.
  [[nodiscard]] int stop() { return process_->stop(); }
  [[nodiscard]] ChildProcess& process() { return *process_; }
  [[nodiscard]] bool is_started() const noexcept { return process_ != nullptr; }

  /// One command, such as {"shop", "list"}.
  [[nodiscard]] Finished run(std::vector<std::string> arguments) const;
  /// GET on the operator's API.
  [[nodiscard]] boost::json::object get(const std::string& path) const;
  /// The join token for a shop, from `shop invite`; with `renew`, for a member.
  [[nodiscard]] std::string invite(const std::string& shop, bool renew = false) const;
  /// `round start`; the task's number.
  [[nodiscard]] std::uint64_t start_task(const std::string& kind,
                                         const Settings& settings = {}) const;
  /// Waits until the task is no longer running; its document.
  [[nodiscard]] boost::json::object finish_task(std::uint64_t task) const;
  /// Waits until this round (any attempt) is in this phase or over; its document.
  [[nodiscard]] boost::json::object await_phase(std::uint64_t round, std::string_view phase) const;
  /// The round's document; nothing when there is no such round yet.
  [[nodiscard]] std::optional<boost::json::object> round(std::uint64_t number) const;
  /// The numbers that the round opened, from `round show --sum`.
  [[nodiscard]] std::vector<std::int64_t> opened_sum(std::uint64_t round) const;

  [[nodiscard]] const std::filesystem::path& directory() const noexcept { return directory_; }
  [[nodiscard]] std::filesystem::path log_file() const { return directory_.string() + ".log"; }
  [[nodiscard]] std::string log() const { return text_of(log_file()); }
  /// Waits for a line of the log that holds this text, written after byte `from`.
  void await_log(std::string_view text, std::size_t from = 0) const;
  [[nodiscard]] std::uint16_t port() const noexcept { return port_; }
  /// https://127.0.0.1:port
  [[nodiscard]] std::string url() const;

 private:
  [[nodiscard]] bool try_to_start();
  [[nodiscard]] Result<boost::json::object> ask(const std::string& path) const;

  std::filesystem::path directory_;
  Settings settings_;
  std::uint16_t port_ = 0;
  bool has_served_ = false;
  std::unique_ptr<ChildProcess> process_;
};

/// build/<preset>/bin/NAME
[[nodiscard]] std::filesystem::path program_file(const std::string& name);
/// The text under `key`; empty when it is absent or null.
[[nodiscard]] std::string text_at(const boost::json::object& object, std::string_view key);
[[nodiscard]] std::uint64_t number_at(const boost::json::object& object, std::string_view key);
/// The texts of an array of names.
[[nodiscard]] std::vector<std::string> names_at(const boost::json::object& object,
                                                std::string_view key);

}  // namespace guildsum::test
