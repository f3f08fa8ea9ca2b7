#pragma once

#include <cstdint>
#include <vector>

#include "models/task_plan.hpp"
#include "protocol/descriptor.hpp"
#include "simulations/faults/scenario.hpp"

/// The task that simulated rounds belong to: item vectors of one factor, whose sums are small and
/// whose steps follow each other in one lineage.
namespace guildsum::simulations {

[[nodiscard]] models::TaskPlan plan_of(const Scenario& scenario);
[[nodiscard]] Result<protocol::CodecParameters> codec_of(const Scenario& scenario,
                                                         std::size_t shops);
/// The stream of `FaultPlan::draw` that seeds all inputs of a run.
inline constexpr std::uint64_t kInputStream = 12;
/// A shop's input [d]: 1 in its own place, 0 in the other shops', small numbers behind them; one
/// customer.
[[nodiscard]] std::vector<std::int64_t> input_of(std::uint64_t seed, std::uint32_t shop,
                                                 std::uint32_t shops, std::uint64_t step,
                                                 std::size_t length);

/// Inputs for studies without masks: what all shops have in common, from -8 to 8, and each shop's
/// own noise from -3 to 3; one customer.
class StudyInputs {
 public:
  StudyInputs(std::uint64_t seed, std::uint64_t step, std::size_t length);
  [[nodiscard]] std::vector<std::int64_t> of(std::uint32_t shop) const;

 private:
  std::uint64_t seed_;
  std::uint64_t step_;
  std::vector<std::int64_t> common_;
};

/// Whether the step that starts at `checkpoint` leads to `root` with this sum over `survivors`
/// shops, whoever was in the sum before.
[[nodiscard]] bool reproduces(const protocol::RoundDescriptor& descriptor, ByteView plan,
                              ByteView checkpoint, ByteView packed_sum, std::uint32_t survivors,
                              const protocol::BlobId& root);

}  // namespace guildsum::simulations
