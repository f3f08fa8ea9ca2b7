#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/memory_log.hpp"
#include "base/net/server.hpp"
#include "base/net/wait.hpp"
#include "tests/attacks/adversary.hpp"
#include "tests/attacks/party.hpp"
#include "tests/attacks/told_past.hpp"

namespace guildsum::attacks {

/// Something that the program sent: the last part of its path and the body.
struct Posted {
  std::string kind;  ///< "check-in", "shares", "chunk", ...
  Bytes body;
};

/// The adversary's listener: the shops' API of the real coordinator over TLS 1.3 with client
/// certificates, answering what a test puts into it. It speaks to one shop. Thread safe.
class Wire {
 public:
  explicit Wire(Adversary& adversary);
  ~Wire();

  [[nodiscard]] std::string url() const;
  /// The shop that redeemed a token.
  [[nodiscard]] std::optional<protocol::ParticipantId> shop() const;

  void invite(const protocol::RoundInvitation& invitation);
  /// Serves these messages of the round one after the other, each once, whatever the shop has seen.
  void serve(protocol::RoundId round, PhaseNumber number, Bytes frame);
  /// The shop's process is gone: what it still waits for on connections nobody reads gets nothing,
  /// so that each message reaches the process that comes after it.
  void hang_up();
  /// Offers the invitation again and again, whatever the shop says it has seen.
  void insist(bool insist);
  /// Every answer to a roster request from here on.
  void serve_roster(protocol::RosterUpdate update);
  /// One message of a key agreement, once, whatever the shop has seen.
  void serve_agreement(std::uint32_t number, Bytes frame);
  /// The shop's message of a key agreement ("offer", "contribution", "confirmation"), waiting for
  /// it at most a minute.
  [[nodiscard]] std::optional<Bytes> agreement(const std::string& kind);
  void publish(const protocol::BlobId& id, Bytes content);
  /// What is said about every attempt of the past from here on; without it there is no answer.
  void serve_outcome(Bytes frame);
  /// What is served as the certificate of this round, which did not open; else there is none.
  void serve_survivors(protocol::RoundId round, const protocol::UnopenedRound& unopened);
  /// Ends the round described last as it was told; the chain hash that the next one names.
  protocol::Digest end_last_round();
  /// Bends the last end; the chain hash after it.
  protocol::Digest end_otherwise(const std::function<void(protocol::AttemptEnd&)>& bend);
  /// Whether the shop is told how the attempts before ended.
  void withhold_ends(bool withhold);
  /// Whether the shop is told which check-in of its own came last.
  void withhold_check_ins(bool withhold);
  /// Uploads stop being answered after the header; until called again with false.
  void hold_uploads(bool hold);

  /// The n-th message of this kind for the round. Waits until it is there, the shop abandons the
  /// round, or a minute has passed.
  [[nodiscard]] std::optional<Bytes> wait_for(protocol::RoundId round, const std::string& kind,
                                              std::size_t nth = 0);
  [[nodiscard]] std::vector<Bytes> posted(protocol::RoundId round, const std::string& kind) const;

 private:
  friend class WireRoutes;
  struct Round {
    std::deque<std::pair<PhaseNumber, Bytes>> queue;
    std::vector<Posted> posted;
  };
  [[nodiscard]] net::Router routes();
  void add_uploads(net::Router& router);
  void add_ends(net::Router& router);
  void add_past(net::Router& router);
  void add_agreements(net::Router& router);
  [[nodiscard]] std::optional<Bytes> last_check_in() const;
  [[nodiscard]] std::uint32_t victim_process() const;
  void record(protocol::RoundId round, std::string kind, Bytes body);
  [[nodiscard]] protocol::UploadStatus upload_status(protocol::RoundId round) const;

  Adversary& adversary_;
  MemoryLog log_;
  net::Notifier changes_;
  mutable std::mutex mutex_;
  std::condition_variable arrived_;
  std::optional<protocol::ParticipantId> shop_;
  std::optional<protocol::RoundInvitation> invitation_;
  std::map<protocol::RoundId, Round> rounds_;  ///< round 0 holds what key agreements say
  std::optional<protocol::RosterUpdate> roster_;
  std::optional<Bytes> outcome_;
  std::map<protocol::RoundId, Bytes> survivors_;
  std::map<protocol::BlobId, Bytes> blobs_;
  std::deque<std::pair<std::uint32_t, Bytes>> agreement_;
  std::uint32_t victim_process_ = 0;  ///< how many went before the one that runs
  bool hold_uploads_ = false;
  bool withhold_check_ins_ = false;
  bool withhold_ends_ = false;
  ToldPast past_{adversary_};
  bool insist_ = false;
  std::uint16_t port_ = 0;
  std::unique_ptr<net::Server> server_;
};

}  // namespace guildsum::attacks
