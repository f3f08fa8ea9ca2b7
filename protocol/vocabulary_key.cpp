#include "protocol/vocabulary_key.hpp"

#include "base/assert.hpp"
#include "crypto/hkdf.hpp"
#include "crypto/secret_buffer.hpp"
#include "protocol/detail/fields.hpp"

namespace guildsum::protocol {
namespace {

static_assert(SealedContribution::kSize == KeyContribution::kSize + crypto::kAeadTagBytes);

constexpr std::string_view kSealLabel = "vocabulary-seal";

/// SHA-256(label || 0x00 || content).
Digest labelled(std::string_view label, ByteView content) {
  constexpr std::byte kEnd[] = {std::byte{0}};
  return crypto::sha256(as_bytes(label), ByteView{kEnd}, content);
}

template <class Message>
Bytes list_bytes(std::span<const Message> messages) {
  Bytes bytes;
  CanonicalOut out{bytes};
  out.count(messages.size(), kCohortMax);
  for (const Message& message : messages) out(message);
  return bytes;
}

Bytes associated_data(const Digest& agreement, const ParticipantId& from, const ParticipantId& to) {
  Bytes bytes = to_bytes("vocabulary");
  append(bytes, agreement.view());
  append(bytes, from.view());
  append(bytes, to.view());
  return bytes;
}

/// A contribution in the clear on the stack; wiped when it goes.
struct ContributionText {
  std::array<std::byte, KeyContribution::kSize> bytes{};
  ContributionText() = default;
  ContributionText(const ContributionText&) = delete;
  ContributionText& operator=(const ContributionText&) = delete;
  ~ContributionText() { OPENSSL_cleanse(bytes.data(), bytes.size()); }
};

bool is_blank(char c) { return c == ' ' || c == '\t'; }

}  // namespace

Digest agreement_digest(std::span<const VocabularyOffer> offers) {
  return labelled("vocabulary-agreement", list_bytes(offers));
}

Digest contributions_digest(std::span<const VocabularyContribution> contributions) {
  return labelled("vocabulary-contributions", list_bytes(contributions));
}

Digest contribution_commitment(const Digest& agreement, const ParticipantId& member,
                               const KeyContribution& contribution) {
  constexpr std::byte kEnd[] = {std::byte{0}};
  return crypto::sha256(as_bytes(std::string_view{"vocabulary-commitment"}), ByteView{kEnd},
                        agreement.view(), member.view(), contribution.expose());
}

Result<SealedContribution> seal_contribution(const crypto::X25519KeyPair& own,
                                             const ParticipantId& own_id, const PairEnd& to,
                                             const Digest& agreement,
                                             const KeyContribution& contribution) {
  GS_TRY(const crypto::SharedSecret shared, own.agree(to.key));
  ShareSealing sealing =
      directional_sealing(kSealLabel, shared, agreement, PairEnd{own_id, own.public_key()}, to);
  GS_TRY(const Bytes sealed,
         crypto::seal(sealing.key, std::move(sealing.nonce),
                      associated_data(agreement, own_id, to.id), contribution.expose()));
  return SealedContribution{ByteView{sealed}.first<SealedContribution::kSize>()};
}

Result<KeyContribution> open_contribution(const crypto::X25519KeyPair& own,
                                          const ParticipantId& own_id, const PairEnd& from,
                                          const Digest& agreement,
                                          const SealedContribution& sealed) {
  const auto shared = own.agree(from.key);
  if (shared.has_error()) return Error{ProtocolErrc::share_unopenable, "key of the contribution"};
  const ShareSealing sealing =
      directional_sealing(kSealLabel, *shared, agreement, from, PairEnd{own_id, own.public_key()});
  ContributionText text;
  if (crypto::open_into(sealing.key, sealing.nonce, associated_data(agreement, from.id, own_id),
                        sealed.view(), text.bytes)
          .has_error()) {
    return Error{ProtocolErrc::share_unopenable, "tag of the contribution"};
  }
  return KeyContribution{text.bytes};
}

VocabularyKey vocabulary_key(std::span<const KeyContribution> contributions,
                             const Digest& agreement, const Digest& contributions_digest) {
  auto joined = crypto::SecretBuffer::allocate(contributions.size() * KeyContribution::kSize);
  GS_ASSERT(joined.has_value());
  MutableByteView rest = joined->mutable_expose();
  for (const KeyContribution& contribution : contributions) {
    std::ranges::copy(contribution.expose(), rest.begin());
    rest = rest.subspan(KeyContribution::kSize);
  }
  Bytes info = derivation_info("vocabulary-key");
  append(info, agreement.view());
  return crypto::derive<VocabularyKey>(joined->expose(), contributions_digest, info);
}

Digest vocabulary_key_digest(const VocabularyKey& key) {
  return crypto::sha256(as_bytes(std::string_view{"vocab-key"}), key.expose());
}

std::string_view canonical_item_id(std::string_view id) noexcept {
  while (!id.empty() && is_blank(id.front())) id.remove_prefix(1);
  while (!id.empty() && is_blank(id.back())) id.remove_suffix(1);
  return id;
}

ItemSlots::ItemSlots(const VocabularyKey& key, std::uint32_t slot_bits) noexcept
    : mac_{key.expose()}, slot_bits_{slot_bits} {
  GS_ASSERT(slot_bits >= kSlotBitsMin && slot_bits <= kSlotBitsMax);
}

ItemSlot ItemSlots::of(std::string_view item_id) noexcept {
  const Digest mac = mac_.mac(as_bytes(canonical_item_id(item_id)));
  const ByteView bytes = mac.view();
  const std::uint64_t place = load_le<std::uint64_t>(bytes.first(8));
  return {static_cast<std::uint32_t>(place & ((std::uint64_t{1} << slot_bits_) - 1)),
          load_le<std::uint32_t>(bytes.subspan(8, 4))};
}

}  // namespace guildsum::protocol
