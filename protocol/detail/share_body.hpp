#pragma once

#include <vector>

#include "protocol/messages.hpp"

/// What the signatures of `ShareKeys` and `Unmask` cover: digests in place of what gets deleted.
namespace guildsum::protocol::detail {

/// The part of a share message that everybody sees.
struct ShareMessage {
  std::vector<Digest> ciphertext_digests;  ///< of all other members in cohort order
  std::vector<ShareCommitments> commitments;
  Signature signature;
};
[[nodiscard]] ShareMessage share_message_of(const ShareKeys& message);
[[nodiscard]] ShareMessage share_message_of(const DeliveredShare& share);

/// The two lists, each with its count.
[[nodiscard]] Bytes share_body(const ShareMessage& message);
/// rd || dealer || body || signature: what the message's digest covers.
[[nodiscard]] Bytes signed_share_message(const ShareMessage& message, const RoundDigest& rd,
                                         const ParticipantId& dealer);
/// sender || rd || H(U1) || H(U2) || digest of all shares.
[[nodiscard]] Bytes unmask_body(const Unmask& message);

}  // namespace guildsum::protocol::detail
