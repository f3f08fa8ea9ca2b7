#pragma once

#include <functional>
#include <optional>

#include "participant/evidence.hpp"
#include "participant/journal/journal.hpp"
#include "participant/remote/remote.hpp"
#include "participant/remote/retry.hpp"
#include "participant/round/round_machine.hpp"
#include "participant/seen_rounds.hpp"
#include "participant/spool.hpp"
#include "participant/store/activity_store.hpp"
#include "participant/training/training_job.hpp"

namespace guildsum::participant {

/// Everything a round touches; references must outlive the driver.
struct DriverParts {
  Remote& remote;
  RoundWork& work;
  Journal& journal;
  Spool& spool;
  KeptInputs& kept;
  CountedStates& states;
  ActivityStore& activity;
  EvidenceStore& evidence;
  SeenRounds& seen;
  RetryContext retry;
  /// Demonstration: after the next acknowledged share message the agent stands still until it is
  /// stopped, and logs `drill.holding`.
  bool hold_after_share = false;
  /// Tells the operator about a refusal; absent when the owner does not want that.
  std::function<void(const AttemptId&, const Error&)> report{};
};

/// Lives rounds: feeds the round machine with what the coordinator says and carries out its
/// effects, in order, journal first. One thread.
class RoundDriver {
 public:
  explicit RoundDriver(DriverParts parts) : parts_{parts} {}

  /// One attempt from the check-in to its end. Returns early, with the round left open in the
  /// journal, when the agent stops. An error means that the agent cannot keep its promises any more
  /// (the journal or the store cannot be written): it must not go on.
  [[nodiscard]] Result<> take_part(const protocol::RoundInvitation& invitation,
                                   const RoundContext& context);
  /// Ends what the journal says was going on before a restart, as far as that is still allowed.
  [[nodiscard]] Result<> resume(const RoundContext& context);

 private:
  [[nodiscard]] Result<> live(Step step, const RoundContext& context);
  [[nodiscard]] Result<> finish(const Phase& phase);
  /// Carries out the effects; the event that one of them led to.
  [[nodiscard]] Result<std::optional<Event>> perform(std::vector<Effect> effects,
                                                     const Phase& phase);
  [[nodiscard]] Result<std::optional<Event>> perform_one(Effect effect, const Phase& phase);
  [[nodiscard]] Result<std::optional<Event>> send(const Send& message);
  [[nodiscard]] Event mask(const MaskInput& job);
  [[nodiscard]] std::optional<Event> upload_input(const UploadInput& job);
  [[nodiscard]] Event check(const CheckResult& job, const Phase& phase);
  [[nodiscard]] Result<> refused(const Error& reason);
  /// Puts what was heard last beside the description that the round goes by.
  void keep_evidence(const Error& reason);
  void keep_as_evidence(const AttemptId& attempt, std::string_view what, ByteView frame);

  /// Waits for the coordinator's next word on the round; nothing when there is none yet.
  [[nodiscard]] Result<std::optional<Event>> next_event(const Phase& phase);
  [[nodiscard]] Result<std::optional<Event>> read_message(const PhaseMessage& message);
  [[nodiscard]] bool is_superseded();
  /// The round can only be left: it is given up, or closed as it stands when 3b was answered.
  [[nodiscard]] Result<> close_as_it_stands(const Phase& phase);

  [[nodiscard]] Result<> note_phase(const Phase& phase, bool ended);
  void hold();
  [[nodiscard]] Clock::Steady now() const { return parts_.retry.clock.steady_now(); }
  [[nodiscard]] std::uint64_t wall_ms() const {
    return static_cast<std::uint64_t>(
        parts_.retry.clock.wall_now().time_since_epoch().count());
  }

  DriverParts parts_;
  bool held_ = false;
  AttemptId attempt_;
  std::optional<protocol::RoundDescription> description_;
  Clock::Steady give_up_{};
  RoundRecord record_;
  std::uint32_t seen_ = 0;             ///< Number of the last phase message.
  std::optional<PhaseMessage> heard_;  ///< What the machine is acting on.
};

}  // namespace guildsum::participant
