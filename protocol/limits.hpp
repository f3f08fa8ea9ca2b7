#pragma once

#include <cstddef>
#include <cstdint>

/// Hard limits of the wire. A federation may set lower ones; nothing may exceed these.
namespace guildsum::protocol {

inline constexpr std::uint32_t kCohortMax = 256;  // full graph, docs/protocol.md section 4
inline constexpr std::uint64_t kVectorLengthMax = 1ULL << 28;
inline constexpr std::size_t kBlobLeafBytes = 1U << 20;  // leaf of every content address
inline constexpr std::uint64_t kBlobBytesMax = 1ULL << 32;
inline constexpr std::size_t kChunkBytesMax = 2U << 20;  // one chunk of a masked input
inline constexpr std::uint32_t kChunkCountMax = 1U << 16;
inline constexpr std::size_t kNameBytesMax = 64;          // shop, task and step names
inline constexpr std::size_t kSealedShareBytesMax = 512;  // one AEAD ciphertext of a share message
inline constexpr std::size_t kLayoutBytesMax = 64U << 10;
inline constexpr std::size_t kPlanBytesMax = 64U << 10;
inline constexpr std::size_t kFrameHeaderBytes = 12;  // "GSUM", type, version, length
inline constexpr std::size_t kMessageBytesMax = 8U
                                                << 20;  // any framed message; each type has its own
inline constexpr std::uint32_t kRosterEntriesMax = 1U << 14;  // of one update
inline constexpr std::uint32_t kRosterProposalsMax = 1U << 10;  // of one request
inline constexpr std::size_t kAttemptEndsMax = 16;  // of one answer
inline constexpr std::size_t kOutcomeBytesMax = (64U << 10) + kFrameHeaderBytes;  // one framed
inline constexpr std::size_t kPurposeBytesMax = 4U << 10;
inline constexpr std::size_t kCertificateBytesMax = 16U << 10;  // PEM chain or DER request
inline constexpr std::size_t kCatalogueBytesMax = 4U << 20;
inline constexpr std::size_t kUrlBytesMax = 256;
inline constexpr std::int64_t kDeadlineMsMax = 7LL * 24 * 3600 * 1000;  // one phase
inline constexpr std::uint32_t kCohortMin = 3;           // only with allow_tiny_cohorts
inline constexpr std::uint32_t kSurvivorsFloor = 5;      // s_min of an ordinary cohort
inline constexpr std::uint32_t kHonestSurvivorsMin = 3;  // s_min - c, docs/protocol.md 3
inline constexpr std::uint32_t kHolders = 3;  // k: honest holders of a private row, section 15
inline constexpr std::uint8_t kRingBitsMin = 16;
inline constexpr std::uint8_t kRingBitsMax = 64;
inline constexpr std::size_t kSealedShareBytes =
    2 * 40 + 2 * 32 + 16;                            // suite 1: two shares, two salts, tag
inline constexpr std::size_t kDealerFaultsMax = 64;  // proven in one attempt; more are not told
inline constexpr std::uint16_t kProtocolVersion = 1;
/// Suite 1: X25519, Ed25519, HKDF-SHA256, AES-256-GCM, AES-256-CTR, SHA-256, Shamir over GF(2^61 -
/// 1).
inline constexpr std::uint16_t kSuite = 1;

}  // namespace guildsum::protocol
