#include "simulations/faults/run_counts.hpp"

namespace guildsum::simulations {

RunCounts& RunCounts::operator+=(const RunCounts& other) noexcept {
  attempts += other.attempts;
  sums += other.sums;
  counted += other.counted;
  lies += other.lies;
  refusals += other.refusals;
  for (std::size_t k = 0; k < kAttackKinds; ++k) {
    attacks[k].tried += other.attacks[k].tried;
    attacks[k].refused += other.attacks[k].refused;
  }
  for (std::size_t k = 0; k < kFaultKinds; ++k) faults_by_kind[k] += other.faults_by_kind[k];
  shop_crashes += other.shop_crashes;
  coordinator_crashes += other.coordinator_crashes;
  transactions += other.transactions;
  messages += other.messages;
  checks += other.checks;
  signature_checks += other.signature_checks;
  signature_checks_memoised += other.signature_checks_memoised;
  events += other.events;
  virtual_ms += other.virtual_ms;
  return *this;
}

}  // namespace guildsum::simulations
