#pragma once

#include <string>
#include <string_view>

#include "tests/support/federation.hpp"
#include "tests/support/scripted_shop.hpp"

namespace guildsum::test {

/// Where a round stands still: everybody but the played shop has done what this phase asks for.
enum class Hold { check_ins, shares, inputs, certifying, unmasking, votes };
inline constexpr Hold kAllHolds[] = {Hold::check_ins,  Hold::shares,    Hold::inputs,
                                     Hold::certifying, Hold::unmasking, Hold::votes};
[[nodiscard]] std::string_view name_of(Hold hold) noexcept;

/// Six agents and one shop that the test plays, with trainings of popularity that stop in any
/// phase. The owners have approved of trainings anew.
///
/// Certifying and unmasking need five of the seven, so two agents are frozen there: the four others
/// are one short without the played shop.
class Standstill {
 public:
  explicit Standstill(Settings coordinator = {});

  /// Starts the next round and brings it to a standstill there.
  void hold(Hold at);
  /// The number of the phase message that the shops saw last; 0 while checking in.
  [[nodiscard]] std::uint32_t last_message() const;
  /// The played shop does what is left, and the round must complete.
  void release();
  /// Waits for the round's end without the played shop; it must complete.
  void finish();
  /// The survivors of the round, after their sum was checked.
  std::vector<std::string> check_sum();
  /// Waits until this many agents are that far ("uploaded", ...).
  void await_progress(std::size_t agents, std::string_view progress);

  /// The played shop's message that the phase waits for.
  [[nodiscard]] const Bytes& owed() const noexcept { return frame_; }
  /// The one that it sent in the phase before.
  [[nodiscard]] const Bytes& sent_before() const noexcept { return sent_; }
  [[nodiscard]] std::uint64_t round() const noexcept { return round_; }
  [[nodiscard]] CoordinatorProcess& coordinator() { return federation.coordinator(); }

  Federation federation;
  ScriptedShop played;

 private:
  void deliver(protocol::MessageType type);
  void freeze_two();
  void thaw();

  Hold at_ = Hold::check_ins;
  Bytes frame_;
  Bytes sent_;
  std::uint64_t task_ = 0;
  std::uint64_t round_ = 0;
};

/// Of every message of every attempt this agent has sent one version only, however often.
void expect_one_answer_per_phase(const ShopProcess& shop);

}  // namespace guildsum::test
