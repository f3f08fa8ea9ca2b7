#pragma once

#include <span>
#include <string_view>

#include "crypto/aead.hpp"
#include "crypto/mask_stream.hpp"
#include "crypto/shamir.hpp"
#include "crypto/x25519.hpp"
#include "protocol/errors.hpp"
#include "protocol/messages.hpp"

/// Every key of a round (docs/protocol.md sections 3 and 4):
///
/// `HKDF-SHA256(ikm, salt = rd, info = "guildsum/v1/<label>" || 0x00 || ids || public keys)`.
///
/// Shops that were shown different descriptors derive different keys, so their masks do not cancel
/// and their shares do not open. Ids are the 32-byte identities, keys the 32-byte X25519 public
/// keys.
namespace guildsum::protocol {

/// b: the 32 bytes whose mask hides a shop's input from everybody; shared, never sent.
using SelfSeed = Secret<struct SelfSeedTag, 32>;
/// Opens one commitment; travels inside the AEAD and is revealed with its share.
using ShareSalt = Secret<struct ShareSaltTag, 32>;

/// SHA-256(b): what a check-in announces.
[[nodiscard]] Digest self_seed_digest(const SelfSeed& seed);

/// One end of a pair: identity and the public key of the purpose (mask key E or share key S).
struct PairEnd {
  ParticipantId id;
  crypto::X25519PublicKey key;
};

/// s_ij = HKDF(X25519(e_i, E_j), rd, "pair" || id low || id high || E low || E high), low and high
/// by identity: both ends derive the same seed. The lower identity adds the mask, the higher
/// subtracts it. The ends must differ.
[[nodiscard]] crypto::MaskSeed pair_mask_seed(const crypto::SharedSecret& shared,
                                              const RoundDigest& rd, const PairEnd& one,
                                              const PairEnd& other);
/// The agreement and the derivation in one: `own` belongs to `own_end`.
/// @return CryptoErrc::invalid_public_key for a key that is not canonical or has small order.
[[nodiscard]] Result<crypto::MaskSeed> pair_mask_seed(const crypto::X25519KeyPair& own,
                                                      const RoundDigest& rd,
                                                      const ParticipantId& own_id,
                                                      const PairEnd& peer);
/// Whether member `own` adds (false: subtracts) its pairwise mask with `peer`.
[[nodiscard]] inline bool adds_pair_mask(const ParticipantId& own, const ParticipantId& peer) {
  return own < peer;
}

/// self_i = HKDF(b_i, rd, "self" || id).
[[nodiscard]] crypto::MaskSeed self_mask_seed(const SelfSeed& seed, const RoundDigest& rd,
                                              const ParticipantId& id);

/// What every derivation of this protocol is bound to: "guildsum/v1/<label>" || 0x00, to which ids
/// and keys are appended.
[[nodiscard]] Bytes derivation_info(std::string_view label);

/// Key and nonce of the one message that `from` seals for `to`.
struct ShareSealing {
  crypto::AeadKey key;
  crypto::Nonce nonce;
};
/// HKDF(agreed secret, salt, label || from || to || key of from || key of to): directional.
[[nodiscard]] ShareSealing directional_sealing(std::string_view label,
                                               const crypto::SharedSecret& shared,
                                               const Digest& salt, const PairEnd& from,
                                               const PairEnd& to);
/// HKDF(X25519(s_i, S_j), rd, "share" || from || to || S_from || S_to): directional.
[[nodiscard]] ShareSealing share_sealing(const crypto::SharedSecret& shared, const RoundDigest& rd,
                                         const PairEnd& from, const PairEnd& to);

/// What one dealer gives one holder. Move-only.
struct DealtShares {
  crypto::Share mask_key;   ///< share of e
  crypto::Share self_seed;  ///< share of b
  ShareSalt mask_key_salt;
  ShareSalt self_seed_salt;
};

/// Where a sealed share goes; the associated data of its AEAD.
struct ShareRoute {
  RoundDigest rd;
  CohortPosition dealer;
  CohortPosition holder;
};

/// The commitments that the dealer publishes for `shares`.
[[nodiscard]] ShareCommitments commitments_of(const ShareRoute& route, const DealtShares& shares);
/// @return ProtocolErrc::bad_share unless both commitments open to these shares.
[[nodiscard]] Result<> check_commitments(const ShareRoute& route, const DealtShares& shares,
                                         const ShareCommitments& commitments);

/// The two ends of a sealed share and X25519(s, S) between them, which serves both directions.
struct SharePair {
  const crypto::SharedSecret& agreed;
  PairEnd from;
  PairEnd to;
};
/// Seals shares and salts (144 bytes) into `kSealedShareBytes`; one message for each pair and rd.
[[nodiscard]] Result<Bytes> seal_share(const SharePair& pair, const ShareRoute& route,
                                       const DealtShares& shares);
/// Opens what `pair.from` sealed. Does not look at commitments.
/// @return ProtocolErrc::share_unopenable (length or tag) or share_malformed (a limb >= p).
[[nodiscard]] Result<DealtShares> open_share(const SharePair& pair, const ShareRoute& route,
                                             ByteView ciphertext);

/// The same with an agreement of its own. `own` is the dealer's share key pair.
/// @return CryptoErrc::invalid_public_key for the holder's key.
[[nodiscard]] Result<Bytes> seal_share(const crypto::X25519KeyPair& own,
                                       const ParticipantId& own_id, const PairEnd& holder,
                                       const ShareRoute& route, const DealtShares& shares);
/// The same with an agreement of its own: what `dealer` sealed for the owner of `own`.
/// @return ProtocolErrc::share_unopenable (length, key or tag) or share_malformed (a limb >= p).
[[nodiscard]] Result<DealtShares> open_share(const crypto::X25519KeyPair& own,
                                             const ParticipantId& own_id, const PairEnd& dealer,
                                             const ShareRoute& route, ByteView ciphertext);

/// What a complaint about a share says: the error of `open_share` or `check_commitments`.
[[nodiscard]] ComplaintReason complaint_reason_of(const Error& error) noexcept;

}  // namespace guildsum::protocol
