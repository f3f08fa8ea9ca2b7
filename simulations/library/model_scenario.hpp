#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/config/reader.hpp"
#include "simulations/evaluation_settings.hpp"
#include "simulations/library/poisoning.hpp"

namespace guildsum::simulations {

/// An attack as a scenario file states it; its item is a stock code until the data is known.
struct ModelAttack {
  Poison poison;
  std::string item;  ///< stock code; empty = none
};

/// One key that takes several values, one run each.
struct SweepKey {
  std::string key;  ///< dotted; empty = no sweep
  std::vector<std::string> values;
};

/// A federation that trains a model on real purchases, as a file of simulations/scenarios says.
struct ModelScenario {
  std::string name;
  std::string set;                     ///< "online-retail"
  std::filesystem::path transactions;  ///< empty = the bundled ones
  std::string shops;                   ///< "country", "skew" or "32"
  double dropout = 0;                  ///< of each shop in each sum, after key sharing
  bool partial = false;                ///< each shop sells 60 % of the items
  std::string groups;                  ///< of the fairness audit: "none", "activity" or "country"
  EvaluationSettings settings;         ///< model, protocol and hyper-parameters
  /// Shops keep an EASE of their own where it is better on their validation baskets.
  bool guard = false;
  std::uint32_t bits = 0;              ///< of the fixed point; 0 where sums are whole numbers
  std::vector<std::string> compare;    ///< of "alone", "centralised", "popularity"
  /// Epochs (iALS) or rounds (BPR, softmax) after which the federated model is measured.
  std::vector<std::uint32_t> curve;
  std::vector<ModelAttack> attacks;  ///< each one by itself
  /// Noise under which the model is trained once more, each one by itself.
  std::vector<PrivacySettings> privacy;
  std::uint64_t seed = 1;
  SweepKey sweep;
};

/// Whether the file describes such a scenario (it has a section [data]) and not one of faults.
/// @return BaseErrc::not_found; invalid_config for text that is not TOML.
[[nodiscard]] Result<bool> is_model_scenario(const std::filesystem::path& file);

/// Reads a scenario file. Unknown keys, wrong types and values that do not fit together are
/// reported together.
/// @return BaseErrc::invalid_config with file, line, key and what was expected; not_found.
[[nodiscard]] Result<ModelScenario> load_model_scenario(const std::filesystem::path& file,
                                                        const config::Settings& overrides = {});

}  // namespace guildsum::simulations
