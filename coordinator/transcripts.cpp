#include "coordinator/transcripts.hpp"

#include <limits>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {

namespace {

constexpr std::uint64_t kTranscriptBytesMax = 64U << 20;

protocol::DeliveredShare without_ciphertexts(const SharedRound& round, std::size_t sharer) {
  const protocol::ShareKeys& message = round.share_keys[sharer];
  protocol::DeliveredShare share;
  share.dealer = *round.described.view.cohort.position_of(message.sender);
  share.ciphertext_digests = round.ciphertext_digests[sharer];
  share.commitments = message.commitments;
  share.signature = message.signature;
  return share;
}

void add_opened(protocol::AttemptTranscript& transcript, const Completed& done) {
  const ProposedRound& proposed = done.round.certified.proposed;
  transcript.description = proposed.shared.described.description;
  transcript.sharers = proposed.shared.sharers;
  for (std::size_t i = 0; i < proposed.shared.share_keys.size(); ++i) {
    transcript.shares.push_back(without_ciphertexts(proposed.shared, i));
  }
  transcript.headers = proposed.headers;
  transcript.certificate = done.round.certified.certificate;
  transcript.unmask_answers = done.round.answers;
  transcript.votes = done.votes;
  transcript.result = protocol::encode(done.result);
}

/// The blob that a round's summary names under `key`.
Result<Bytes> named_blob(const RoundRow& row, const Blobs& blobs, std::string_view key,
                         std::uint64_t bytes_max) {
  GS_TRY(const auto summary, json::parse_object(row.summary));
  if (!json::has(summary, key)) {
    return Error{BaseErrc::corrupt, "round " + std::to_string(row.key.round.value()) + "." +
                                        std::to_string(row.key.attempt.value()) + " names no " +
                                        std::string{key}};
  }
  GS_TRY(const std::string name, json::text(summary, key, 64));
  GS_TRY(const BlobId id, BlobId::from_hex(name));
  return blobs.load(id, bytes_max);
}

Result<protocol::AttemptEnd> stored_end(const RoundRow& row, const Blobs& blobs) {
  GS_TRY(const Bytes link, named_blob(row, blobs, kEndBlob, protocol::kMessageBytesMax));
  GS_TRY(auto stored, protocol::decode<protocol::AttemptEnds>(link));
  if (stored.ends.size() == 1) return std::move(stored.ends.front());
  return Error{BaseErrc::corrupt, "an end of several attempts"};
}

}  // namespace

protocol::AttemptTranscript transcript_of(const Phase& over, const RoundPlan& plan) {
  protocol::AttemptTranscript transcript;
  transcript.previous = plan.descriptor.previous_transcript;
  transcript.round = plan.descriptor.round;
  transcript.attempt = plan.descriptor.attempt;
  if (const auto* done = std::get_if<Completed>(&over)) add_opened(transcript, *done);
  if (const auto* aborted = std::get_if<Aborted>(&over)) {
    transcript.aborted = protocol::encode(aborted->message);
    transcript.description = aborted->description;
  }
  return transcript;
}

Result<Bytes> export_audit(Ledger& ledger, const Blobs& blobs, const protocol::Roster& roster,
                           const protocol::FederationId& federation) {
  GS_TRY(auto rows, read_from(ledger, [](LedgerReader& reader) {
           return reader.recent_rounds(std::numeric_limits<std::uint32_t>::max());
         }));
  std::ranges::reverse(rows);
  protocol::AuditFile file{federation, roster.entries(), {}};
  for (const RoundRow& row : rows) {
    if (row.status == RoundStatus::running) continue;
    GS_TRY(Bytes transcript, named_blob(row, blobs, kTranscriptBlob, kTranscriptBytesMax));
    file.attempts.push_back(std::move(transcript));
  }
  return protocol::print_audit_file(file);
}

Result<protocol::AttemptEnds> attempt_ends(Ledger& ledger, const Blobs& blobs,
                                           const RoundKey& from) {
  protocol::AttemptEnds answer;
  for (protocol::RoundId round = from.round;; round = round.next()) {
    GS_TRY(const auto attempts,
           read_from(ledger, [&](LedgerReader& reader) { return reader.attempts(round); }));
    if (attempts.empty()) return answer;
    for (const RoundRow& row : attempts) {
      if (row.key < from) continue;
      if (row.status == RoundStatus::running) return answer;
      GS_TRY(protocol::AttemptEnd end, stored_end(row, blobs));
      answer.ends.push_back(std::move(end));
      if (answer.ends.size() == protocol::kAttemptEndsMax) return answer;
    }
  }
}

}  // namespace guildsum::coordinator
