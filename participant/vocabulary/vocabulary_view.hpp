#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "protocol/ids.hpp"

namespace guildsum::participant {

/// The shared rows as this shop computed them from an opened histogram that it verified.
struct SharedRows {
  protocol::BlobId root;          ///< of the vocabulary's checkpoint
  protocol::Digest key;           ///< digest of the key under which they were counted
  std::uint32_t rows = 0;         ///< how many there are
  std::uint32_t holders_min = 0;  ///< shops that hold each of them at least
};

/// What a shop of a private federation holds a round against; digests only, no secret.
struct VocabularyView {
  protocol::Digest key;                          ///< SHA-256("vocab-key" || K); zero without one
  std::vector<protocol::ParticipantId> members;  ///< who else has the key
  std::optional<SharedRows> shared;
};

}  // namespace guildsum::participant
