#pragma once

#include "protocol/messages.hpp"

/// What the signatures of `ShareKeys` and `Unmask` cover: digests in place of what gets deleted.
namespace guildsum::protocol::detail {

/// The ciphertext digests and the commitments of a share message, each list with its count: equal
/// from either form.
[[nodiscard]] Bytes share_body(const ShareKeys& message);
[[nodiscard]] Bytes share_body(const DeliveredShare& share);
/// rd || dealer || body || signature: what the message's digest covers.
[[nodiscard]] Bytes signed_share_message(ByteView body, const Signature& signature,
                                         const RoundDigest& rd, const ParticipantId& dealer);
/// sender || rd || H(U1) || H(U2) || digest of all shares.
[[nodiscard]] Bytes unmask_body(const Unmask& message);

}  // namespace guildsum::protocol::detail
