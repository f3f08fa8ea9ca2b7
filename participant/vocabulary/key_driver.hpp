#pragma once

#include <functional>

#include "base/log.hpp"
#include "participant/evidence.hpp"
#include "participant/remote/remote.hpp"
#include "participant/store/activity_store.hpp"
#include "participant/vocabulary/vocabulary_keeper.hpp"

namespace guildsum::participant {

/// The coordinator as a key agreement needs it; errors as in `Remote`.
class AgreementRemote {
 public:
  virtual ~AgreementRemote() = default;
  /// The next message after `seen`, if there is one now.
  [[nodiscard]] virtual Result<std::optional<PhaseMessage>> agreement(
      const SeenAgreement& seen) = 0;
  [[nodiscard]] virtual Result<> send_agreement(protocol::MessageType type, const Bytes& frame) = 0;
  /// From now on a wait for an invitation ends when there is something newer than this.
  virtual void watch_agreements(const SeenAgreement& seen) = 0;
};

/// References must outlive the driver.
struct KeyDriverParts {
  AgreementRemote& remote;
  VocabularyKeeper& keeper;
  ActivityStore& activity;
  EvidenceStore& evidence;
  Random& random;
  Log& log;
};

/// Takes part in key agreements: feeds the machine with what the coordinator says and carries out
/// its effects, in order. One thread.
class KeyDriver {
 public:
  explicit KeyDriver(KeyDriverParts parts) : parts_{parts} {}

  /// Takes in what there is now and answers it. `sync_roster` is called with the head that an
  /// invitation names when the pinned one differs.
  /// What the coordinator does wrong is logged; an error here is the agent's own.
  /// @return false when something came that led nowhere: wait before the next turn.
  using SyncRoster = std::function<Result<>(const protocol::VocabularyInvitation&)>;
  [[nodiscard]] Result<bool> turn(const std::function<AgreementContext()>& context,
                                  const SyncRoster& sync_roster);

 private:
  [[nodiscard]] Result<bool> take(const PhaseMessage& message,
                                  const std::function<AgreementContext()>& context,
                                  const SyncRoster& sync_roster);
  [[nodiscard]] Result<KeyEvent> read(const PhaseMessage& message, const SyncRoster& sync_roster);
  [[nodiscard]] Result<> perform(KeyEffect effect, const PhaseMessage& cause);
  [[nodiscard]] Result<> refused(const AgreementRefused& refusal, const PhaseMessage& cause);

  KeyDriverParts parts_;
  KeyPhase phase_ = NoAgreement{};
  /// A message that could not be delivered yet; the same bytes go out again.
  std::optional<SendAgreement> unsent_;
};

}  // namespace guildsum::participant
