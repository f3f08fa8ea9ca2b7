#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "coordinator/store/ledger.hpp"
#include "models/metrics.hpp"
#include "models/task_plan.hpp"

/// What a federation of real processes on this machine left in its directories, as `./quickstart`
/// lays them out: `coordinator/`, `shop-<name>/data/`, `data/`. Read only; works beside running
/// programs.
namespace guildsum::simulations {

/// One shop, from its agent's private store.
struct ShopRun {
  std::string name;
  protocol::ParticipantId identity;
  std::filesystem::path directory;  ///< the agent's
  std::uint64_t bytes_up = 0;
  models::Quality popularity{};  ///< on the shop's hold-out, as the agent measured it
  models::Quality alone{};       ///< EASE from this shop's purchases only
  models::Quality ease{};        ///< the shared EASE model
  models::Quality ials{};        ///< the shared iALS model
};

/// One completed secure sum, from the coordinator's ledger.
struct SumRun {
  protocol::RoundId round;
  protocol::Attempt attempt;
  std::string task_kind{};
  protocol::CodecParameters codec{};
  protocol::BlobId sum{};
  std::vector<std::string> survivors{};  ///< names of U2
  std::vector<std::string> recovered{};  ///< names of sharers whose masks were recovered
};

/// A released model: what it was trained as, and its checkpoint.
struct ReleasedRun {
  models::TaskPlan plan;
  Bytes checkpoint;
};

struct FederationRun {
  std::filesystem::path directory;
  std::vector<ShopRun> shops;  ///< as `shop list` orders them, without shops that have no directory
  std::vector<SumRun> sums;    ///< ascending round
  std::optional<ReleasedRun> ease;
  std::optional<models::TaskPlan> ials;  ///< of the newest iALS model
};

/// @return BaseErrc::not_found when a shop has no evaluation of a model yet (its agent is still at
///   it), corrupt for a blob that is not what its address says, and the errors of the stores.
[[nodiscard]] Result<FederationRun> read_run(const std::filesystem::path& directory);

/// The opened sum against the sum of the survivors' unmasked vectors, which agents keep under
/// `outbox.keep_plain`.
struct SumComparison {
  bool equal = false;
  std::uint64_t values = 0;
};
/// @return BaseErrc::not_found naming a plain vector that was not kept.
[[nodiscard]] Result<SumComparison> compare_with_plain(const FederationRun& run, const SumRun& sum);

}  // namespace guildsum::simulations
