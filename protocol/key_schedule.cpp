#include "protocol/key_schedule.hpp"

#include <string_view>

#include "base/assert.hpp"
#include "crypto/hkdf.hpp"
#include "protocol/digests.hpp"
#include "protocol/limits.hpp"

namespace guildsum::protocol {
namespace {

constexpr std::size_t kSaltBytes = ShareSalt::kSize;
constexpr std::size_t kShareTextBytes = 2 * (crypto::kShareBytes + kSaltBytes);
static_assert(kShareTextBytes + crypto::kAeadTagBytes == kSealedShareBytes);

/// Key and nonce of one sealed message, as derived.
using SealingBytes = Secret<struct SealingBytesTag, 32 + crypto::kAeadNonceBytes>;

Digest salt_of(const RoundDigest& rd) { return Digest{rd.view()}; }

Bytes associated_data(const ShareRoute& route) {
  Bytes bytes = to_bytes("share");
  append(bytes, route.rd.view());
  std::array<std::byte, 8> positions{};
  store_le(route.dealer.value(), MutableByteView{positions}.first<4>());
  store_le(route.holder.value(), MutableByteView{positions}.subspan<4>());
  append(bytes, positions);
  return bytes;
}

/// The plaintext of a sealed share on the stack; wiped when it goes.
struct ShareText {
  std::array<std::byte, kShareTextBytes> bytes{};
  ShareText() = default;
  ShareText(const ShareText&) = delete;
  ShareText& operator=(const ShareText&) = delete;
  ~ShareText() { OPENSSL_cleanse(bytes.data(), bytes.size()); }

  [[nodiscard]] auto mask_key() { return part<0, crypto::kShareBytes>(); }
  [[nodiscard]] auto self_seed() { return part<crypto::kShareBytes, crypto::kShareBytes>(); }
  [[nodiscard]] auto mask_key_salt() { return part<2 * crypto::kShareBytes, kSaltBytes>(); }
  [[nodiscard]] auto self_seed_salt() {
    return part<2 * crypto::kShareBytes + kSaltBytes, kSaltBytes>();
  }

