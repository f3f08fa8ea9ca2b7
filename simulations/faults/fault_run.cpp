#include "simulations/faults/fault_run.hpp"

#include <atomic>
#include <filesystem>
#include <memory>
#include <unistd.h>

#include "base/errors.hpp"
#include "crypto/sha256.hpp"
#include "simulations/faults/memoised_checks.hpp"
#include "simulations/faults/shop_node.hpp"
#include "simulations/faults/task.hpp"

namespace guildsum::simulations {
namespace {

/// How often the state of the whole is looked at.
constexpr milliseconds kWatch{1'000};
constexpr int kDeadlinesAllowed = 3;  // I8
constexpr std::uint64_t kEventsMax = 5'000'000;
/// A run takes a few MiB; many run side by side.
constexpr std::uintmax_t kScratchBytesMin = std::uintmax_t{512} << 20;
enum : std::uint64_t { kLatencyStream = 21 };

/// Memory where there is a file system in it: what counts as durable is decided by the simulation.
std::filesystem::path scratch_root() {
  const std::filesystem::path memory{"/dev/shm"};
  std::error_code missing;
  const auto space = std::filesystem::space(memory, missing);
  const bool enough = !missing && space.available >= kScratchBytesMin;
  if (enough && access(memory.c_str(), W_OK | X_OK) == 0) return memory;
  return std::filesystem::temp_directory_path();
}

class ScratchDirectory {
 public:
  ScratchDirectory() {
    static std::atomic<std::uint64_t> next{0};
    path_ = scratch_root() /
            ("guildsum-simulate-" + std::to_string(getpid()) + "-" + std::to_string(next++));
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;
  [[nodiscard]] const std::filesystem::path& path() const noexcept { return path_; }

 private:
  std::filesystem::path path_;
};

class World final : public ShopLink {
 public:
  World(const Scenario& scenario, std::uint64_t seed, const RunOptions& options)
      : scenario_{scenario},
        options_{options},
        shops_count_{drawn_shops(scenario, FaultPlan{scenario, seed, 0})},
        plan_{options.script ? FaultPlan{scenario, seed, shops_count_, *options.script}
                             : FaultPlan{scenario, seed, shops_count_}},
        identities_{seed, shops_count_},
        checker_{queue_, identities_.ids} {
    outcome_.seed = seed;
    outcome_.shops = shops_count_;
    initial_ = plan_.initial();
    links_.resize(shops_count_);
    checker_.cohort_min = scenario.cohort_min;
    checker_.hidden_path = scratch_.path().string();
    checker_.given_input = [this](std::uint32_t shop, std::uint64_t step, std::size_t length) {
      return input_of(plan_.draw(kInputStream, 0, 0, 1U << 30), shop, shops_count_, step, length);
    };
    checker_.read_sum = [this](const protocol::BlobId& id) { return coordinator_->read_sum(id); };
  }

  Result<RunOutcome> run() {
    const protocol::SignatureChecksScope memoised{signatures_};
    GS_CHECK(set_up());
    queue_.after(kWatch, [this] { watch(); });
    while (!done_ && queue_.events() < kEventsMax && queue_.run_next()) {
    }
    if (!done_) checker_.report("I8", "the simulation does not come to an end");
    checker_.at_the_end();
    if (const auto audit = coordinator_->verify_audit(); !audit) {
      checker_.report("I5", "the audit does not replay: " + audit.error().message());
    }
    return summary();
  }

  void request(std::uint32_t shop, Request request,
               std::function<void(Answer)> on_answer) override {
    Link& link = links_[shop];
    const std::uint64_t n = ++link.requests;
    const milliseconds now = queue_.now();
    ++outcome_.messages;
    note(request);
    milliseconds there = latency(shop, n, 0);
    if (const auto fault = plan_.at(FaultKind::duplicate, shop, n, now)) {
      const milliseconds again = there + milliseconds{static_cast<std::int64_t>(fault->value)};
      queue_.after(again, [this, shop, request] {
        if (!is_cut_off(shop)) static_cast<void>(coordinator_->handle(shop, request));
      });
    }
    if (plan_.at(FaultKind::lose_request, shop, n, now)) return;
    if (const auto fault = plan_.at(FaultKind::delay, shop, n, now)) {
      there += milliseconds{static_cast<std::int64_t>(fault->value)};
    }
    queue_.after(
        there, [this, shop, n, request = std::move(request), on_answer = std::move(on_answer)] {
          if (is_cut_off(shop)) return;
          Answer answer = coordinator_->handle(shop, request);
          if (plan_.at(FaultKind::lose_answer, shop, n, queue_.now()) || is_cut_off(shop)) return;
          if (answer.message) hash_.update(answer.message->frame);
          queue_.after(latency(shop, n, 1), [this, shop, on_answer, answer = std::move(answer)] {
            if (!is_cut_off(shop)) on_answer(answer);
          });
        });
  }

  bool gets_through(std::uint32_t shop) override {
    const std::uint64_t n = ++links_[shop].requests;
    ++outcome_.messages;
    return !is_cut_off(shop) && !plan_.at(FaultKind::lose_request, shop, n, queue_.now());
  }

 private:
  struct Link {
    std::uint64_t requests = 0;
    milliseconds cut_from{0};
    milliseconds cut_until{0};
  };

  Result<> set_up() {
    GS_CHECK(make_root());
    coordinator_ = std::make_unique<CoordinatorNode>(parts("coordinator"));
    GS_CHECK(coordinator_->start());
    for (std::uint32_t i = 0; i < shops_count_; ++i) {
      shops_.push_back(
          std::make_unique<ShopNode>(parts("shop-" + std::to_string(i)), i, *coordinator_, *this));
    }
    for (const Fault& fault : initial_) apply(fault);
    for (auto& shop : shops_) GS_CHECK(shop->start());
    return {};
  }

  Result<> make_root() {
    std::error_code failure;
    std::filesystem::create_directories(scratch_.path(), failure);
    if (failure) return Error{BaseErrc::io_failed, "no room for simulated disks"};
    return {};
  }

  RunParts parts(const std::string& name) {
    return {scenario_,   queue_,           plan_, checker_,
            identities_, options_.defects, pool_, scratch_.path() / name};
  }

  void apply(const Fault& fault) {
    const milliseconds value{static_cast<std::int64_t>(fault.value)};
    if (fault.kind == FaultKind::slow) shops_[fault.shop]->slow_down(fault.value);
    if (fault.kind == FaultKind::skew && fault.shop < shops_count_) {
      shops_[fault.shop]->set_skew(value);
    }
    if (fault.kind == FaultKind::partition) {
      links_[fault.shop].cut_from = milliseconds{static_cast<std::int64_t>(fault.at)};
      links_[fault.shop].cut_until =
          std::min(links_[fault.shop].cut_from + value, scenario_.faults.until);
    }
  }

  [[nodiscard]] bool is_cut_off(std::uint32_t shop) const {
    const Link& link = links_[shop];
    return queue_.now() >= link.cut_from && queue_.now() < link.cut_until;
  }

  [[nodiscard]] milliseconds latency(std::uint32_t shop, std::uint64_t n, std::uint64_t way) const {
    const auto spread =
        static_cast<std::uint64_t>((scenario_.latency_max - scenario_.latency_min).count() + 1);
    return scenario_.latency_min + milliseconds{static_cast<std::int64_t>(
                                       plan_.draw(kLatencyStream, shop, 2 * n + way, spread))};
  }

  void note(const Request& request) { hash_.update(request.frame); }

  /// I8, and whether anything is left to happen.
  void watch() {
    queue_.after(kWatch, [this] { watch(); });
    const auto standing = coordinator_->standing();
    if (!standing) {
      return checker_.report("I5", "the ledger cannot be read: " + standing.error().message());
    }
    standing_ = *standing;
    if (standing->running != running_) {
      running_ = standing->running;
      running_since_ = queue_.now();
    }
    const milliseconds start = std::max(running_since_, scenario_.faults.until);
    const milliseconds late = kDeadlinesAllowed * scenario_.attempt_deadline();
    if (!standing->task_is_over && queue_.now() > start + late) {
      checker_.report("I8", running_
                                ? "round " + std::to_string(running_->round.value()) + "." +
                                      std::to_string(running_->attempt.value()) + " does not end"
                                : "no round begins and the task does not end");
      done_ = true;
      return;
    }
    if (!standing->task_is_over) return;
    bool idle = true;
    for (const auto& shop : shops_) idle = idle && (shop->is_gone() || settled(*shop));
    if (idle) {
      done_ = true;
      return;
    }
    if (over_since_.count() == 0) over_since_ = std::max(queue_.now(), scenario_.faults.until);
    // A shop that never hears of the end gives up by itself after ten minutes and its own margin.
    if (queue_.now() > over_since_ + std::chrono::minutes{15}) {
      for (const auto& shop : shops_) {
        if (shop->is_gone() || settled(*shop)) continue;
        checker_.report(
            "I8", "a shop is still " + std::string{shop->phase()} + " long after the task's end");
      }
      done_ = true;
    }
  }

  [[nodiscard]] static bool settled(const ShopNode& shop) {
    return shop.is_up() && shop.phase() == "between rounds";
  }

  RunOutcome summary() {
    outcome_.faults = plan_.fired();
    for (const Fault& fault : outcome_.faults) {
      ++outcome_.faults_by_kind[static_cast<std::size_t>(fault.kind)];
    }
    outcome_.violations = checker_.violations();
    outcome_.completed = standing_.task_completed;
    outcome_.reason = standing_.reason;
    outcome_.attempts = standing_.attempts;
    outcome_.sums = checker_.sums();
    outcome_.counted = checker_.counted();
    for (const auto& shop : shops_) {
      outcome_.shop_crashes += shop->crashes();
      outcome_.refusals += shop->refusals();
      if (!shop->attack()) continue;
      AttackTally& tally = outcome_.attacks[static_cast<std::size_t>(*shop->attack())];
      tally.tried += shop->tally().tried;
      tally.refused += shop->tally().refused;
    }
    outcome_.coordinator_crashes = coordinator_->crashes();
    outcome_.transactions = coordinator_->transactions();
    outcome_.lies = coordinator_->lies();
    outcome_.checks = checker_.checks();
    outcome_.signature_checks = signatures_.asked();
    outcome_.signature_checks_memoised = signatures_.memoised();
    outcome_.events = queue_.events();
    outcome_.virtual_ms = queue_.now().count();
    outcome_.digest = hash_.finish().hex();
    return std::move(outcome_);
  }

  const Scenario& scenario_;
  const RunOptions& options_;
  std::uint32_t shops_count_;
  EventQueue queue_;
  FaultPlan plan_;
  Identities identities_;
  InvariantChecker checker_;
  MemoisedChecks signatures_;
  ThreadPool pool_{1};
  ScratchDirectory scratch_;
  std::vector<Fault> initial_;
  std::vector<Link> links_;
  std::unique_ptr<CoordinatorNode> coordinator_;
  std::vector<std::unique_ptr<ShopNode>> shops_;
  CoordinatorNode::Standing standing_;
  std::optional<participant::AttemptId> running_;
  milliseconds running_since_{0};
  milliseconds over_since_{0};
  bool done_ = false;
  crypto::Sha256 hash_;
  RunOutcome outcome_;
};

}  // namespace

Result<RunOutcome> run_seed(const Scenario& scenario, std::uint64_t seed,
                            const RunOptions& options) {
  World world{scenario, seed, options};
  return world.run();
}

}  // namespace guildsum::simulations
