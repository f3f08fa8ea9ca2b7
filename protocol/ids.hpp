#pragma once

#include <cstdint>
#include <string>

#include "base/bytes.hpp"
#include "base/strong_id.hpp"
#include "crypto/ed25519.hpp"
#include "crypto/sha256.hpp"

/// Names that both sides agree on. Everything here is public.
namespace guildsum::protocol {

using crypto::Digest;

/// SHA-256 of the federation's root key (SubjectPublicKeyInfo, DER); pinned by the join token.
using FederationId = FixedBytes<struct FederationIdTag, 32>;
/// A participant *is* its Ed25519 identity key (32 bytes), made at the shop; no two roster entries
/// share one.
using ParticipantId = FixedBytes<struct ParticipantIdTag, 32>;
/// Content address: RFC 6962 Merkle root over leaves of `kBlobLeafBytes`.
using BlobId = FixedBytes<struct BlobIdTag, 32>;
/// SHA-256 of the canonical descriptor bytes ("rd" in docs/protocol.md); salts every key of the
/// round.
using RoundDigest = FixedBytes<struct RoundDigestTag, 32>;

/// Rises by one with every task that the coordinator starts.
using Epoch = StrongId<struct EpochTag>;
/// Rises by one with every secure sum.
using RoundId = StrongId<struct RoundIdTag>;
/// Counts the retries of one step, from 0.
using Attempt = StrongId<struct AttemptTag, std::uint32_t>;
using ModelVersion = StrongId<struct ModelVersionTag>;
/// Position in the cohort (0-based, cohort order); its Shamir share index is position + 1.
using CohortPosition = StrongId<struct CohortPositionTag, std::uint32_t>;

[[nodiscard]] inline crypto::VerifyKey verify_key(const ParticipantId& id) {
  return crypto::VerifyKey{id.view()};
}

}  // namespace guildsum::protocol
