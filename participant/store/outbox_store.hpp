#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "crypto/sha256.hpp"
#include "participant/store/store.hpp"
#include "protocol/ids.hpp"

namespace guildsum::participant {

/// One message or chunk that leaves the premises.
struct OutboundMessage {
  protocol::RoundId round;
  protocol::Attempt attempt;
  std::string type;         ///< "check_in", "masked_input_chunk", ...
  std::uint64_t bytes = 0;  ///< Of the body; every resend is an entry of its own.
  std::string destination;  ///< Origin of the coordinator.
  crypto::Digest sha256;    ///< Of the body.
};

/// A line of the ledger.
struct OutboxEntry {
  std::int64_t id = 0;
  std::int64_t sent_ms = 0;  ///< Since 1970.
  OutboundMessage message;
};

/// Which lines are meant; an absent member means any.
struct OutboxFilter {
  std::optional<protocol::RoundId> round{};
  std::optional<std::string> type{};
};

struct OutboxTotal {
  std::uint64_t entries = 0;
  std::uint64_t bytes = 0;
};

/// The ledger of what left the premises. Thread safe.
class OutboxStore {
 public:
  explicit OutboxStore(Store& store) : store_{store} {}

  /// The entry's id. Durable when it returns.
  [[nodiscard]] Result<std::int64_t> record(const OutboundMessage& message);

  /// Newest first.
  [[nodiscard]] Result<std::vector<OutboxEntry>> entries(const OutboxFilter& filter,
                                                         std::size_t limit);
  [[nodiscard]] Result<OutboxTotal> total(const OutboxFilter& filter);
  [[nodiscard]] Result<std::optional<OutboxEntry>> find(std::int64_t id);

 private:
  Store& store_;
};

}  // namespace guildsum::participant
