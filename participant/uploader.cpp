#include "participant/uploader.hpp"

#include "base/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

/// One pass over what is missing; stops at the first failure.
Result<protocol::UploadStatus> send_missing(const AttemptId& attempt, const SpooledChunks& chunks,
                                            protocol::UploadStatus status, Remote& remote,
                                            StopFlag& stop) {
  const std::vector<std::uint32_t> missing = status.missing_chunks;
  for (const std::uint32_t index : missing) {
    if (stop.stopped()) return Error{BaseErrc::interrupted, "uploading"};
    GS_TRY(const Bytes chunk, chunks.read(index));
    GS_TRY(status, remote.upload_chunk(attempt, index, chunk));
    if (status.complete) break;
  }
  return status;
}

}  // namespace

Result<> upload(const AttemptId& attempt, const protocol::MaskedInput& header,
                const SpooledChunks& chunks, Remote& remote, const RetryContext& retry,
                Clock::Steady give_up) {
  const Bytes frame = protocol::encode(protocol::MaskedInputUpload{header, chunks.digests()});
  const auto pass = [&]() -> Result<protocol::UploadStatus> {
    GS_TRY(auto status, remote.begin_upload(attempt, frame));
    if (status.complete) return status;
    GS_TRY(status, send_missing(attempt, chunks, std::move(status), remote, retry.stop));
    if (status.complete) return status;
    return Error{BaseErrc::unreachable, "chunks are still missing after a whole pass"};
  };
  GS_CHECK(with_retries(retry, give_up, "masked input", pass));
  return {};
}

}  // namespace guildsum::participant
