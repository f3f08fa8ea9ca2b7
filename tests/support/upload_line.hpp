#pragma once

#include "base/errors.hpp"
#include "coordinator/uploads.hpp"
#include "participant/remote/remote.hpp"
#include "protocol/wire.hpp"

namespace guildsum::test {

using participant::AttemptId;
using participant::PhaseMessage;

/// The coordinator's own upload files behind a line that breaks when a test says so.
class UploadLine final : public participant::Remote {
 public:
  UploadLine(const std::filesystem::path& spool, protocol::RoundDescriptor descriptor)
      : descriptor_{std::move(descriptor)},
        uploads_{coordinator::Uploads::open(spool, 4).value()} {}

  Result<protocol::UploadStatus> begin_upload(const AttemptId& attempt,
                                              const Bytes& frame) override {
    ++begun;
    if (refusal) return *refusal;
    GS_CHECK(line());
    GS_TRY(const auto upload, protocol::decode<protocol::MaskedInputUpload>(frame));
    sender_ = upload.header.sender;
    key_ = {attempt.round, attempt.attempt};
    GS_TRY(const auto progress, uploads_->begin(key_, sender_, descriptor_, upload.chunk_digests));
    return progress.status;
  }
  Result<protocol::UploadStatus> upload_chunk(const AttemptId&, std::uint32_t index,
                                              const Bytes& chunk) override {
    sent.push_back(index);
    GS_CHECK(line());
    GS_TRY(auto progress, uploads_->put(key_, sender_, index, chunk));
    if (progress.all_received) {
      GS_CHECK(uploads_->finish(key_, sender_));
      uploads_->set_complete(key_, sender_);
      progress.status.complete = true;
    }
    if (answers_lost > 0 && answers_lost-- > 0) return Error{BaseErrc::timed_out, "test"};
    return progress.status;
  }
  Result<protocol::RosterUpdate> roster(std::uint64_t) override { return unused(); }
  Result<std::optional<protocol::RoundInvitation>> invitation(const std::optional<AttemptId>&,
                                                              std::chrono::milliseconds) override {
    return unused();
  }
  Result<std::optional<protocol::CheckIn>> last_check_in() override { return unused(); }
  Result<std::optional<PhaseMessage>> phase(protocol::RoundId, std::uint32_t,
                                            std::chrono::milliseconds) override {
    return unused();
  }
  Result<Bytes> outcome(const AttemptId&) override { return unused(); }
  Result<Bytes> survivors(const AttemptId&) override { return unused(); }
  Result<Bytes> ends(const AttemptId&) override { return unused(); }
  Result<> send(const AttemptId&, protocol::MessageType, const Bytes&) override { return unused(); }
  Result<Bytes> blob(const protocol::BlobId&, std::uint64_t) override { return unused(); }

  [[nodiscard]] bool complete() const {
    return uploads_->status(key_, sender_).value().status.complete;
  }
  [[nodiscard]] Bytes chunk(std::uint32_t index) const {
    return uploads_->read_chunk(key_, sender_, index).value();
  }

  std::uint32_t calls_that_fail_after = 0;  ///< That many calls work first; 0 = all work.
  std::uint32_t calls_that_fail = 0;
  std::uint32_t answers_lost = 0;  ///< Chunks that arrive while their answer does not.
  std::optional<Error> refusal;
  int begun = 0;
  std::vector<std::uint32_t> sent;

 private:
  Result<> line() {
    if (calls_that_fail == 0) return {};
    if (calls_that_fail_after > 0) {
      --calls_that_fail_after;
      return {};
    }
    --calls_that_fail;
    return Error{BaseErrc::unreachable, "test"};
  }
  static Error unused() { return {BaseErrc::invalid_argument, "not part of an upload"}; }

  protocol::RoundDescriptor descriptor_;
  std::unique_ptr<coordinator::Uploads> uploads_;
  coordinator::RoundKey key_;
  protocol::ParticipantId sender_;
};

}  // namespace guildsum::test
