#pragma once

#include <span>

#include "participant/round/round_machine.hpp"

namespace guildsum::participant::detail {

/// This participant's key shares, ready to be sent.
struct Dealing {
  protocol::ShareKeys message;  ///< signed
  protocol::Digest digest;      ///< of the message, as U1 will name it
  protocol::DealtShares own;    ///< the share that stays here
  std::vector<crypto::SharedSecret> agreed;  ///< X25519(s, S_j) with every other member j
};

/// Splits e and b over all n members, commits to every share and seals each for its holder. The
/// shares are a function of `secrets.expansion`: the same attempt deals the same bytes.
/// @return CryptoErrc::invalid_public_key for a member's share key.
[[nodiscard]] Result<Dealing> deal_shares(const AcceptedRound& round, const RoundSecrets& secrets,
                                          const RoundContext& context);

/// Why a dealer's share cannot be held.
struct BadShare {
  protocol::ParticipantId dealer;
  protocol::Digest ciphertext;
  protocol::ComplaintReason reason;
};
/// Opens the shares of all of U1, the own one included.
/// @param agreed  as `deal_shares` gave it: an agreement serves both directions.
/// @return the shares in U1's order, or the first dealer to complain about.
[[nodiscard]] std::variant<HeldShares, BadShare> open_shares(
    const protocol::ShareDelivery& delivery, const AcceptedRound& round,
    const protocol::DealtShares& own_share, std::span<const crypto::SharedSecret> agreed);

/// y_i's masks: the own self mask, and one pairwise mask for every other member of U1.
[[nodiscard]] Result<std::vector<MaskTerm>> mask_terms(
    const std::vector<protocol::MemberDigest>& sharers, const AcceptedRound& round,
    const RoundSecrets& secrets, const RoundContext& context);

}  // namespace guildsum::participant::detail
