#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/messages.hpp"

namespace guildsum::attacks {

/// The number under which a message of the coordinator travels.
enum class PhaseNumber : std::uint32_t {
  description = 1,
  delivery,
  proposal,
  certificate,
  result,
  aborted
};

/// A masked input as it reached the coordinator.
struct Upload {
  protocol::MaskedInputUpload header;
  std::vector<Bytes> chunks;
};

/// A member of a round as the coordinator meets it: either the production machine in this process
/// or the program in one of its own. Both decide alike; the scripts see no difference.
class Party {
 public:
  virtual ~Party() = default;
  [[nodiscard]] virtual protocol::ParticipantId id() const = 0;
  /// A new attempt; what was sent in the one before is forgotten.
  virtual void invite(const protocol::RoundInvitation& invitation) = 0;
  /// Hands over a phase message, fitting or not.
  virtual void tell(PhaseNumber number, Bytes frame) = 0;
  /// The first message of this type in this attempt; waits for it unless the party gave up.
  [[nodiscard]] virtual std::optional<Bytes> sent(protocol::MessageType type) = 0;
  /// Every message of this type that came so far; does not wait.
  [[nodiscard]] virtual std::vector<Bytes> all_sent(protocol::MessageType type) = 0;
  /// The complete masked input; waits for it unless the party gave up.
  [[nodiscard]] virtual std::optional<Upload> uploaded() = 0;
  /// The code of the newest refusal in this attempt; waits for one. Empty if there is none in time.
  [[nodiscard]] virtual std::string refusal() = 0;
};

}  // namespace guildsum::attacks
