#pragma once

#include <string>

#include "protocol/messages.hpp"

/// Signed statements that exclude each other: whoever holds both can prove to anybody that their
/// signer told two stories (docs/protocol.md, "Evidence"). Nothing else is needed than the two
/// frames and the keys that the federation's members pinned.
namespace guildsum::protocol {

/// The keys that statements are checked under; shops sign under their own identity.
struct FederationKeys {
  FederationId federation;
  crypto::VerifyKey coordinator;
  crypto::VerifyKey registrar;
};

enum class Signatory { coordinator, registrar, shop };

/// What two statements prove.
struct Equivocation {
  Signatory signatory = Signatory::coordinator;
  ParticipantId signer;   ///< the identity whose key made both signatures
  std::string statement;  ///< "two descriptors", "two check-ins", ...
  std::string about;      ///< "round 3, attempt 0", "rd 0123...", "roster entry 7"
};

/// Whether two state roots are of one step (lineage, step kind, step number) and differ in the
/// model or the public inputs. A step is asked for again after an abandoned attempt, and then in
/// the same state.
[[nodiscard]] bool is_other_state_of_one_step(const StateRoot& one, const StateRoot& other);

/// Checks both signatures and that the statements cannot both be honest: two descriptors for one
/// attempt or of one step in two states, two results of one rd, two roster heads of one length; of
/// a shop, two check-ins of one attempt, two share messages, headers, survivor signatures, unmask
/// answers or votes of one rd, or an unmask answer beside an "abandoned".
///
/// @param one, other  frames as they travelled, in any order.
/// @return bad_signature; wrong_federation; unknown_type for types that prove nothing together;
///   unknown_sender when they have different signers; wrong_round when they are about different
///   things; duplicate when they say the same; decoding errors.
[[nodiscard]] Result<Equivocation> prove_equivocation(ByteView one, ByteView other,
                                                      const FederationKeys& keys);

}  // namespace guildsum::protocol
