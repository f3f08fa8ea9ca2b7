#pragma once

#include <functional>
#include <string>

#include "base/net/client.hpp"
#include "participant/remote/remote.hpp"
#include "participant/store/outbox_store.hpp"
#include "participant/vocabulary/key_driver.hpp"

namespace guildsum::participant {

/// The shops' HTTP API of the coordinator (docs/protocol.md, "Shops' API") over one connection.
class CoordinatorClient final : public Remote, public AgreementRemote {
 public:
  /// Told of every body that was put on the wire, acknowledged or not.
  using OnSent = std::function<void(const OutboundMessage&)>;

  CoordinatorClient(net::ClientConfig config, OnSent on_sent);

  [[nodiscard]] Result<protocol::RosterUpdate> roster(std::uint64_t from) override;
  [[nodiscard]] Result<std::optional<protocol::RoundInvitation>> invitation(
      const std::optional<AttemptId>& after, std::chrono::milliseconds wait) override;
  [[nodiscard]] Result<std::optional<protocol::CheckIn>> last_check_in() override;
  [[nodiscard]] Result<std::optional<PhaseMessage>> phase(protocol::RoundId round,
                                                          std::uint32_t after,
                                                          std::chrono::milliseconds wait) override;
  [[nodiscard]] Result<Bytes> outcome(const AttemptId& attempt) override;
  [[nodiscard]] Result<Bytes> survivors(const AttemptId& attempt) override;
  [[nodiscard]] Result<Bytes> ends(const AttemptId& from) override;
  [[nodiscard]] Result<> send(const AttemptId& attempt, protocol::MessageType type,
                              const Bytes& frame) override;
  [[nodiscard]] Result<protocol::UploadStatus> begin_upload(const AttemptId& attempt,
                                                            const Bytes& frame) override;
  [[nodiscard]] Result<protocol::UploadStatus> upload_chunk(const AttemptId& attempt,
                                                            std::uint32_t index,
                                                            const Bytes& chunk) override;
  [[nodiscard]] Result<Bytes> blob(const protocol::BlobId& id, std::uint64_t limit_bytes) override;
  [[nodiscard]] Result<std::optional<PhaseMessage>> agreement(const SeenAgreement& seen) override;
  [[nodiscard]] Result<> send_agreement(protocol::MessageType type, const Bytes& frame) override;
  void watch_agreements(const SeenAgreement& seen) override { watched_ = seen; }

  /// Ends the call in progress and every later one. Any thread.
  void cancel() noexcept { client_.cancel(); }
  [[nodiscard]] net::Traffic traffic() const noexcept { return client_.traffic(); }

 private:
  [[nodiscard]] Result<net::Response> call(const net::ClientRequest& request);
  [[nodiscard]] Result<net::Response> transmit(net::ClientRequest request, const AttemptId& attempt,
                                               std::string type);

  net::HttpClient client_;
  OnSent on_sent_;
  std::optional<SeenAgreement> watched_;
};

/// The error that an answer stands for; statuses that mean "later" become retryable.
[[nodiscard]] Error error_of_response(const net::Response& response);
}  // namespace guildsum::participant
