#pragma once

#include <span>
#include <vector>

#include "protocol/checks.hpp"

/// The coordinator's side of `checks.hpp`: whether a shop's message may enter the round.
///
/// All verify the signature under the sender's identity, and that the sender may speak. Whether the
/// phase takes the message, and whether the sender already sent another one, is the round's to
/// know.
namespace guildsum::protocol {

/// Which round is open for check-ins.
struct OpenRound {
  FederationId federation;
  Epoch epoch;
  RoundId round;
  Attempt attempt;
  Digest roster_head;  ///< what every check-in must name; `roster` below says who is a member
};

/// Also used by every shop on every check-in of a description. Both X25519 keys must be canonical,
/// not of small order, and different.
/// @return unknown_sender, wrong_federation, wrong_round, digest_mismatch (other roster head),
///         bad_signature, malformed.
[[nodiscard]] Result<> check_check_in(const CheckIn& check_in, const OpenRound& open,
                                      const Roster& roster);

/// One ciphertext of exactly `kSealedShareBytes` for every other member in ascending order, n
/// commitments. @return wrong_round, not_a_member, malformed, bad_signature.
[[nodiscard]] Result<> check_share_keys(const ShareKeys& message, const RoundView& round);

/// @return wrong_round, not_a_member, malformed (about itself), bad_signature.
[[nodiscard]] Result<> check_complaint(const Complaint& message, const RoundView& round);

/// The number of chunks and the packed size of chunk `index` that the descriptor implies.
[[nodiscard]] std::uint32_t chunk_count(const RoundDescriptor& descriptor) noexcept;
[[nodiscard]] std::size_t chunk_bytes(const RoundDescriptor& descriptor,
                                      std::uint32_t index) noexcept;

/// A member of U1, the round's H(U1), the right number of chunks, and leaf hashes with the signed
/// root.
/// @return wrong_round, not_a_member, digest_mismatch, chunk_mismatch, bad_signature.
[[nodiscard]] Result<> check_masked_input(const MaskedInputUpload& upload, const RoundView& round,
                                          std::span<const MemberDigest> sharers);

/// One chunk on arrival: index, exact size, leaf hash. @return chunk_mismatch.
[[nodiscard]] Result<> check_chunk(std::uint32_t index, ByteView chunk,
                                   std::span<const Digest> chunk_digests,
                                   const RoundDescriptor& descriptor);

/// A member of U2 and exactly these values.
/// @return wrong_round, not_a_member, certificate_mismatch, bad_signature.
[[nodiscard]] Result<> check_survivor_signature(const SurvivorSignature& message,
                                                const RoundView& round, const Digest& sharers,
                                                const Survivors& survivors);

/// One share per member of U1 in order, of the right kind, opening the dealer's commitment to this
/// holder. `commitments[i]` are the n commitments of the i-th member of U1.
/// @return wrong_round, not_a_member, certificate_mismatch, bad_signature, malformed, and
/// bad_share,
///         which names the holder.
[[nodiscard]] Result<> check_unmask(const Unmask& message, const RoundView& round,
                                    std::span<const MemberDigest> sharers,
                                    const Survivors& survivors,
                                    std::span<const std::vector<ShareCommitments>> commitments);

/// A cohort member about exactly this result. @return wrong_round, not_a_member, digest_mismatch,
/// malformed (accept with a reason or refuse without one), bad_signature.
[[nodiscard]] Result<> check_vote(const Vote& message, const RoundView& round,
                                  const Digest& result);

/// @return wrong_round, not_a_member, bad_signature.
[[nodiscard]] Result<> check_abandon(const Abandon& message, const RoundView& round);

}  // namespace guildsum::protocol
