#pragma once

#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "participant/remote/remote.hpp"

namespace guildsum::participant {

/// The descriptions of the rounds that this shop accepted, as signed by the coordinator: what a
/// later one is held against. The newest ones are kept; they hold no data of the shop. Not thread
/// safe.
class SeenRounds {
 public:
  static constexpr std::size_t kFilesMax = 256;

  /// Creates the directory.
  [[nodiscard]] static Result<std::unique_ptr<SeenRounds>> open(
      const std::filesystem::path& directory);

  /// Durable when it returns. Forgets the oldest one beyond the limit.
  [[nodiscard]] Result<> keep(const protocol::RoundDescription& description);
  /// A description of the same step (lineage, step kind, step number) with another state root: the
  /// two together prove that the coordinator asked for one step in two states. The oldest one.
  [[nodiscard]] Result<std::optional<protocol::RoundDescription>> other_state_of(
      const protocol::StateRoot& state) const;

 private:
  explicit SeenRounds(std::filesystem::path directory) : directory_{std::move(directory)} {}
  [[nodiscard]] std::filesystem::path file_of(const AttemptId& attempt) const;

  std::filesystem::path directory_;
  std::vector<AttemptId> kept_;  ///< ascending
};

}  // namespace guildsum::participant
