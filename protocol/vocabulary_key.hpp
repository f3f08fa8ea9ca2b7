#pragma once

#include <span>
#include <string_view>

#include "crypto/hmac.hpp"
#include "crypto/x25519.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/vocabulary_messages.hpp"

/// The key of a private vocabulary and what is made with it (docs/protocol.md section 15).
namespace guildsum::protocol {

/// r: what one member adds to the key.
using KeyContribution = Secret<struct KeyContributionTag, 32>;
/// K: known to the members of one agreement, never to the coordinator.
using VocabularyKey = Secret<struct VocabularyKeyTag, 32>;

/// SHA-256("vocabulary-agreement" || 0 || list of the signed offers): federation, epoch, attempt,
/// roster head and every member's key.
[[nodiscard]] Digest agreement_digest(std::span<const VocabularyOffer> offers);
/// SHA-256("vocabulary-contributions" || 0 || list of the signed contributions).
[[nodiscard]] Digest contributions_digest(std::span<const VocabularyContribution> contributions);
/// SHA-256("vocabulary-commitment" || 0 || agreement || id || r).
[[nodiscard]] Digest contribution_commitment(const Digest& agreement, const ParticipantId& member,
                                             const KeyContribution& contribution);

/// Seals r to `to.key` under HKDF(X25519(v, V_to), agreement, "vocabulary-seal" || from || to ||
/// V_from || V_to): directional, one message each.
/// @return CryptoErrc::invalid_public_key for the receiver's key.
[[nodiscard]] Result<SealedContribution> seal_contribution(const crypto::X25519KeyPair& own,
                                                           const ParticipantId& own_id,
                                                           const PairEnd& to,
                                                           const Digest& agreement,
                                                           const KeyContribution& contribution);
/// Opens what `from` sealed for the owner of `own`. Does not look at the commitment.
/// @return ProtocolErrc::share_unopenable (key or tag).
[[nodiscard]] Result<KeyContribution> open_contribution(const crypto::X25519KeyPair& own,
                                                        const ParticipantId& own_id,
                                                        const PairEnd& from,
                                                        const Digest& agreement,
                                                        const SealedContribution& sealed);

/// K = HKDF(r_1 || ... || r_n, salt = digest of all contributions, "vocabulary-key" || agreement),
/// r in ascending identity. Members who were shown different offers or contributions derive
/// different keys.
[[nodiscard]] VocabularyKey vocabulary_key(std::span<const KeyContribution> contributions,
                                           const Digest& agreement,
                                           const Digest& contributions_digest);
/// SHA-256("vocab-key" || K): the descriptor's field.
[[nodiscard]] Digest vocabulary_key_digest(const VocabularyKey& key);

/// Where an item is counted, and what tells it from others in the same slot.
struct ItemSlot {
  std::uint32_t slot = 0;
  std::uint32_t tag = 0;
  friend auto operator<=>(const ItemSlot&, const ItemSlot&) = default;
};
inline constexpr std::uint32_t kSlotBitsMin = 8;
inline constexpr std::uint32_t kSlotBitsMax = 24;

/// The id as all shops must write it: without spaces and tabs around it, otherwise byte for byte.
[[nodiscard]] std::string_view canonical_item_id(std::string_view id) noexcept;

/// HMAC-SHA256(K, canonical id) of many items: bytes 0-7 little-endian modulo 2^slot_bits are the
/// slot, bytes 8-11 the tag. Equal for equal ids at all members; without K neither computable nor
/// comparable over keys. One thread at a time.
class ItemSlots {
 public:
  /// `slot_bits` from kSlotBitsMin to kSlotBitsMax.
  ItemSlots(const VocabularyKey& key, std::uint32_t slot_bits) noexcept;
  [[nodiscard]] ItemSlot of(std::string_view item_id) noexcept;

 private:
  crypto::HmacSha256 mac_;
  std::uint32_t slot_bits_;
};

}  // namespace guildsum::protocol
