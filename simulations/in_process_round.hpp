#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <set>
#include <span>
#include <vector>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "coordinator/opening.hpp"
#include "coordinator/round/round_machine.hpp"
#include "participant/round/round_machine.hpp"
#include "protocol/roster.hpp"
#include "simulations/round_costs.hpp"

namespace guildsum::simulations {

/// A federation in one process: one coordinator, one registrar, n shops with identities on its
/// roster. Everything follows from the seed.
class Federation {
 public:
  /// `shops` from 1 to `protocol::kCohortMax`.
  Federation(std::uint32_t shops, std::uint64_t seed);

  [[nodiscard]] std::uint32_t shop_count() const noexcept {
    return static_cast<std::uint32_t>(shops_.size());
  }
  [[nodiscard]] const protocol::FederationId& id() const noexcept { return id_; }
  [[nodiscard]] const protocol::Roster& roster() const noexcept { return roster_; }
  [[nodiscard]] const crypto::Signer& coordinator() const noexcept { return coordinator_; }
  [[nodiscard]] const crypto::Signer& shop(std::uint32_t index) const { return shops_.at(index); }
  [[nodiscard]] protocol::ParticipantId identity(std::uint32_t index) const;
  [[nodiscard]] Random& random() noexcept { return random_; }

  /// A round over vectors of `length` values that each fit `value_bits`; R is the smallest that
  /// cannot overflow for this federation.
  [[nodiscard]] Result<coordinator::RoundPlan> plan(std::uint64_t length, std::uint8_t value_bits);

 private:
  SeededRandom random_;
  protocol::FederationId id_;
  crypto::Signer coordinator_;
  crypto::Signer registrar_;
  std::vector<crypto::Signer> shops_;
  protocol::Roster roster_;
  std::uint64_t rounds_ = 0;
};

/// When a shop falls silent; by index in the federation.
struct Dropouts {
  std::set<std::uint32_t> before_check_in{};
  std::set<std::uint32_t> after_check_in{};
  std::set<std::uint32_t> after_share{};   ///< the masks of these must be recovered
  std::set<std::uint32_t> after_upload{};  ///< counted, but silent from then on
  std::set<std::uint32_t> after_certify{};
};

struct RoundOutcome {
  coordinator::Phase phase;                   ///< Completed or Aborted
  std::optional<coordinator::OpenedSum> sum;  ///< where one was opened
  std::vector<bool> counted;                  ///< by shop: its input is in the sum
  std::vector<std::uint64_t> bytes_up;        ///< by shop: frames and chunks
  std::vector<Bytes> events;  ///< what the coordinator's ledger would hold, in order
  RoundCosts costs;
  CostsByPhase phases;
};

/// The input of a shop, by its index in the federation.
using InputOf = std::function<std::span<const std::int64_t>(std::uint32_t shop)>;

/// Runs one round with the production machines, codec and masks. Messages travel as frames; a phase
/// whose shops have all gone silent meets its deadline at once.
/// @param inputs  one vector per shop, each of the plan's length.
[[nodiscard]] Result<RoundOutcome> run_round(Federation& federation,
                                             const coordinator::RoundPlan& plan,
                                             std::span<const std::vector<std::int64_t>> inputs,
                                             const Dropouts& dropouts = {},
                                             ThreadPool* pool = nullptr);
/// The same with inputs that need not all be there at once. Each is asked for once.
[[nodiscard]] Result<RoundOutcome> run_round(Federation& federation,
                                             const coordinator::RoundPlan& plan,
                                             const InputOf& inputs, const Dropouts& dropouts = {},
                                             ThreadPool* pool = nullptr);

}  // namespace guildsum::simulations
