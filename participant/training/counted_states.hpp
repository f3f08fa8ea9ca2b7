#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "participant/kept_inputs.hpp"
#include "protocol/descriptor.hpp"

namespace guildsum::participant {

/// This shop's whole values at the sums of cumulative steps that it may be counted in, one sealed
/// file per round, so that a later delta is against exactly what the sum holds
/// (docs/decisions/0015-delta-grams.md). Which file counts is the journal's to say: nothing here
/// moves when a round is counted. Not thread safe.
///
/// In a file: a piece of 32 bytes vocabulary and u64 number of values, then pieces of values, u32
/// little-endian.
class CountedStates {
 public:
  /// As `KeptInputs::open`.
  [[nodiscard]] static Result<CountedStates> open(const std::filesystem::path& directory,
                                                  const std::filesystem::path& key_file,
                                                  Random& random);

  /// Durable when it returns; what was kept of this round before is replaced.
  /// @param values  [d], each from 0 to 2^32 - 1
  [[nodiscard]] Result<> keep(const protocol::RoundDescriptor& round,
                              std::span<const std::int64_t> values, Random& random) const;
  /// A repair's state is that of the round it repairs.
  [[nodiscard]] Result<> copy(const protocol::RoundDigest& from, const protocol::RoundDigest& to,
                              Random& random) const;
  /// Takes the state of round `base` away from `values`, in place.
  /// @return the number of values that are not 0 then; ParticipantErrc::spool_lost if the state is
  ///   not there or not as it was written, catalogue_mismatch if it is about other items than
  ///   `round`. The values are of no use after an error.
  [[nodiscard]] Result<std::uint64_t> subtract(const protocol::RoundDigest& base,
                                               const protocol::RoundDescriptor& round,
                                               std::span<std::int64_t> values) const;
  /// Whether the state of round `base` is there and this agent's own; what is behind its first
  /// piece is checked when it is used.
  [[nodiscard]] bool holds(const protocol::RoundDigest& base) const;
  /// Removes the states of all other rounds.
  [[nodiscard]] Result<> sweep(std::span<const protocol::RoundDigest> keep) const {
    return files_.sweep(keep);
  }

 private:
  explicit CountedStates(KeptInputs files) : files_{std::move(files)} {}
  KeptInputs files_;
};

}  // namespace guildsum::participant
