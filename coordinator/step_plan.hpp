#pragma once

#include <cstdint>
#include <string>

#include "coordinator/config.hpp"
#include "coordinator/round/round_plan.hpp"
#include "coordinator/store/rows.hpp"
#include "models/sum_task.hpp"
#include "protocol/roster.hpp"

namespace guildsum::coordinator {

/// What all rounds of a federation have in common.
struct FederationTerms {
  protocol::FederationId federation;
  std::string purpose;
  Digest vocabulary;  ///< SHA-256 of the published item list; zero in private mode
  RoundSettings rounds;
};

/// What a round continues.
struct StepState {
  RoundKey key;
  protocol::Epoch epoch;
  Digest previous_transcript;
  protocol::ModelVersion base_model;
  Digest lineage;
  BlobId model_root;     ///< checkpoint that the step starts from
  BlobId public_inputs;  ///< zero when the step has none
  Digest roster_head;
  std::uint32_t eligible = 0;  ///< shops that may take part
  /// Who they are, ascending, when some are left out after complaints; else empty.
  std::vector<ParticipantId> invited;
  Digest vocabulary_key;  ///< zero in published mode
  BlobId vocabulary;      ///< checkpoint of the shared rows; zero while there are none
};

/// How integers of this layout become ring elements and chunks, for sums over at most `n_max`
/// shops.
///
/// The ring is the smallest that provably holds the sum; chunks are close to 1 MiB.
/// @return ProtocolErrc::overflow_not_excluded if no ring does, models' wrong_shape for a bad
/// layout.
[[nodiscard]] Result<protocol::CodecParameters> plan_codec(const models::VectorLayout& layout,
                                                           std::uint32_t n_max);

/// Everything about the round of `request` that is fixed before the first check-in.
/// @return ProtocolErrc::too_few with both numbers if not enough shops are enrolled, and
/// `plan_codec`'s.
[[nodiscard]] Result<RoundPlan> plan_round(const FederationTerms& terms, const StepState& state,
                                           const models::TaskPlan& task,
                                           const models::SumRequest& request);

}  // namespace guildsum::coordinator
