#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "tests/support/coordinator_process.hpp"
#include "tests/support/registrar_process.hpp"
#include "tests/support/shop_data.hpp"
#include "tests/support/shop_process.hpp"
#include "tests/support/temp_dir.hpp"

namespace guildsum::test {

struct FederationOptions {
  std::uint32_t shops = 6;
  std::uint32_t items = 24;
  std::uint32_t customers = 20;  ///< of each shop
  Settings coordinator{};        ///< of `serve`
  std::string shop{};            ///< more of each shop's configuration, TOML
  bool holds_out = false;        ///< each customer's last item is in `holdout.csv` only
  bool publishes_items = true;   ///< false: the shops keep a private vocabulary
  bool external_registrar = false;  ///< which each shop pins; it signs the first shops in
};

/// A whole federation of real processes in a temporary directory, over TLS on loopback. The
/// constructor returns when the coordinator serves and all shops have joined, run and are online.
///
/// Call `stop` at the end of a test: it ends everything in an orderly way and checks that nothing
/// crashed. When a case fails, the ends of all logs are printed.
class Federation {
 public:
  explicit Federation(FederationOptions options = {});
  ~Federation();
  Federation(const Federation&) = delete;
  Federation& operator=(const Federation&) = delete;

  [[nodiscard]] CoordinatorProcess& coordinator() { return *coordinator_; }
  /// With `external_registrar` only.
  [[nodiscard]] RegistrarProcess& registrar() { return *registrar_; }
  [[nodiscard]] ShopProcess& shop(std::size_t index) { return *shops_.at(index); }
  [[nodiscard]] ShopProcess& shop(const std::string& name);
  [[nodiscard]] std::size_t shops() const noexcept { return shops_.size(); }
  [[nodiscard]] const FederationOptions& options() const noexcept { return options_; }
  /// For what a test needs besides; removed with everything else.
  [[nodiscard]] std::filesystem::path path(const std::string& name) const {
    return directory_.path() / name;
  }

  /// Another shop with its orders, which has not joined yet.
  ShopProcess& add_shop();
  void await_online();
  static void await_online(ShopProcess& shop);
  /// Starts a task and waits for its end; Boost.Test records a failure unless it completed.
  boost::json::object run_task(const std::string& kind, const Settings& settings = {});
  /// Checks that this completed round opened exactly the sum of its survivors' vectors; the
  /// survivors' names.
  /// @param played  what shops that the test plays itself put in, by name
  std::vector<std::string> check_sum(
      std::uint64_t round, const std::map<std::string, std::vector<std::int64_t>>& played = {});
  /// The popularity sum over these shops, counted from what was written to their files.
  [[nodiscard]] std::vector<std::int64_t> counted(const std::vector<std::string>& names) const;

  /// Ends shops and coordinator with SIGTERM and checks their exit codes and logs.
  void stop();

 private:
  void print_logs() const;

  TempDir directory_;
  FederationOptions options_;
  std::unique_ptr<RegistrarProcess> registrar_;
  std::unique_ptr<CoordinatorProcess> coordinator_;
  std::vector<std::unique_ptr<ShopProcess>> shops_;
};

/// "shop-3": how the shops of a `Federation` are called.
[[nodiscard]] std::string shop_name(std::size_t index);

}  // namespace guildsum::test
