#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "protocol/checks.hpp"
#include "protocol/messages.hpp"
#include "protocol/roster.hpp"

/// What every round leaves behind, and how anybody replays it offline (docs/protocol.md section 7).
namespace guildsum::protocol {

/// One attempt, as it is kept for ever. Sealed and revealed shares are not in it; their digests
/// are.
struct AttemptTranscript {
  Digest previous;  ///< chain hash of the attempt before; zero for the first
  RoundId round;
  Attempt attempt;
  std::optional<RoundDescription> description;  ///< nothing when it ended before it had one
  // Of an attempt that opened a sum; empty otherwise.
  std::vector<MemberDigest> sharers;   ///< U1
  std::vector<DeliveredShare> shares;  ///< share messages of U1 without ciphertexts
  std::vector<MaskedInput> headers;    ///< of U2
  SurvivorCertificate certificate;
  std::vector<MemberDigest> unmask_answers;
  std::vector<Vote> votes;
  // One of the two, framed.
  Bytes result;   ///< RoundResult
  Bytes aborted;  ///< RoundAborted
};

/// Everything that an audit reads, in one file.
struct AuditFile {
  FederationId federation;
  std::vector<RosterEntry> roster;
  std::vector<Bytes> attempts;  ///< canonical bytes of each `AttemptTranscript`, oldest first
};

[[nodiscard]] Bytes print_attempt(const AttemptTranscript& attempt);
/// ProtocolErrc::malformed and the like.
[[nodiscard]] Result<AttemptTranscript> parse_attempt(ByteView bytes);
/// "GSAUDIT1", then the canonical bytes.
[[nodiscard]] Bytes print_audit_file(const AuditFile& file);
[[nodiscard]] Result<AuditFile> parse_audit_file(ByteView bytes);

/// Whom the auditor trusts to be who they are, and nothing else of them.
struct AuditKeys {
  FederationId federation;
  crypto::VerifyKey coordinator;
  crypto::VerifyKey registrar;
};

struct AuditReport {
  std::uint64_t members_joined = 0;
  std::uint64_t attempts = 0;
  std::uint64_t opened = 0;   ///< of them, with a sum
  std::uint64_t aborted = 0;  ///< the others
  std::uint64_t abandoned = 0;  ///< of the others, with an abandon certificate
  std::uint64_t votes_for = 0;
  std::uint64_t votes_against = 0;
  std::uint32_t survivors_least = 0;  ///< fewest shops in a sum
  Digest last;                        ///< chain hash at the end
};

/// Replays a whole file: the roster's links and signatures; of every attempt that it continues the
/// one before, its descriptor with all thresholds and check-ins, the share messages behind U1, the
/// headers of U2, the certificate, the revealed seeds against what was announced, the votes and the
/// chain hash; of an attempt without a sum the descriptor in the same way, and its abandon
/// certificate. It does not add the inputs up again: nobody can from a transcript.
/// @return the first failure, its detail beginning with "round R.A: ".
[[nodiscard]] Result<AuditReport> verify_audit_file(const AuditFile& file, const AuditKeys& keys);

}  // namespace guildsum::protocol
