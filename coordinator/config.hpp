#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/config/reader.hpp"
#include "base/log.hpp"
#include "protocol/descriptor.hpp"

namespace guildsum::coordinator {

/// Where a listener binds. Port 0 lets the system choose.
struct ListenAddress {
  std::string address = "127.0.0.1";
  std::uint16_t port = 0;

  /// `127.0.0.1:8443`, `[::1]:8443`. BaseErrc::malformed otherwise.
  [[nodiscard]] static Result<ListenAddress> parse(std::string_view text);
  /// The form that `parse` reads.
  [[nodiscard]] std::string text() const;
  /// `https://address:port`.
  [[nodiscard]] std::string url() const;
};

/// When a round may start, and how often a failed one is repeated.
struct RoundSettings {
  std::uint32_t cohort_min = 5;     ///< least check-ins
  std::uint32_t corrupt = 0;        ///< c; 0 = max(1, a tenth of the shops)
  bool allow_tiny_cohorts = false;  ///< 3 or 4 shops, which hides little
  std::uint32_t attempts_max = 3;
  /// How long all survivors of a certified sum that did not open are waited for.
  std::chrono::milliseconds repair_deadline{600'000};
  protocol::PhaseDeadlines deadlines;
};

/// What bounds the work that shops can cause.
struct Limits {
  std::uint32_t upload_slots = 16;  ///< chunks that are verified and written at the same time
  std::uint32_t connections_max = 2048;
  std::uint32_t customers_max = 1'000'000;  ///< most customers one shop may contribute to a sum
};

/// How the shops know which items a model is about.
enum class CatalogueMode : std::uint8_t {
  published = 1,           ///< The operator publishes the item list.
  private_vocabulary = 2,  ///< The shops share it under a key that the coordinator never has.
};

/// coordinator.toml, complete. Paths are absolute or relative to the working directory.
struct Config {
  std::string federation_name;
  std::string purpose;  ///< what shops agree to at enrolment; named in every round by digest
  std::filesystem::path directory;  ///< keys, ledger, blobs, spool
  ListenAddress shops;
  std::string public_url;                 ///< what join tokens name; empty = the bound address
  std::vector<std::string> server_names;  ///< further DNS names of the shops' listener
  ListenAddress admin;
  RoundSettings rounds;
  Limits limits;
  CatalogueMode catalogue_mode = CatalogueMode::published;
  std::filesystem::path catalogue;  ///< the published item list; empty = none yet
  std::chrono::milliseconds invitation_validity{};
  std::chrono::milliseconds roster_head_validity{};
  LogOptions log;
};

inline constexpr std::string_view kConfigFile = "coordinator.toml";

/// What a configuration says, and where each value came from.
struct LoadedConfig {
  Config config;
  std::vector<config::EffectiveValue> effective;
};

/// Reads and checks everything; all problems are in one error.
/// @return BaseErrc::invalid_config or not_found.
[[nodiscard]] Result<LoadedConfig> load_config(const config::Sources& sources);

/// The file that `init` writes: every key that an operator is likely to change, with its meaning.
[[nodiscard]] std::string config_template(std::string_view federation_name,
                                          const ListenAddress& shops, const ListenAddress& admin,
                                          bool with_catalogue);

}  // namespace guildsum::coordinator
