#pragma once

#include <deque>
#include <functional>
#include <optional>

#include "participant/journal/journal.hpp"
#include "participant/kept_inputs.hpp"
#include "participant/round/round_machine.hpp"
#include "participant/spool.hpp"
#include "simulations/faults/coordinator_node.hpp"

namespace guildsum::simulations {

/// How a shop reaches the coordinator.
class ShopLink {
 public:
  virtual ~ShopLink() = default;
  /// Sends; `on_answer` is called with the answer, or never.
  virtual void request(std::uint32_t shop, Request request,
                       std::function<void(Answer)> on_answer) = 0;
  /// Whether a call between rounds gets through at this moment.
  [[nodiscard]] virtual bool gets_through(std::uint32_t shop) = 0;
};

/// A shop's agent: the production round machine, journal, spool, kept inputs and settlement, driven
/// as `participant::RoundDriver` drives them, but by events. What is in its directory survives a
/// crash; everything else does not.
class ShopNode {
 public:
  ShopNode(RunParts parts, std::uint32_t index, CoordinatorNode& coordinator, ShopLink& link);

  /// Opens the directory and goes on with what the journal says.
  [[nodiscard]] Result<> start();
  void slow_down(std::uint64_t factor) noexcept { slowness_ = factor; }
  void set_skew(milliseconds skew) noexcept { clock_.set_skew(skew); }
  /// In no round, and nothing to send.
  [[nodiscard]] bool is_idle() const noexcept { return !phase_ && outbox_.empty() && !waiting_; }
  [[nodiscard]] bool is_up() const noexcept { return journal_.has_value(); }
  [[nodiscard]] bool is_gone() const noexcept { return gone_; }
  [[nodiscard]] std::uint64_t crashes() const noexcept { return crashes_; }
  [[nodiscard]] std::uint64_t refusals() const noexcept { return refusals_; }
  [[nodiscard]] std::string_view phase() const noexcept;
  [[nodiscard]] const std::optional<AttackKind>& attack() const noexcept { return attack_; }
  [[nodiscard]] const AttackTally& tally() const noexcept { return tally_; }

 private:
  class SettlementRemote;
  /// Something that the coordinator must acknowledge.
  struct Outgoing {
    enum class Kind : std::uint8_t { message, upload, check };
    Kind kind = Kind::message;
    protocol::MessageType type{};
    Bytes frame{};
    std::optional<protocol::MaskedInput> header{};
    std::optional<protocol::RoundResult> result{};
    std::deque<std::uint32_t> missing{};  ///< chunks, once the header is acknowledged
    bool begun = false;
    bool second = false;   ///< an attacker's other message under an id that is taken
    bool hostile = false;  ///< an attacker's: whatever is said to it, it is over
    bool held = false;
  };

  [[nodiscard]] participant::RoundContext context() const;
  void begin(const protocol::RoundInvitation& invitation);
  void resume();
  void give(participant::Event event);
  void perform(participant::Step step);
  /// False when the shop crashed over it.
  [[nodiscard]] bool perform_one(participant::Effect& effect,
                                 std::optional<participant::Event>& next);
  [[nodiscard]] bool write(const participant::JournalRecord& record);
  [[nodiscard]] bool may_go_on(std::optional<CrashMode>& mode);
  void mask(const participant::MaskInput& job);
  [[nodiscard]] Result<participant::MaskedChunks> spool(const participant::MaskInput& job,
                                                        std::vector<std::int64_t> values);
  void leave(Error reason);
  void close_as_it_stands();
  void finish();

  void wake_after(milliseconds delay);
  void pump();
  void send_front();
  void on_acknowledged(const Answer& answer);
  void on_upload_answer(const Answer& answer);
  void on_refused(const Error& error);
  /// What an attacker does to its message; true when it waits with it.
  [[nodiscard]] bool spoil(Outgoing& item);
  void attack_again(const Outgoing& item);
  void check_result(const Answer& answer);
  void poll();
  void on_poll(const Answer& answer);
  void receive(const participant::PhaseMessage& message);
  void consider(const protocol::RoundInvitation& invitation);
  [[nodiscard]] bool follow(const participant::AttemptId& until);
  void call(Request request, void (ShopNode::*then)(const Answer&));
  void crash(milliseconds down);
  /// Work of this life of the program; dropped by a crash.
  void later(milliseconds delay, std::function<void()> work);
  void departs_after(protocol::MessageType type);
  [[nodiscard]] milliseconds slowed(milliseconds time) const noexcept {
    return time * static_cast<std::int64_t>(slowness_);
  }

  RunParts parts_;
  std::uint32_t index_;
  CoordinatorNode& coordinator_;
  ShopLink& link_;
  NodeClock clock_;
  NullLog log_;
  SeededRandom random_;
  participant::ParticipantPolicy policy_;
  std::uint64_t slowness_ = 1;
  std::optional<AttackKind> attack_;
  AttackTally tally_;

  std::optional<participant::Journal> journal_;
  std::optional<participant::Spool> spool_;
  std::optional<participant::KeptInputs> kept_;
  std::optional<participant::Phase> phase_;
  std::optional<protocol::RoundDescription> description_;
  participant::AttemptId attempt_;
  std::optional<Result<protocol::Digest>> past_;  ///< before `attempt_`
  std::vector<protocol::MemberDigest> sharers_;
  std::deque<Outgoing> outbox_;
  milliseconds give_up_{0};
  milliseconds poll_wait_{0};
  milliseconds backoff_{0};
  std::uint32_t seen_ = 0;
  std::uint32_t unsettled_tries_ = 0;
  bool waiting_ = false;
  bool busy_ = false;
  std::uint64_t call_ = 0;
  std::uint64_t life_ = 0;
  std::uint64_t wake_ = 0;

  std::uint64_t steps_ = 0;     ///< in all lives: where faults are counted
  std::uint64_t attempts_ = 0;  ///< taken part in
  std::uint64_t departed_ = 0;  ///< the last one it left: nobody leaves twice
  std::uint64_t crashes_ = 0;
  std::uint64_t refusals_ = 0;
  bool gone_ = false;
};

}  // namespace guildsum::simulations
