#pragma once

#include <set>
#include <span>
#include <vector>

#include "coordinator/store/ledger.hpp"

/// What follows from complaints about key shares (docs/protocol.md section 4). Who is right cannot
/// be told without a secret that must stay one, so nobody is believed: a complaint binds only the
/// complainer in its own attempt, and separates the two afterwards.
namespace guildsum::coordinator {

/// One complaint of a task, and the attempt in which it was made.
struct PairComplaint {
  RoundKey attempt;
  ParticipantId complainer;
  ParticipantId dealer;
};

/// Whom the next attempt of a task leaves out.
///
/// - A shop in complaints with two different peers is out for the rest of the epoch: whoever
///   complains about everybody removes itself.
/// - Of any other pair one is out of each later attempt, by turns: first the dealer, because the
///   complainer was out of the attempt in which it complained.
/// @param complaints  of the task's attempts so far, oldest first
/// @param attempts    keys of these attempts, ascending
[[nodiscard]] std::set<ParticipantId> left_out(std::span<const PairComplaint> complaints,
                                               std::span<const RoundKey> attempts);

/// The same from what the ledger holds: after a restart it comes out alike.
/// @return BaseErrc::corrupt for a stored complaint that cannot be read, and the ledger's errors.
[[nodiscard]] Result<std::set<ParticipantId>> left_out_of(Ledger& ledger, protocol::Epoch epoch);

}  // namespace guildsum::coordinator
