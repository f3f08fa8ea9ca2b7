#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "participant/store/store.hpp"
#include "protocol/ids.hpp"

namespace guildsum::participant {

/// An attempt as this shop lived it.
struct RoundRecord {
  protocol::RoundId round;
  protocol::Attempt attempt;
  std::string task_kind;
  std::string step_kind;
  std::string phase;      ///< Where it stands or how it ended: "finished", "abandoned", "ended".
  bool counted = false;   ///< This shop's input is in the sum.
  bool accepted = false;  ///< The shop reproduced the result and voted for it.
  std::int64_t started_ms = 0;
  std::int64_t ended_ms = 0;  ///< 0 while it goes on.
  std::string detail;         ///< Why it ended, where there is something to say.
  std::uint64_t bytes_up = 0;
};

struct RefusalRecord {
  std::int64_t at_ms = 0;
  protocol::RoundId round;
  std::string code;    ///< Stable: `refusal_code`.
  std::string reason;  ///< One line for people.
};

/// What the agent did: rounds and what they sent, what it refused. Thread safe.
class ActivityStore {
 public:
  explicit ActivityStore(Store& store) : store_{store} {}

  [[nodiscard]] Result<> begin_round(const RoundRecord& record);
  /// Overwrites step kind, phase, counted, accepted, detail and, if `ended`, the end.
  [[nodiscard]] Result<> update_round(const RoundRecord& record, bool ended);
  [[nodiscard]] Result<> record_refusal(protocol::RoundId round, const Error& reason);

  [[nodiscard]] Result<std::uint64_t> bytes_up();
  /// Newest first.
  [[nodiscard]] Result<std::vector<RoundRecord>> rounds(std::size_t limit);
  [[nodiscard]] Result<std::vector<RefusalRecord>> refusals(std::size_t limit);

 private:
  [[nodiscard]] std::int64_t now_ms() const;
  Store& store_;
};

}  // namespace guildsum::participant
