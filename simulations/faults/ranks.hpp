#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bytes.hpp"
#include "base/result.hpp"

namespace guildsum::simulations {

/// The processes that work on one run together, each of which has a rank from 0 to size - 1. All
/// must make the same calls in the same order, from one thread.
class Ranks {
 public:
  virtual ~Ranks() = default;
  [[nodiscard]] virtual std::uint32_t rank() const noexcept = 0;
  [[nodiscard]] virtual std::uint32_t size() const noexcept = 0;
  /// Replaces each value by its sum over all ranks, modulo 2^64.
  virtual void add_up(std::span<std::uint64_t> values) = 0;
  /// What each rank gave, by rank; every rank gets it.
  [[nodiscard]] virtual std::vector<Bytes> gather(const Bytes& own) = 0;
};

/// A process of its own.
class OneRank final : public Ranks {
 public:
  [[nodiscard]] std::uint32_t rank() const noexcept override { return 0; }
  [[nodiscard]] std::uint32_t size() const noexcept override { return 1; }
  void add_up(std::span<std::uint64_t>) override {}
  [[nodiscard]] std::vector<Bytes> gather(const Bytes& own) override { return {own}; }
};

/// The ranks that `mpirun` started, or a process of its own when it was not started by it. MPI is
/// loaded only then, from a module beside the program, so that no program links it.
/// @return BaseErrc::not_found when the build has no such module.
[[nodiscard]] Result<std::unique_ptr<Ranks>> join_ranks();

}  // namespace guildsum::simulations
