#pragma once

#include <map>

#include "base/errors.hpp"
#include "participant/remote/remote.hpp"

namespace guildsum::participant::testing {

/// A coordinator that can only be asked for blobs; anything else is a mistake of the test.
class BlobRemote : public Remote {
 public:
  Result<Bytes> blob(const protocol::BlobId& id, std::uint64_t limit_bytes) override {
    ++asked;
    if (failure) return *failure;
    const auto found = blobs.find(id);
    if (found == blobs.end()) return Error{BaseErrc::not_found, id.hex()};
    if (found->second.size() > limit_bytes) return Error{BaseErrc::too_large, id.hex()};
    return found->second;
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
  Result<protocol::UploadStatus> begin_upload(const AttemptId&, const Bytes&) override {
    return unused();
  }
  Result<protocol::UploadStatus> upload_chunk(const AttemptId&, std::uint32_t,
                                              const Bytes&) override {
    return unused();
  }

  std::map<protocol::BlobId, Bytes> blobs;
  std::optional<Error> failure;
  int asked = 0;

 private:
  static Error unused() { return {BaseErrc::invalid_argument, "only blobs are asked for here"}; }
};

}  // namespace guildsum::participant::testing
