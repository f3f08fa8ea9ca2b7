#pragma once

#include <array>
#include <chrono>
#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "protocol/ids.hpp"

namespace guildsum::protocol {

/// What the coordinator starts from and asks to compute; a sum is opened at most once per
/// (lineage, step kind, step number), whatever the other fields say (docs/protocol.md section 6).
struct StateRoot {
  Digest lineage;     ///< `lineage_of` epoch and first checkpoint: names the training run
  BlobId model_root;  ///< Merkle root of the task's checkpoint before this step
  std::string
      step_kind;  ///< "popularity.counts", "ease.gram", "ials.gradient", "gradient.delta"...
  std::uint64_t step_number = 0;
  BlobId public_inputs;  ///< Merkle root of the public inputs (zero when the step has none)
  friend bool operator==(const StateRoot&, const StateRoot&) = default;
};

/// How integers become ring elements and bytes.
struct CodecParameters {
  std::uint8_t ring_bits = 32;           ///< R
  std::uint8_t value_bits = 24;          ///< b: a shop's value lies in +-(2^(b-1) - 1)
  std::uint64_t clip_norm_milli = 0;     ///< L2 clip norm x 1000 of the clipped segments, 0 = none
  std::uint32_t weight_cap = 1;          ///< w_max
  std::uint32_t chunk_values = 262'144;  ///< values per chunk, a multiple of 64
  std::uint64_t vector_length = 0;       ///< d
  Digest layout;                         ///< SHA-256 of the layout's canonical bytes
  friend bool operator==(const CodecParameters&, const CodecParameters&) = default;
};

/// Differential privacy of this sum. Disabled: all zero.
struct PrivacyParameters {
  bool enabled = false;
  std::uint64_t noise_variance_micro = 0;  ///< mu x 10^6 (Skellam), over all survivors
  std::uint64_t unit_clip_milli = 0;       ///< per-customer L2 clip x 1000
  friend bool operator==(const PrivacyParameters&, const PrivacyParameters&) = default;
};

/// One deadline per phase, counted by the coordinator from the phase's start.
struct PhaseDeadlines {
  std::chrono::milliseconds check_in{60'000};
  std::chrono::milliseconds share{60'000};
  std::chrono::milliseconds masked_input{600'000};
  std::chrono::milliseconds certify{60'000};
  std::chrono::milliseconds unmask{60'000};
  std::chrono::milliseconds vote{30'000};
  friend bool operator==(const PhaseDeadlines&, const PhaseDeadlines&) = default;
};

/// The round, completely; canonical bytes are signed by the coordinator and hashed to
/// `RoundDigest`. Readable by every cohort member; kept for ever in the transcript.
struct RoundDescriptor {
  std::uint16_t protocol_version = 1;
  std::uint16_t suite = 1;
  FederationId federation;
  Epoch epoch;
  RoundId round;
  Attempt attempt;
  Digest previous_transcript;
  std::string task_kind;  ///< "popularity", "ease", "ials", "vocabulary", "bpr", "softmax",
                          ///< "evaluation", "transitions"
  Digest purpose;         ///< SHA-256 of the purpose statement the shops agreed to
  ModelVersion base_model;
  StateRoot state;
  Digest training_plan;  ///< SHA-256 of the plan's canonical bytes
  CodecParameters codec;
  PrivacyParameters privacy;
  Digest vocabulary_key;  ///< zero in published-catalogue mode; else SHA-256("vocab-key" || K)
  /// SHA-256 of the published item list; in private mode the Merkle root of the rows' checkpoint,
  /// zero for the histogram that leads to it.
  Digest vocabulary;
  Digest roster_head;
  Digest check_ins;                        ///< SHA-256 over the n signed check-ins in cohort order
  std::array<std::byte, 32> graph_seed{};  ///< zero for the full graph
  std::uint32_t n = 0;
  std::uint32_t k = 0;      ///< neighbours of each participant: n - 1 on the full graph
  std::uint32_t c = 0;      ///< assumed corrupt shops
  std::uint32_t t = 0;      ///< Shamir threshold
  std::uint32_t q = 0;      ///< certificate quorum
  std::uint32_t s_min = 0;  ///< least number of survivors
  PhaseDeadlines deadlines;
  friend bool operator==(const RoundDescriptor&, const RoundDescriptor&) = default;
};

/// floor((n + c) / 2) + 1, from n and never from |U1|: both t and q.
[[nodiscard]] constexpr std::uint32_t majority_threshold(std::uint32_t n,
                                                         std::uint32_t c) noexcept {
  return (n + c) / 2 + 1;
}
/// max(1, ceil(active / 10)).
[[nodiscard]] constexpr std::uint32_t default_corrupt(std::uint32_t active) noexcept {
  return active <= 10 ? 1 : (active + 9) / 10;
}

/// The bytes that are signed and hashed.
[[nodiscard]] Bytes canonical_bytes(const RoundDescriptor& descriptor);
[[nodiscard]] Result<RoundDescriptor> parse_descriptor(ByteView canonical);
[[nodiscard]] RoundDigest round_digest(const RoundDescriptor& descriptor);

/// The descriptor as a shop must find it whoever sent it: supported version and suite, n within
/// limits, t and q as recomputed, s_min rules, R and chunk size valid, s_min - c >= 3.
/// @return ProtocolErrc::bad_descriptor with the field's name.
[[nodiscard]] Result<> check_descriptor(const RoundDescriptor& descriptor, bool allow_tiny_cohorts);

}  // namespace guildsum::protocol
