#include "simulations/faults/campaign.hpp"

#include <algorithm>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/errors.hpp"
#include "crypto/sha256.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::size_t kFaultKinds = 11;

/// Hands out seeds in order and takes their outcomes, in whatever order they come.
class SeedQueue {
 public:
  SeedQueue(const Scenario& scenario, const CampaignOptions& options)
      : scenario_{scenario}, options_{options} {}

  void work() {
    while (true) {
      if (options_.stop && options_.stop()) return;
      const std::uint64_t index = next_++;
      if (index >= options_.count || index > stop_after_.load()) return;
      auto outcome = run_seed(scenario_, options_.first + index, {{}, options_.defects});
      const std::lock_guard lock{mutex_};
      if (!outcome || !outcome->passed()) stop_after_ = std::min(stop_after_.load(), index);
      outcomes_.emplace(index, std::move(outcome));
      if (options_.progress) options_.progress(outcomes_.size());
    }
  }

  /// Up to and including the first one that failed.
  Result<Campaign> collect() {
    Campaign campaign;
    campaign.totals.faults_by_kind.resize(kFaultKinds);
    crypto::Sha256 digest;
    for (auto& [index, outcome] : outcomes_) {
      if (!outcome) return outcome.error();
      campaign.totals.add(*outcome);
      digest.update(as_bytes(outcome->digest));
      if (options_.count == 1) campaign.only = *outcome;
      if (outcome->passed()) continue;
      GS_TRY(campaign.failure, shrink(scenario_, std::move(*outcome), options_.defects));
      break;
    }
    if (!campaign.failure && campaign.totals.seeds < options_.count) {
      return Error{BaseErrc::interrupted, "after " + std::to_string(campaign.totals.seeds) +
                                              " seeds, none of which failed"};
    }
    campaign.digest = digest.finish().hex();
    return campaign;
  }

 private:
  const Scenario& scenario_;
  const CampaignOptions& options_;
  std::atomic<std::uint64_t> next_{0};
  std::atomic<std::uint64_t> stop_after_{UINT64_MAX};
  std::mutex mutex_;
  std::map<std::uint64_t, Result<RunOutcome>> outcomes_;
};

bool breaks_the_same(const RunOutcome& outcome, const std::string& invariant) {
  return std::ranges::find(outcome.violations, invariant, &Violation::invariant) !=
         outcome.violations.end();
}

}  // namespace

void CampaignTotals::add(const RunOutcome& outcome) {
  *this += outcome;
  ++seeds;
  completed += outcome.completed ? 1U : 0U;
  abandoned += outcome.completed ? 0U : 1U;
  faults += outcome.faults.size();
  faults_by_kind.resize(kFaultKinds);
  for (const Fault& fault : outcome.faults) ++faults_by_kind[static_cast<std::size_t>(fault.kind)];
}

Result<Failure> shrink(const Scenario& scenario, RunOutcome outcome, const Defects& defects,
                       std::uint32_t tries_max) {
  Failure failure{std::move(outcome), {}, {}, 0};
  const std::string invariant = failure.outcome.violations.front().invariant;
  const std::uint64_t seed = failure.outcome.seed;
  failure.shrunk = failure.outcome.faults;
  failure.shrunk_violations = failure.outcome.violations;
  std::size_t parts = 2;
  const auto still_fails = [&](const std::vector<Fault>& faults) -> Result<bool> {
    ++failure.tries;
    GS_TRY(const RunOutcome tried, run_seed(scenario, seed, {faults, defects}));
    if (!breaks_the_same(tried, invariant)) return false;
    failure.shrunk = faults;
    failure.shrunk_violations = tried.violations;
    return true;
  };
  GS_TRY(const bool needs_no_fault, still_fails({}));
  while (!needs_no_fault && !failure.shrunk.empty() && failure.tries < tries_max) {
    const std::size_t size = (failure.shrunk.size() + parts - 1) / parts;
    bool smaller = false;
    for (std::size_t from = 0; from < failure.shrunk.size() && failure.tries < tries_max;) {
      std::vector<Fault> without = failure.shrunk;
      const auto begin = without.begin() + static_cast<std::ptrdiff_t>(from);
      const auto count = std::min(size, without.size() - from);
      without.erase(begin, begin + static_cast<std::ptrdiff_t>(count));
      GS_TRY(const bool fails, still_fails(without));
      smaller = smaller || fails;
      if (!fails) from += size;
    }
    if (size == 1 && !smaller) break;
    parts = smaller && size > 1 ? 2 : std::min(parts * 2, failure.shrunk.size());
    parts = std::max<std::size_t>(parts, 2);
  }
  return failure;
}

Result<Campaign> run_campaign(const Scenario& scenario, const CampaignOptions& options) {
  SeedQueue queue{scenario, options};
  const std::uint32_t threads =
      options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
  std::vector<std::thread> workers;
  for (std::uint32_t i = 1; i < threads; ++i) workers.emplace_back([&queue] { queue.work(); });
  queue.work();
  for (std::thread& worker : workers) worker.join();
  return queue.collect();
}

}  // namespace guildsum::simulations
