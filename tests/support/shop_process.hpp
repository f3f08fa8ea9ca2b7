#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include <boost/json.hpp>

#include "base/net/http.hpp"
#include "tests/support/coordinator_process.hpp"

namespace guildsum::test {

/// One shop's `guildsum-participant` with its folder: `participant.toml`, `orders.csv`, `data/`.
class ShopProcess {
 public:
  /// Makes the folder and the configuration. `orders.csv` is for the caller to write.
  /// @param more  further sections of the configuration, TOML
  ShopProcess(std::string name, std::filesystem::path folder, const std::string& more = {});

  /// Runs `join`; the caller looks at the exit code.
  [[nodiscard]] Finished join(const std::string& token) const;
  /// Runs `serve` and waits until the agent answers on loopback.
  void start(const Settings& settings = {});
  void kill() { process_->kill(); }
  [[nodiscard]] int stop() { return process_->stop(); }
  [[nodiscard]] ChildProcess& process() { return *process_; }
  [[nodiscard]] bool is_started() const noexcept { return process_ != nullptr; }

  /// One command, such as {"check-data"}.
  [[nodiscard]] Finished run(std::vector<std::string> arguments) const;
  /// GET on the agent's API on loopback, whatever the status.
  [[nodiscard]] net::Response get(const std::string& target) const;
  /// GET /v1/status
  [[nodiscard]] boost::json::object status() const;
  [[nodiscard]] bool is_online() const;
  /// The vector that went into the sum, before it was masked (`outbox.keep_plain`).
  [[nodiscard]] std::vector<std::int64_t> plain(std::uint64_t round, std::uint64_t attempt) const;

  [[nodiscard]] const std::string& name() const noexcept { return name_; }
  [[nodiscard]] const std::filesystem::path& folder() const noexcept { return folder_; }
  [[nodiscard]] std::filesystem::path agent_dir() const { return folder_ / "data"; }
  [[nodiscard]] std::filesystem::path config_file() const { return folder_ / "participant.toml"; }
  [[nodiscard]] std::filesystem::path orders_file() const { return folder_ / "orders.csv"; }
  [[nodiscard]] std::filesystem::path log_file() const { return folder_ / "agent.log"; }
  [[nodiscard]] std::string log() const { return text_of(log_file()); }
  void await_log(std::string_view text, std::size_t from = 0) const;

 private:
  std::string name_;
  std::filesystem::path folder_;
  std::unique_ptr<ChildProcess> process_;
};

}  // namespace guildsum::test
