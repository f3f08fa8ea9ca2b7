#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "participant/consent/decision.hpp"
#include "participant/store/pseudonym.hpp"
#include "participant/store/store.hpp"

namespace guildsum::participant {

/// A decision and whose it is, by the shop's own id.
struct CustomerDecision {
  std::string customer;
  Decision decision;
};

/// A decision as it stands in the ledger.
struct RecordedDecision {
  Decision decision;
  Clock::Wall recorded_at;
};

/// For one purpose: customers by the state that is in force.
using StateCounts = std::array<std::uint64_t, kConsentStates>;  ///< [state - 1]
struct ConsentCounts {
  std::array<StateCounts, kPurposes> by_purpose{};  ///< [purpose - 1]
  [[nodiscard]] std::uint64_t of(Purpose purpose, ConsentState state) const noexcept {
    return by_purpose[static_cast<std::size_t>(purpose) - 1][static_cast<std::size_t>(state) - 1];
  }
};

/// Every decision of every customer, also of those who have not bought anything. Rows are only ever
/// added: the database itself refuses to change or delete one. In force is the decision with the
/// latest time; of two at the same time a no. Thread safe.
class ConsentLedger {
 public:
  ConsentLedger(Store& store, Pseudonymizer& pseudonyms)
      : store_{store}, pseudonyms_{pseudonyms} {}

  /// How far a decision may lie ahead of this machine's clock.
  static constexpr std::chrono::minutes kClockTolerance{10};

  /// All of them durably in one transaction, or none. A decision that is there already is not added
  /// again; returns how many were new.
  /// @return BaseErrc::invalid_argument naming the position: an empty customer, a time ahead of the
  /// clock, `given` without the version of a notice; the store's errors.
  [[nodiscard]] Result<std::uint64_t> append(std::span<const CustomerDecision> decisions);

  /// In the order of recording; empty for a stranger.
  [[nodiscard]] Result<std::vector<RecordedDecision>> history_of(std::string_view customer);
  /// Whether the decision in force permits it; false for a stranger.
  [[nodiscard]] Result<bool> permits(std::string_view customer, Purpose purpose);
  [[nodiscard]] Result<ConsentCounts> counts();
  /// Rises with every decision: data that was read at a lower one is out of date.
  [[nodiscard]] Result<std::uint64_t> version();

 private:
  Store& store_;
  Pseudonymizer& pseudonyms_;
};

}  // namespace guildsum::participant