 private:
  template <std::size_t Offset, std::size_t Size>
  [[nodiscard]] std::span<std::byte, Size> part() {
    return std::span<std::byte, kShareTextBytes>{bytes}.subspan<Offset, Size>();
  }
};

}  // namespace

Bytes derivation_info(std::string_view label) {
  Bytes info = to_bytes("guildsum/v1/");
  append(info, as_bytes(label));
  info.push_back(std::byte{0});
  return info;
}

Digest self_seed_digest(const SelfSeed& seed) { return crypto::sha256(seed.expose()); }

crypto::MaskSeed pair_mask_seed(const crypto::SharedSecret& shared, const RoundDigest& rd,
                                const PairEnd& one, const PairEnd& other) {
  GS_ASSERT(one.id != other.id);
  const PairEnd& low = one.id < other.id ? one : other;
  const PairEnd& high = one.id < other.id ? other : one;
  Bytes info = derivation_info("pair");
  append(info, low.id.view());
  append(info, high.id.view());
  append(info, low.key.view());
  append(info, high.key.view());
  return crypto::derive<crypto::MaskSeed>(shared.expose(), salt_of(rd), info);
}

Result<crypto::MaskSeed> pair_mask_seed(const crypto::X25519KeyPair& own, const RoundDigest& rd,
                                        const ParticipantId& own_id, const PairEnd& peer) {
  GS_TRY(const crypto::SharedSecret shared, own.agree(peer.key));
  return pair_mask_seed(shared, rd, PairEnd{own_id, own.public_key()}, peer);
}

crypto::MaskSeed self_mask_seed(const SelfSeed& seed, const RoundDigest& rd,
                                const ParticipantId& id) {
  Bytes info = derivation_info("self");
  append(info, id.view());
  return crypto::derive<crypto::MaskSeed>(seed.expose(), salt_of(rd), info);
}

ShareSealing directional_sealing(std::string_view label, const crypto::SharedSecret& shared,
                                 const Digest& salt, const PairEnd& from, const PairEnd& to) {
  GS_ASSERT(from.id != to.id);
  Bytes info = derivation_info(label);
  append(info, from.id.view());
  append(info, to.id.view());
  append(info, from.key.view());
  append(info, to.key.view());
  const auto derived = crypto::derive<SealingBytes>(shared.expose(), salt, info);
  const auto bytes = derived.expose();
  return {crypto::AeadKey{bytes.first<32>()},
          crypto::Nonce{bytes.subspan<32, crypto::kAeadNonceBytes>()}};
}

ShareSealing share_sealing(const crypto::SharedSecret& shared, const RoundDigest& rd,
                           const PairEnd& from, const PairEnd& to) {
  return directional_sealing("share", shared, salt_of(rd), from, to);
}

ShareCommitments commitments_of(const ShareRoute& route, const DealtShares& shares) {
  return {share_commitment(route.rd, route.dealer, route.holder, ShareKind::mask_key,
                           shares.mask_key_salt.expose(), shares.mask_key.expose()),
          share_commitment(route.rd, route.dealer, route.holder, ShareKind::self_seed,
                           shares.self_seed_salt.expose(), shares.self_seed.expose())};
}

Result<> check_commitments(const ShareRoute& route, const DealtShares& shares,
                           const ShareCommitments& commitments) {
  const ShareCommitments own = commitments_of(route, shares);
  if (own.mask_key_share != commitments.mask_key_share ||
      own.self_seed_share != commitments.self_seed_share) {
    return Error{ProtocolErrc::bad_share,
                 "of the dealer at position " + std::to_string(route.dealer.value())};
  }
  return {};
}

Result<Bytes> seal_share(const SharePair& pair, const ShareRoute& route,
                         const DealtShares& shares) {
  ShareSealing sealing = share_sealing(pair.agreed, route.rd, pair.from, pair.to);
  ShareText text;
  shares.mask_key.encode(text.mask_key());
  shares.self_seed.encode(text.self_seed());
  std::ranges::copy(shares.mask_key_salt.expose(), text.mask_key_salt().begin());
  std::ranges::copy(shares.self_seed_salt.expose(), text.self_seed_salt().begin());
  return crypto::seal(sealing.key, std::move(sealing.nonce), associated_data(route), text.bytes);
}

Result<Bytes> seal_share(const crypto::X25519KeyPair& own, const ParticipantId& own_id,
                         const PairEnd& holder, const ShareRoute& route,
                         const DealtShares& shares) {
  GS_TRY(const crypto::SharedSecret agreed, own.agree(holder.key));
  return seal_share({agreed, {own_id, own.public_key()}, holder}, route, shares);
}

Result<DealtShares> open_share(const SharePair& pair, const ShareRoute& route,
                               ByteView ciphertext) {
  if (ciphertext.size() != kSealedShareBytes) {
    return Error{ProtocolErrc::share_unopenable, "length"};
  }
  const ShareSealing sealing = share_sealing(pair.agreed, route.rd, pair.from, pair.to);
  ShareText text;
  if (crypto::open_into(sealing.key, sealing.nonce, associated_data(route), ciphertext, text.bytes)
          .has_error()) {
    return Error{ProtocolErrc::share_unopenable, "tag"};
  }
  auto mask_key = crypto::Share::parse(text.mask_key());
  auto self_seed = crypto::Share::parse(text.self_seed());
  if (mask_key.has_error() || self_seed.has_error()) {
    return Error{ProtocolErrc::share_malformed, "limb"};
  }
  return DealtShares{std::move(*mask_key), std::move(*self_seed), ShareSalt{text.mask_key_salt()},
                     ShareSalt{text.self_seed_salt()}};
}

Result<DealtShares> open_share(const crypto::X25519KeyPair& own, const ParticipantId& own_id,
                               const PairEnd& dealer, const ShareRoute& route,
                               ByteView ciphertext) {
  const auto agreed = own.agree(dealer.key);
  if (agreed.has_error()) return Error{ProtocolErrc::share_unopenable, "key"};
  return open_share({*agreed, dealer, {own_id, own.public_key()}}, route, ciphertext);
}

ComplaintReason complaint_reason_of(const Error& error) noexcept {
  if (error == ProtocolErrc::bad_share) return ComplaintReason::commitment_mismatch;
  if (error == ProtocolErrc::share_malformed) return ComplaintReason::malformed_share;
  return ComplaintReason::unopenable;
}

}  // namespace guildsum::protocol
