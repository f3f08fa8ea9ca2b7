#pragma once

#include <optional>

#include "base/random.hpp"
#include "participant/membership.hpp"

namespace guildsum::participant {

/// Joins a federation with a single-use token: makes the keys, checks the pinned root before
/// anything is sent, proves the token over this very TLS connection, and keeps what comes back.
/// Safe to repeat with the same token after a lost answer: the keys stay the same.
///
/// @param registrar  the registrar's key as the owner knows it; nothing when any will do. The
///   coordinator is asked for its own before anything of this shop is sent.
/// @return ParticipantErrc::already_enrolled, registrar_mismatch; ProtocolErrc::bad_join_token,
///   join_token_expired, join_token_used, name_taken, bad_proof, ...;
///   NetErrc::certificate_untrusted when the server is not of the token's federation;
///   NetErrc::unreachable.
[[nodiscard]] Result<Membership> enrol(const AgentPaths& paths, std::string_view token_text,
                                       const Clock& clock, Random& random,
                                       const std::optional<crypto::VerifyKey>& registrar = {});

/// Redeems the token of `shop invite --renew`: a new certificate for the same keys and the same
/// federation. The purpose and item list that the owner agreed to stay.
///
/// @return ParticipantErrc::not_enrolled; ProtocolErrc::bad_join_token for another shop's token,
///   wrong_federation when the reply names other keys, and as `enrol`.
[[nodiscard]] Result<Membership> renew(const AgentPaths& paths, std::string_view token_text,
                                       const Clock& clock);

}  // namespace guildsum::participant
