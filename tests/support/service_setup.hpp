#pragma once

#include <deque>
#include <functional>
#include <map>

#include "coordinator/round_service.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "models/interactions.hpp"
#include "participant/round/round_machine.hpp"
#include "simulations/in_process_round.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

namespace guildsum::coordinator::testing {

/// Runs work when it is told to; time passes only then.
class ManualScheduler final : public Scheduler {
 public:
  explicit ManualScheduler(ManualClock& clock) : clock_{clock} {}
  void post(std::function<void()> work) override { after({}, std::move(work)); }
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    queue_.emplace(clock_.steady_now() + delay, std::move(work));
  }
  /// Runs what is due, and what becomes due by that. False if there was nothing.
  bool run_due();
  /// Lets time pass until the next piece and runs it. False if there is none.
  bool run_next();
  void clear() { queue_.clear(); }

 private:
  ManualClock& clock_;
  std::multimap<Clock::Steady, std::function<void()>> queue_;
};

/// A ledger whose disk fails when a test says so; otherwise the one behind it.
class FaultyLedger final : public Ledger {
 public:
  explicit FaultyLedger(std::unique_ptr<Ledger>& behind) : behind_{behind} {}
  Result<> read(const std::function<Result<>(LedgerReader&)>& body) override;
  Result<> change(const std::function<Result<>(LedgerWriter&)>& body) override;

  /// Counts down with every change; the one that makes it 0 fails.
  std::uint32_t change_that_fails = 0;
  /// That one is written all the same: the answer was lost, not the data.
  bool fails_after_commit = false;
  /// How many reads fail from that moment on.
  std::uint32_t reads_that_fail = 0;
  std::uint32_t changes = 0;  ///< so far

 private:
  std::unique_ptr<Ledger>& behind_;
  std::uint32_t failing_reads_ = 0;
};

/// Blobs whose next calls fail when a test says so.
class FaultyBlobs final : public Blobs {
 public:
  explicit FaultyBlobs(std::unique_ptr<Blobs> behind) : behind_{std::move(behind)} {}
  Result<std::unique_ptr<Writer>> create() override { return behind_->create(); }
  Result<BlobId> put(ByteView bytes) override {
    if (failing(puts_that_fail)) return Error{BaseErrc::no_space, "test"};
    return behind_->put(bytes);
  }
  Result<bool> contains(const BlobId& id) const override { return behind_->contains(id); }
  Result<std::uint64_t> size(const BlobId& id) const override { return behind_->size(id); }
  Result<Bytes> read(const BlobId& id, std::uint64_t offset, std::size_t length) const override {
    return behind_->read(id, offset, length);
  }
  Result<Bytes> load(const BlobId& id, std::uint64_t limit) const override {
    if (failing(loads_that_fail)) return Error{BaseErrc::io_failed, "test"};
    return behind_->load(id, limit);
  }
  Result<> remove(const BlobId& id) override { return behind_->remove(id); }

  std::uint32_t puts_that_fail = 0;
  mutable std::uint32_t loads_that_fail = 0;

 private:
  static bool failing(std::uint32_t& left) { return left > 0 && left-- > 0; }
  std::unique_ptr<Blobs> behind_;
};

/// A shop with its real round machine; what it sends goes straight into the service.
class ShopAgent {
 public:
  ShopAgent(std::uint64_t seed, models::Interactions data)
      : applicant{seed}, data_{std::move(data)}, random_{seed} {}

  Applicant applicant;
  bool silent = false;   ///< sends nothing any more
  bool rejects = false;  ///< votes against every result
  bool stops_before_upload = false;

  /// Takes the next message, or sends what it has to send. False when there is neither.
  bool poll(RoundService& service, const FederationSetup& federation, const Blobs& blobs);
  [[nodiscard]] const std::optional<participant::Phase>& phase() const { return phase_; }
  void replace_data(models::Interactions data) { data_ = std::move(data); }
  [[nodiscard]] const RoundKey& key() const { return key_; }
  /// Messages sent so far, oldest first; the coordinator may be sent them again.
  std::vector<Event> sent;

 private:
  struct Upload {
    protocol::MaskedInputUpload header;
    std::vector<Bytes> chunks;
  };
  using Action = std::function<Result<>(RoundService&)>;

  bool flush(RoundService& service);
  void perform(participant::Step step, const Blobs& blobs);
  void receive(const PhaseMessage& message, const Blobs& blobs);
  void send(const participant::Send& send);
  void mask(const participant::MaskInput& job, const Blobs& blobs);
  void upload(const protocol::MaskedInput& header);
  template <class Message>
  void take(ByteView frame, const Blobs& blobs);
  [[nodiscard]] participant::RoundContext context() const;

  models::Interactions data_;
  SeededRandom random_;
  std::optional<participant::Phase> phase_;
  RoundKey key_;
  std::uint64_t counter_ = 0;
  std::deque<Action> outbox_;
  std::optional<Upload> upload_;
  std::vector<std::int64_t> values_;   ///< of the running round, whole
  std::vector<std::int64_t> counted_;  ///< of the last sum that it is counted in
  std::optional<protocol::RoundDescription> description_;
  std::optional<protocol::Roster> roster_;
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  protocol::FederationId federation_;
  crypto::VerifyKey coordinator_;
};

/// A whole coordinator behind its HTTP layer, and shops.
struct ServiceSetup : FederationSetup {
  explicit ServiceSetup(std::uint32_t shop_count = 3);
  ~ServiceSetup() { scheduler.clear(); }
  ServiceSetup(const ServiceSetup&) = delete;
  ServiceSetup& operator=(const ServiceSetup&) = delete;

  /// The service as after a restart of the process.
  void restart_service();
  [[nodiscard]] models::TaskPlan plan(std::string_view kind = "popularity") const;
  protocol::Epoch start_task(std::string_view kind = "popularity");
  /// One turn: what is due, then every shop. False when nobody had anything to do.
  bool turn();
  /// Turns until nothing happens without time passing.
  void settle();
  /// Turns, and time passes whenever nothing happens; until the task is over.
  void run();
  /// Until the running attempt's phase has this name; time passes where needed.
  void run_until(std::string_view phase);
  [[nodiscard]] std::string phase_of_running_round();

  [[nodiscard]] TaskRow task();
  [[nodiscard]] std::vector<RoundRow> rounds();  ///< all attempts, oldest first
  [[nodiscard]] std::vector<ModelRow> models_made();
  /// Customers per item over the given shops.
  [[nodiscard]] std::vector<std::uint64_t> customers(const std::vector<std::size_t>& shops) const;
  [[nodiscard]] std::vector<std::uint64_t> released_customers();
  [[nodiscard]] std::vector<std::size_t> everybody() const;

  static constexpr std::uint32_t kItems = 6;

  FaultyLedger faulty{ledger};
  std::unique_ptr<FaultyBlobs> blobs;
  std::unique_ptr<Uploads> uploads;
  ManualScheduler scheduler{clock};
  ThreadPool pool{1};
  net::Notifier changes;
  FederationTerms terms;
  std::vector<std::vector<std::vector<models::ItemIndex>>> baskets;
  std::vector<ShopAgent> shops;
  std::unique_ptr<RoundService> service;
};

}  // namespace guildsum::coordinator::testing
