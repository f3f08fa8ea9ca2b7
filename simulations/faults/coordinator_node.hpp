#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <optional>

#include "base/thread_pool.hpp"
#include "coordinator/membership.hpp"
#include "coordinator/round_service.hpp"
#include "participant/remote/remote.hpp"
#include "simulations/faults/defects.hpp"
#include "simulations/faults/fault_plan.hpp"
#include "simulations/faults/faulty_storage.hpp"
#include "simulations/faults/invariants.hpp"

namespace guildsum::simulations {

/// One call of a shop's agent.
struct Request {
  enum class Kind : std::uint8_t { poll, send, begin_upload, upload_chunk, result };
  Kind kind = Kind::poll;
  participant::AttemptId attempt;
  bool in_round = false;  ///< poll: also for the next message above `after`
  std::uint32_t after = 0;
  protocol::MessageType type{};
  Bytes frame;
  std::uint32_t chunk = 0;
  protocol::RoundDigest rd;  ///< of a chunk
  protocol::BlobId sum;
  protocol::BlobId checkpoint;
};

struct Answer {
  std::optional<Error> error;
  std::optional<participant::PhaseMessage> message;
  std::optional<protocol::RoundInvitation> invitation;
  std::optional<protocol::UploadStatus> upload;
  Bytes sum;
  Bytes checkpoint;
};

/// What identifies the federation, from the seed.
struct Identities {
  Identities(std::uint64_t seed, std::uint32_t count);

  SeededRandom random;
  protocol::FederationId federation;
  crypto::Signer coordinator;
  coordinator::RegistrarKey registrar;
  std::vector<crypto::Signer> shops;
  std::vector<protocol::ParticipantId> ids;  ///< by shop
};

/// What all parts of one run share; all must outlive them.
struct RunParts {
  const Scenario& scenario;
  EventQueue& queue;
  FaultPlan& plan;
  InvariantChecker& checker;
  const Identities& identities;
  const Defects& defects;
  ThreadPool& pool;
  std::filesystem::path directory;
};

/// The coordinator below its HTTP layer: the production round service over its ledger, blobs and
/// uploads, which survive a crash; everything else does not.
class CoordinatorNode {
 public:
  explicit CoordinatorNode(RunParts parts);
  ~CoordinatorNode();

  /// Sets the federation up and starts the task.
  [[nodiscard]] Result<> start();
  [[nodiscard]] bool is_up() const noexcept { return service_ != nullptr; }
  [[nodiscard]] Answer handle(std::uint32_t shop, const Request& request);

  // What an agent asks between rounds.
  [[nodiscard]] Result<Bytes> outcome(const participant::AttemptId& attempt);
  [[nodiscard]] Result<Bytes> survivors(const participant::AttemptId& attempt);
  [[nodiscard]] Result<Bytes> ends(const participant::AttemptId& from);
  [[nodiscard]] Result<std::optional<protocol::CheckIn>> last_check_in(std::uint32_t shop);

  // For the checker.
  [[nodiscard]] Result<Bytes> read_sum(const protocol::BlobId& id);
  [[nodiscard]] const protocol::Roster& roster() const noexcept { return roster_; }
  [[nodiscard]] protocol::Digest purpose() const;
  struct Standing {
    bool task_is_over = false;
    bool task_completed = false;
    std::optional<participant::AttemptId> running;
    std::uint32_t attempts = 0;
    std::uint32_t completed = 0;
    std::string reason;
  };
  [[nodiscard]] Result<Standing> standing();
  /// I5: replays the audit export and the audit chain.
  [[nodiscard]] Result<> verify_audit();
  [[nodiscard]] std::uint64_t crashes() const noexcept { return crashes_; }
  /// Over all lives.
  [[nodiscard]] std::uint64_t transactions() const noexcept { return transactions_; }
  /// Messages to shops that were lies.
  [[nodiscard]] std::uint64_t lies() const noexcept { return liar_ ? liar_->told() : 0; }

 private:
  [[nodiscard]] Result<> open();
  void crash(milliseconds down);
  void restart();
  void start_task();
  /// Carries out what runs in the program; it may end in a crash.
  void run(const std::function<void()>& work);
  [[nodiscard]] Answer handle_send(std::uint32_t shop, const Request& request);
  [[nodiscard]] Answer handle_upload(std::uint32_t shop, const Request& request);
  /// The shop was told that its upload of this attempt is complete.
  void note_complete(std::uint32_t shop, const participant::AttemptId& attempt);
  void poll(std::uint32_t shop, const Request& request, Answer& answer);

  RunParts parts_;
  NodeClock clock_;
  NodeScheduler scheduler_;
  NullLog log_;
  net::Notifier changes_;
  coordinator::FederationTerms terms_;
  protocol::Roster roster_;
  std::unique_ptr<coordinator::Ledger> ledger_;
  std::unique_ptr<FaultyLedger> disk_;
  std::unique_ptr<coordinator::Blobs> blobs_;
  std::unique_ptr<coordinator::Uploads> uploads_;
  std::unique_ptr<coordinator::Membership> membership_;
  std::unique_ptr<coordinator::RoundService> service_;
  PartialUploads partial_uploads_;
  CompleteUploads complete_uploads_;
  std::optional<LyingCoordinator> liar_;
  std::uint64_t transactions_ = 0;
  std::uint64_t crashes_ = 0;
};

}  // namespace guildsum::simulations
