#pragma once

#include <span>
#include <string>
#include <vector>

#include "protocol/cohort.hpp"
#include "protocol/errors.hpp"
#include "protocol/messages.hpp"

/// Pure checks of what the other side sent; every signature and digest is verified, nothing is
/// sampled.
///
/// `checks.hpp` is the shop's side (what a coordinator may ask of it), `intake.hpp` the
/// coordinator's.
namespace guildsum::protocol {

/// What a shop's owner allows. Independent of what a coordinator asks for.
struct DescriptionPolicy {
  bool allow_tiny_cohorts = false;  ///< n of 3 or 4, which hides little
  std::uint32_t cohort_min = 5;     ///< n_min
  std::uint32_t survivors_min = 5;  ///< least s_min
  /// Least c; 0 means max(1, ceil(active roster / 10)) of the own roster.
  std::uint32_t corrupt_min = 0;
  std::vector<std::string> task_kinds;  ///< allowed task kinds; empty allows none
  std::vector<Digest> purposes;         ///< allowed purpose digests; empty allows any
  std::vector<ParticipantId> trusted;   ///< identities pinned out of band
  std::uint32_t trusted_min = 0;        ///< how many of them must be in the cohort and in U2
};

/// What a shop knows by itself of its federation.
struct FederationView {
  FederationId federation;
  crypto::VerifyKey coordinator;
  const Roster& roster;
};

/// Phase 0: may this shop share keys under `description`? Checks the coordinator's signature, the
/// descriptor's rules and thresholds, federation, roster head, every check-in (signature,
/// membership, keys, equal epoch, round, attempt), that no identity, E, S or H(b) repeats, that
/// `own` is in it byte for byte, the digests of check-ins, layout, plan and purpose, and the
/// policy.
/// @return bad_signature, bad_descriptor, wrong_federation, wrong_round, unknown_sender,
/// not_a_member,
///         duplicate, digest_mismatch, too_few, understated_corruption, trusted_missing,
///         policy_refused.
[[nodiscard]] Result<> check_round_description(const RoundDescription& description,
                                               const CheckIn& own, const FederationView& view,
                                               const DescriptionPolicy& policy);

/// The same for somebody who takes no part and has no policy: signatures, thresholds, check-ins,
/// digests. A small cohort is allowed; whoever reads the result sees its size.
[[nodiscard]] Result<> check_description_signed(const RoundDescription& description,
                                                const FederationView& view);

/// The round as a member accepted it; what later checks compare with. Holds no secrets.
struct RoundView {
  FederationId federation;
  RoundDigest rd;
  RoundDescriptor descriptor;
  Cohort cohort;
  std::vector<CheckIn> check_ins;  ///< cohort order

  /// From a description that `check_round_description` accepted.
  [[nodiscard]] static Result<RoundView> of(const RoundDescription& description);
};

/// Phase 1: is `delivery` a U1 that this shop may freeze? Members of the cohort in order without
/// repeats, at least s_min, the own entry equal to `own_message`, and of every dealer a valid
/// signature whose message has the digest that U1 names and whose ciphertext for this shop is the
/// signed one. Opening the shares comes after (`key_schedule.hpp`), because a bad share is a
/// complaint, not a refusal.
/// @return wrong_round, not_a_member, duplicate, too_few, digest_mismatch, bad_signature,
/// malformed.
[[nodiscard]] Result<> check_share_delivery(const ShareDelivery& delivery, const RoundView& round,
                                            const ParticipantId& self, const Digest& own_message);

/// One dealer's share message without its ciphertexts, as U1 names it: complete and signed.
/// @return not_a_member, malformed, digest_mismatch, bad_signature.
[[nodiscard]] Result<> check_share_message(const DeliveredShare& share, const MemberDigest& sharer,
                                           const RoundView& round);

/// U2 as read from a proposal.
struct Survivors {
  std::vector<MemberDigest> members;  ///< cohort order
  Digest digest;                      ///< H(U2)
  [[nodiscard]] std::uint32_t count() const noexcept {
    return static_cast<std::uint32_t>(members.size());
  }
  [[nodiscard]] bool contains(const ParticipantId& id) const noexcept;
};

/// Phase 3: reads and checks a proposed U2 against the own frozen U1: same U1, members of it in
/// order without repeats, at least s_min, every header signed, of this rd and naming the own H(U1).
/// Enough for a member of U1 outside U2, which answers 3b but does not sign 3a.
/// @return wrong_round, digest_mismatch, not_a_member, duplicate, too_few, bad_signature.
[[nodiscard]] Result<Survivors> read_survivors(const SurvivorProposal& proposal,
                                               const RoundView& round,
                                               std::span<const MemberDigest> own_sharers);

/// Phase 3a: may this shop sign? As `read_survivors`, and the own header is in U2 as sent, and at
/// least `trusted_min` of the pinned identities are.
/// @return also trusted_missing.
[[nodiscard]] Result<Survivors> check_survivor_proposal(const SurvivorProposal& proposal,
                                                        const RoundView& round,
                                                        std::span<const MemberDigest> own_sharers,
                                                        const MaskedInput& own_header,
                                                        const DescriptionPolicy& policy);

/// Phase 3b: at least q valid signatures by distinct members of U2 over exactly these values. One
/// bad, foreign or repeated signature refuses the certificate: an honest coordinator sends none.
/// @return wrong_round, certificate_mismatch, not_a_member, duplicate, bad_signature,
/// below_threshold.
[[nodiscard]] Result<> check_certificate(const SurvivorCertificate& certificate,
                                         const RoundView& round, const Digest& sharers,
                                         const Survivors& survivors);

/// An abandon certificate: q valid signatures by distinct cohort members.
/// @return wrong_round, not_a_member, duplicate, bad_signature, below_threshold.
[[nodiscard]] Result<> check_abandon_certificate(std::span<const Abandon> certificate,
                                                 const RoundView& round);

/// Phase 4: the coordinator's signature, the own rd, U1 and U2, one secret per member of U1 of the
/// right kind that fits its check-in (`SHA-256(b) == H(b)`, `X25519(e, 9) == E`), and the chain
/// hash. The sum and the model are checked against these by the caller.
/// @return bad_signature, wrong_round, digest_mismatch, malformed, dealer_fault.
[[nodiscard]] Result<> check_round_result(const RoundResult& result, const RoundView& round,
                                          const crypto::VerifyKey& coordinator,
                                          std::span<const MemberDigest> own_sharers,
                                          const Survivors& survivors);

/// The coordinator's signature and, where it names one, the own rd.
[[nodiscard]] Result<> check_round_aborted(const RoundAborted& aborted, const RoundView& round,
                                           const crypto::VerifyKey& coordinator);

}  // namespace guildsum::protocol
