#pragma once

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/config/reader.hpp"
#include "protocol/descriptor.hpp"
#include "simulations/faults/attackers.hpp"
#include "simulations/faults/lying_coordinator.hpp"

namespace guildsum::simulations {

using std::chrono::milliseconds;

/// How often what goes wrong, as probabilities. Nothing goes wrong after `until`.
struct FaultRates {
  milliseconds until{120'000};  ///< of virtual time
  double lose_request = 0;      ///< of each request of a shop, on its way to the coordinator
  double lose_answer = 0;       ///< of each answer on its way back
  double delay = 0;             ///< of each request, by up to `delay_max`: later ones overtake it
  milliseconds delay_max{15'000};
  double duplicate = 0;          ///< of each request: the same bytes again within `delay_max`
  double shop_crash = 0;         ///< at each step that a shop carries out, torn writes included
  double coordinator_crash = 0;  ///< at each transaction of the ledger, before or after its commit
  double ledger_failure = 0;  ///< of each transaction, before its commit or in place of its answer
  double upload_lost = 0;     ///< of each complete upload: the disk damages it afterwards
  double partition = 0;       ///< of each shop: it is cut off once
  milliseconds partition_max{30'000};
  double departure = 0;           ///< of each shop in each round, in one of the six phases
  milliseconds departure_max{0};  ///< after which the shop is back; 0 = never
  double departure_for_good = 0;  ///< of each departure: the shop never comes back
  double slow = 0;                ///< of each shop: everything takes ten times as long
  milliseconds skew_max{0};       ///< each wall clock is up to this far off
};

/// One sweep over a key of [faults].
struct SweepAxis {
  std::string key;  ///< empty = no sweep
  std::vector<double> values;
};

/// A part of all shops, drawn by the seed.
struct AttackerShare {
  double share = 0;  ///< 0 to 1
  AttackKind kind = AttackKind::garbage;
};

/// What of a federation is run.
enum class RunMode : std::uint8_t {
  masked,           ///< all of it
  arithmetic_only,  ///< the codec, sums and steps of the model: no masks, signatures or messages
};

/// A federation and what happens to it, as a file of simulations/scenarios says.
struct Scenario {
  std::string name;
  RunMode mode = RunMode::masked;
  std::uint32_t shops_min = 5;  ///< each seed draws from shops_min to shops_max
  std::uint32_t shops_max = 8;
  std::uint32_t rounds = 2;          ///< sums that the task asks for
  std::uint32_t vector_length = 32;  ///< d, even
  std::uint32_t cohort_min = 5;
  std::uint32_t corrupt = 0;  ///< c; 0 = the product's default
  std::uint32_t attempts_max = 3;
  milliseconds repair_deadline{20'000};
  protocol::PhaseDeadlines deadlines;
  milliseconds latency_min{5};
  milliseconds latency_max{80};
  milliseconds restart_max{8'000};  ///< how long a crashed program is down at most
  FaultRates faults;
  std::vector<Attacker> attackers;
  std::optional<CoordinatorLie> lie{};  ///< what the coordinator tries
  std::vector<AttackerShare> attacker_shares;  ///< of the other shops
  SweepAxis sweep;
  std::uint32_t seeds = 1;  ///< how many seeds a run takes unless the command line says so

  /// One attempt's phases, one after the other.
  [[nodiscard]] milliseconds attempt_deadline() const noexcept;
  [[nodiscard]] milliseconds deadline_max() const noexcept;
};

/// Reads a scenario file. Unknown keys, wrong types and values that do not fit together are
/// reported together. Without masks, which `mode` or the file says, there may be many more shops.
/// @return BaseErrc::invalid_config with file, key and what was expected; not_found.
[[nodiscard]] Result<Scenario> load_scenario(const std::filesystem::path& file,
                                             const config::Settings& overrides = {},
                                             RunMode mode = RunMode::masked);

/// The scenario with another value under a key of [faults]; BaseErrc::invalid_argument for a key
/// that is no probability.
[[nodiscard]] Result<Scenario> with_fault_rate(Scenario scenario, const std::string& key,
                                               double value);

}  // namespace guildsum::simulations
