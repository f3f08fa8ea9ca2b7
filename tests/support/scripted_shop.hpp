#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.hpp"
#include "base/random.hpp"
#include "participant/membership.hpp"
#include "participant/remote/coordinator_client.hpp"
#include "participant/round/round_machine.hpp"
#include "tests/support/coordinator_process.hpp"

namespace guildsum::test {

/// A shop that the test plays itself: it enrols for real and speaks over TLS, with the agent's own
/// round machine behind it, message by message. So the test decides when which message goes out,
/// and sends whatever else it likes in between. While it owes a message, the round stands still in
/// that phase (until its deadline).
///
/// The order of a round: `open_round`, `take_description`, `take_shares`, `upload`,
/// `take_proposal`, `take_certificate`, `take_result`; each but `upload` waits for what the
/// coordinator says and returns the frame to answer with, which `deliver` sends. What fails throws
/// std::runtime_error.
class ScriptedShop {
 public:
  /// Joins. `values` is the beginning of its vector in every sum, zeros follow.
  ScriptedShop(const CoordinatorProcess& coordinator, std::string name,
               std::filesystem::path directory, std::vector<std::int64_t> values);
  ~ScriptedShop();
  ScriptedShop(const ScriptedShop&) = delete;
  ScriptedShop& operator=(const ScriptedShop&) = delete;

  /// Waits for an invitation to an attempt it has not seen; the check-in.
  [[nodiscard]] Bytes open_round();
  /// Phase message 1; the sealed shares.
  [[nodiscard]] Bytes take_description();
  /// Phase message 2; masks the input. The frame of its header with all leaf hashes.
  [[nodiscard]] Bytes take_shares();
  /// Header and chunks, until they are acknowledged as complete.
  void upload();
  /// Phase message 3; the survivor signature.
  [[nodiscard]] Bytes take_proposal();
  /// Phase message 4; the unmasking answer.
  [[nodiscard]] Bytes take_certificate();
  /// Phase message 5, accepted unseen; the vote.
  [[nodiscard]] Bytes take_result();
  /// Sends until it is acknowledged; a coordinator that is away is waited for.
  void deliver(protocol::MessageType type, const Bytes& frame);
  /// The same, but returns what the coordinator says.
  [[nodiscard]] Result<> try_to_deliver(protocol::MessageType type, const Bytes& frame);

  /// Frees the vector and its chunks: hundreds of played shops have no room for them.
  void forget_input();

  /// All of it up to and including this phase message's answer (0 check-in, 1 shares, 2 upload,
  /// 3 survivor signature, 4 unmasking, 5 vote).
  void play_until(std::uint32_t last);
  void play() { play_until(5); }

  // As they are, to be spoilt.

  /// One request with this shop's certificate; POST and PUT carry a frame.
  [[nodiscard]] Result<net::Response> call(net::Method method, const std::string& path,
                                           Bytes body = {});
  /// "/v1/rounds/N"
  [[nodiscard]] std::string round_path() const;
  /// The bytes of a phase message, asked for anew.
  [[nodiscard]] Bytes phase_frame(std::uint32_t number);
  [[nodiscard]] const std::vector<Bytes>& chunks() const noexcept { return chunks_; }
  [[nodiscard]] const protocol::MaskedInputUpload& header() const { return upload_.value(); }
  [[nodiscard]] protocol::RoundId round() const noexcept { return attempt_.round; }
  [[nodiscard]] protocol::Attempt attempt() const noexcept { return attempt_.attempt; }
  [[nodiscard]] protocol::ParticipantId id() const { return keys_.id(); }
  [[nodiscard]] const crypto::Signer& signer() const noexcept { return keys_.identity; }
  [[nodiscard]] const participant::Membership& membership() const noexcept { return membership_; }
  [[nodiscard]] const std::string& name() const noexcept { return membership_.name; }
  /// Its vector in the round at hand, before it was masked.
  [[nodiscard]] const std::vector<std::int64_t>& contributed() const noexcept {
    return contributed_;
  }

 private:
  [[nodiscard]] participant::RoundContext context() const;
  void sync_roster(const protocol::Digest& head);
  /// Waits for this phase message and lets the machine answer it.
  [[nodiscard]] Bytes take(std::uint32_t number);
  /// The frame that the machine wants to send.
  [[nodiscard]] Bytes settle(participant::Step step);
  void mask(const participant::MaskInput& job);

  SystemClock clock_;
  SystemRandom random_;
  participant::Membership membership_;
  participant::AgentKeys keys_;
  protocol::Roster roster_;
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  std::vector<std::int64_t> values_;
  std::vector<std::int64_t> contributed_;
  std::unique_ptr<net::HttpClient> raw_;
  std::unique_ptr<participant::CoordinatorClient> client_;
  participant::AttemptId attempt_;
  std::optional<participant::AttemptId> seen_;
  std::uint64_t counter_ = 0;
  std::optional<participant::Phase> phase_;
  std::optional<protocol::CodecParameters> codec_;
  std::optional<protocol::MaskedInputUpload> upload_;
  std::vector<Bytes> chunks_;
  std::vector<protocol::Digest> chunk_digests_;
};

}  // namespace guildsum::test
