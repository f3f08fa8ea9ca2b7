#pragma once

#include <functional>
#include <memory>
#include <vector>

#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/ledger.hpp"

namespace guildsum::coordinator {

/// One attempt of a round with its ledger: an event is written before anything follows from it, and
/// a restart leads to the same state by replaying what was written. Not thread safe.
class ActiveRound {
 public:
  /// What one event led to.
  struct Accepted {
    std::vector<Effect> effects;
    bool repeated = false;
  };
  /// Further changes in the transaction that stores an event; sees the phase the event leads to.
  using Also = std::function<Result<>(LedgerWriter&, const Phase& next)>;

  /// Stores a new attempt. `effects` receives what it begins with.
  [[nodiscard]] static Result<std::unique_ptr<ActiveRound>> start(Ledger& ledger,
                                                                  const crypto::Signer& signer,
                                                                  RoundRow row, RoundPlan plan,
                                                                  protocol::Roster roster,
                                                                  std::vector<Effect>& effects);
  /// Replays a stored attempt, running or ended.
  /// @param roster  as it was when the attempt began
  /// @return BaseErrc::corrupt if the stored plan or events do not replay.
  [[nodiscard]] static Result<std::unique_ptr<ActiveRound>> resume(Ledger& ledger,
                                                                   const crypto::Signer& signer,
                                                                   RoundRow row,
                                                                   protocol::Roster roster);
  ActiveRound(const ActiveRound&) = delete;
  ActiveRound& operator=(const ActiveRound&) = delete;

  /// Advances the round. Once this returns, the event is durable.
  /// @return the machine's refusal, or the ledger's error; nothing changed then. If the ledger
  ///   cannot even be read at that moment, the round is behind.
  [[nodiscard]] Result<Accepted> submit(Event event, const Also& also = {});

  /// A write failed and what the ledger holds could not be read since: the phase is ahead of it,
  /// and nothing may follow from it before `catch_up`.
  [[nodiscard]] bool is_behind() const noexcept { return behind_; }
  /// Back to what the ledger holds; harmless when it is there already.
  [[nodiscard]] Result<> catch_up() { return behind_ ? replay() : Result<>{}; }
  /// Number of the last stored event that is known.
  [[nodiscard]] std::uint64_t sequence() const noexcept { return sequence_; }

  [[nodiscard]] const RoundKey& key() const noexcept { return row_.key; }
  [[nodiscard]] const RoundRow& row() const noexcept { return row_; }
  [[nodiscard]] const RoundPlan& plan() const noexcept { return plan_; }
  [[nodiscard]] const Phase& phase() const noexcept { return phase_; }
  [[nodiscard]] RoundContext context() const noexcept { return {plan_, roster_, signer_}; }
  [[nodiscard]] const protocol::Roster& roster() const noexcept { return roster_; }
  /// What the phase reached by a replay is waiting for.
  [[nodiscard]] std::vector<Effect> pending() const { return pending_effects(phase_, context()); }
  /// The headers and leaf hashes of the uploads so far, from the ledger.
  [[nodiscard]] Result<std::vector<protocol::MaskedInputUpload>> begun_uploads() const;

 private:
  ActiveRound(Ledger& ledger, const crypto::Signer& signer, RoundRow row, RoundPlan plan,
              protocol::Roster roster);
  [[nodiscard]] Result<> replay();
  [[nodiscard]] Result<> store(ByteView bytes, std::uint32_t kind, const Also& also);

  Ledger& ledger_;
  const crypto::Signer& signer_;
  RoundRow row_;
  RoundPlan plan_;
  protocol::Roster roster_;
  Phase phase_;
  std::uint64_t sequence_ = 0;  ///< of the last stored event
  bool behind_ = false;         ///< the phase is ahead of the ledger after a failed write
};

/// The number under which the ledger stores complaints.
[[nodiscard]] std::uint32_t complaint_event_kind() noexcept;

/// Events whose messages are deleted with their round: sealed shares and revealed shares.
[[nodiscard]] const std::vector<std::uint32_t>& short_lived_event_kinds();

}  // namespace guildsum::coordinator
