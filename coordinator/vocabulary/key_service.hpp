#pragma once

#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <vector>

#include "base/clock.hpp"
#include "base/log.hpp"
#include "base/net/wait.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/scheduler.hpp"
#include "coordinator/step_plan.hpp"
#include "coordinator/vocabulary/key_agreement.hpp"

namespace guildsum::coordinator {

/// A key that all of its members have confirmed.
struct AgreedKey {
  AgreementId id;
  Digest key;  ///< SHA-256("vocab-key" || K)
  std::vector<ParticipantId> members;
};

/// What the service works with; all must outlive it, and the scheduler must be stopped first.
struct KeyServiceParts {
  Ledger& ledger;
  Membership& membership;
  Scheduler& scheduler;
  net::Notifier& changes;
  const Clock& clock;
  Log& log;
};

/// Runs key agreements, one at a time: relays the shops' messages and keeps them in the ledger
/// until the agreement ends. A new task needs a new key, so that slots of different vocabularies
/// cannot be compared. Thread safe.
class KeyService {
 public:
  /// Takes up an agreement that was running.
  [[nodiscard]] static Result<std::unique_ptr<KeyService>> open(KeyServiceParts parts,
                                                                protocol::FederationId federation,
                                                                RoundSettings rounds);

  /// Called on the scheduler when an agreement ended. Set once, before the first `key_for`.
  std::function<void()> on_end;

  /// The key of the task of `epoch`. Nothing while it is being agreed on; the first call begins,
  /// and after a failed attempt the next one.
  /// @return ProtocolErrc::too_few with the reason when all attempts failed.
  [[nodiscard]] Result<std::optional<AgreedKey>> key_for(protocol::Epoch epoch);
  /// The same without beginning anything.
  [[nodiscard]] Result<std::optional<AgreedKey>> known_key(protocol::Epoch epoch) const;

  /// From a shop; the sender must have been checked against its certificate. Durable when it
  /// returns.
  /// @return the agreement's refusal, ProtocolErrc::round_over when none is running.
  [[nodiscard]] Result<> submit(const AgreementEvent& event);
  /// What comes next for `shop` after message `number` of agreement `seen`.
  [[nodiscard]] std::optional<AgreementMessage> message_for(const ParticipantId& shop,
                                                            const AgreementId& seen,
                                                            std::uint32_t number) const;

 private:
  KeyService(KeyServiceParts parts, protocol::FederationId federation, RoundSettings rounds)
      : parts_{parts}, federation_{federation}, rounds_{rounds} {}
  [[nodiscard]] Result<> resume();
  [[nodiscard]] Result<> begin(const AgreementId& id);
  /// With mutex_ held: durable, then taken.
  [[nodiscard]] Result<> apply(const AgreementEvent& event);
  void arm_deadline();
  void deadline(const AgreementId& id, std::uint32_t phase);
  void report_end();
  [[nodiscard]] AgreementRow ended_row(const KeyAgreement& agreement) const;
  [[nodiscard]] std::string explain(const KeyAgreement& agreement) const;
  [[nodiscard]] std::int64_t now() const noexcept;

  KeyServiceParts parts_;
  protocol::FederationId federation_;
  RoundSettings rounds_;
  mutable std::mutex mutex_;
  std::optional<KeyAgreement> running_;
  std::uint64_t sequence_ = 0;  ///< of the last stored event of `running_`
  bool behind_ = false;         ///< a write failed half-way: read the ledger first
};

}  // namespace guildsum::coordinator
