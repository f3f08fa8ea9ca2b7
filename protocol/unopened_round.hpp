#pragma once

#include <vector>

#include "protocol/checks.hpp"

/// A certified attempt that did not open: what its members must know to repair it (docs/protocol.md
/// section 6).
namespace guildsum::protocol {

/// What an `UnopenedRound` proves.
struct CertifiedSet {
  std::vector<ParticipantId> survivors;  ///< U2, ascending
  std::vector<ParticipantId> faulty;  ///< dealers of U1 that are proven to have misdealt, ascending
};

/// One dealer's fault in `round`: the share message that U1 names, signed, and at least t shares of
/// distinct holders that open its commitments and are misdealt.
/// @return not_a_member, malformed, digest_mismatch, bad_signature, below_threshold, duplicate,
///   bad_share, certificate_mismatch (the shares are as announced: no fault).
[[nodiscard]] Result<> check_dealer_fault(const DealerFault& fault, const RoundView& round,
                                          std::span<const MemberDigest> sharers);

/// Everything in it: U1, U2 and its headers, the certificate over exactly these, each fault.
/// @param round  as accepted before; whoever reads it need not have taken part in the later phases
/// @return the errors of `read_survivors`, `check_certificate` and `check_dealer_fault`.
[[nodiscard]] Result<CertifiedSet> check_unopened_round(const UnopenedRound& unopened,
                                                        const RoundView& round);

}  // namespace guildsum::protocol
