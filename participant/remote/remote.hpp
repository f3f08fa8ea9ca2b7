#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "protocol/messages.hpp"

namespace guildsum::participant {

/// What the coordinator tells a shop about a round.
struct PhaseMessage {
  /// 1 description ... 5 result, 6 ended without a sum, 7 its abandon certificate.
  std::uint32_t number = 0;
  Bytes frame;
};

/// Names one attempt of a round.
struct AttemptId {
  protocol::RoundId round;
  protocol::Attempt attempt;
  friend auto operator<=>(const AttemptId&, const AttemptId&) = default;
};

/// The coordinator as the agent needs it. One thread at a time. Calls block; each fails with a
/// retryable error (`is_retryable`) when there is no answer, else with what the coordinator said.
class Remote {
 public:
  virtual ~Remote() = default;
  /// The entries after `from` and the signed head.
  [[nodiscard]] virtual Result<protocol::RosterUpdate> roster(std::uint64_t from) = 0;
  /// The newest open invitation after `after`; waits for one for at most `wait`.
  [[nodiscard]] virtual Result<std::optional<protocol::RoundInvitation>> invitation(
      const std::optional<AttemptId>& after, std::chrono::milliseconds wait) = 0;
  /// The check-in of this shop that the coordinator received last; nothing if there is none.
  [[nodiscard]] virtual Result<std::optional<protocol::CheckIn>> last_check_in() = 0;
  /// The next message of the round with a number above `after`; waits for it for at most `wait`.
  [[nodiscard]] virtual Result<std::optional<PhaseMessage>> phase(
      protocol::RoundId round, std::uint32_t after, std::chrono::milliseconds wait) = 0;
  /// How an attempt ended: the framed RoundResult or RoundAborted, for any attempt of the past.
  [[nodiscard]] virtual Result<Bytes> outcome(const AttemptId& attempt) = 0;
  /// The framed UnopenedRound of a certified attempt that did not open.
  [[nodiscard]] virtual Result<Bytes> survivors(const AttemptId& attempt) = 0;
  /// The framed AttemptEnds that begins with this attempt; an empty one when it has not ended.
  [[nodiscard]] virtual Result<Bytes> ends(const AttemptId& from) = 0;
  /// Delivers one signed message of a round.
  [[nodiscard]] virtual Result<> send(const AttemptId& attempt, protocol::MessageType type,
                                      const Bytes& frame) = 0;
  /// Announces the masked input; tells which chunks are missing.
  [[nodiscard]] virtual Result<protocol::UploadStatus> begin_upload(const AttemptId& attempt,
                                                                    const Bytes& frame) = 0;
  [[nodiscard]] virtual Result<protocol::UploadStatus> upload_chunk(const AttemptId& attempt,
                                                                    std::uint32_t index,
                                                                    const Bytes& chunk) = 0;
  /// A published blob, verified to have this address and at most `limit_bytes`.
  /// BaseErrc::corrupt when the coordinator serves other bytes, too_large.
  [[nodiscard]] virtual Result<Bytes> blob(const protocol::BlobId& id,
                                           std::uint64_t limit_bytes) = 0;
};

/// "check_in", "masked_input_upload", ... as the ledger of outbound messages shows it.
[[nodiscard]] std::string_view name_of(protocol::MessageType type) noexcept;

}  // namespace guildsum::participant
