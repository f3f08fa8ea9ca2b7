#pragma once

#include <string_view>

#include "coordinator/membership.hpp"
#include "coordinator/round/round_machine.hpp"
#include "coordinator/store/blobs.hpp"
#include "coordinator/store/ledger.hpp"
#include "protocol/attempt_end.hpp"
#include "protocol/transcript.hpp"

namespace guildsum::coordinator {

/// Members of a finished round's summary: the address of its transcript, and that of its end alone
/// (a framed AttemptEnds of one), a hundredth of it, by which shops follow the chain.
inline constexpr std::string_view kTranscriptBlob = "transcript_blob";
inline constexpr std::string_view kEndBlob = "end_blob";

/// What an attempt that is over leaves behind. The sealed shares are left out, their digests stay.
[[nodiscard]] protocol::AttemptTranscript transcript_of(const Phase& over, const RoundPlan& plan);

/// Roster and all attempts, for `audit export`.
/// @return BaseErrc::corrupt for an attempt whose transcript is not in its row, and the stores'
///   errors.
[[nodiscard]] Result<Bytes> export_audit(Ledger& ledger, const Blobs& blobs,
                                         const protocol::Roster& roster,
                                         const protocol::FederationId& federation);

/// How the attempts from `from` on ended, oldest first, as many as one answer holds; none when it
/// has not ended. For shops that follow the chain.
/// @return BaseErrc::corrupt as above, and the stores' errors.
[[nodiscard]] Result<protocol::AttemptEnds> attempt_ends(Ledger& ledger, const Blobs& blobs,
                                                         const RoundKey& from);

}  // namespace guildsum::coordinator
