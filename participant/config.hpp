#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "base/cli/command_line.hpp"
#include "base/config/reader.hpp"
#include "participant/round/policy.hpp"
#include "participant/source/csv_source.hpp"

namespace guildsum::participant {

/// What `serve` recommends from.
struct ServingConfig {
  std::string address = "127.0.0.1";  ///< Loopback only: the API has no login.
  std::uint16_t port = 0;             ///< 0 lets the system choose; see endpoints.json.
  /// "auto" takes what is best on the shop's own hold-out, and the newest model where there is
  /// none, but the shop's own where that is better than every shared one; else "popularity",
  /// "ease", "ials", "bpr", "softmax" or "alone", the shop's own.
  std::string model = "auto";
  std::vector<std::string> stock;  ///< Item ids the shop sells; empty means the whole list.
  double own_weight = 0;           ///< gamma: how many times the shop's own Gram is added (EASE).
  std::uint32_t pairs_min = 0;     ///< Pairs with fewer common customers count as none (EASE).
};

/// Everything in participant.toml.
struct Config {
  std::filesystem::path dir;  ///< The agent's private directory.
  std::vector<SourceConfig> sources;
  std::optional<std::filesystem::path> consent_file;  ///< Decisions, read at each start.
  std::optional<std::filesystem::path> holdout;  ///< Later purchases, for evaluation only.
  bool keep_plain = false;  ///< Demonstration: the unmasked vector stays in DIR/outbox.
  ServingConfig serving;
  ParticipantPolicy policy;       ///< `purpose` is set from the enrolment.
  /// The registrar's key, learnt from its keeper and not from the coordinator; another registrar,
  /// or one inside the coordinator, is then refused.
  std::optional<crypto::VerifyKey> registrar;
  bool report_refusals = true;    ///< Tell the operator the code of each refusal, nothing else.
  bool hold_after_share = false;  ///< Demonstration: stop moving after the share message.
  LogLevel log_level = LogLevel::info;
};

/// The file named by `--config`, or participant.toml in the working directory, with `--set` and the
/// environment on top. Every problem is in the one error.
[[nodiscard]] Result<Config> load_config(const cli::GlobalOptions& options);
/// The same with the reader, for `check-config --effective`.
struct ReadConfig {
  Config config;
  std::vector<config::EffectiveValue> effective;
};
[[nodiscard]] Result<ReadConfig> read_config(const config::Sources& sources);
[[nodiscard]] config::Sources config_sources(const cli::GlobalOptions& options);

}  // namespace guildsum::participant
