#pragma once

#include "base/random.hpp"
#include "participant/membership.hpp"

namespace guildsum::participant {

/// Joins a federation with a single-use token: makes the keys, checks the pinned root before
/// anything is sent, proves the token over this very TLS connection, and keeps what comes back.
/// Safe to repeat with the same token after a lost answer: the keys stay the same.
///
/// @return ParticipantErrc::already_enrolled; ProtocolErrc::bad_join_token, join_token_expired,
///   join_token_used, name_taken, bad_proof, ...; NetErrc::certificate_untrusted when the server is
///   not of the token's federation; NetErrc::unreachable.
[[nodiscard]] Result<Membership> enrol(const AgentPaths& paths, std::string_view token_text,
                                       const Clock& clock, Random& random);

}  // namespace guildsum::participant
