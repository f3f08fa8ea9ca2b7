#include "simulations/faults/campaign.hpp"

#include <algorithm>
#include <array>
#include <atomic>
#include <map>
#include <mutex>
#include <thread>

#include "base/errors.hpp"
#include "crypto/sha256.hpp"
#include "simulations/faults/arithmetic_run.hpp"
#include "simulations/faults/outcome_codec.hpp"

namespace guildsum::simulations {
namespace {

/// Seeds that each thread of each rank runs before the ranks compare notes.
constexpr std::uint64_t kSeedsAtOnce = 16;

std::uint32_t threads_of(const CampaignOptions& options) {
  return options.threads != 0 ? options.threads : std::max(1U, std::thread::hardware_concurrency());
}

bool has_failed(const Result<RunOutcome>& outcome) { return !outcome || !outcome->passed(); }

/// The seeds of one campaign and what they came to, in whatever order.
class SeedQueue {
 public:
  SeedQueue(const Scenario& scenario, const CampaignOptions& options)
      : scenario_{scenario}, options_{options} {}

  void run(Ranks& ranks) {
    if (ranks.size() == 1) {
      end_ = options_.count;
      return run_here(0, 1);
    }
    if (scenario_.mode == RunMode::arithmetic_only) return run_together(ranks);
    const std::uint64_t block = kSeedsAtOnce * threads_of(options_) * ranks.size();
    for (std::uint64_t first = 0; first < options_.count && !over_; first += block) {
      end_ = std::min(options_.count, first + block);
      run_here(first + ranks.rank(), ranks.size());
      exchange(ranks);
    }
  }

  /// Up to and including the first one that failed.
  Result<Campaign> collect() {
    Campaign campaign;
    crypto::Sha256 digest;
    for (auto& [index, outcome] : outcomes_) {
      if (!outcome) return outcome.error();
      campaign.totals.add(*outcome);
      digest.update(as_bytes(outcome->digest));
      if (options_.count == 1) campaign.only = *outcome;
      if (outcome->passed()) continue;
      if (scenario_.mode == RunMode::arithmetic_only) {
        // It has no list of faults that could be shorter.
        campaign.failure = Failure{*outcome, {}, outcome->violations, 0};
      } else {
        GS_TRY(campaign.failure, shrink(scenario_, std::move(*outcome), options_.defects));
      }
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
  /// Every `stride`-th seed from `first` to the end of the block, on all threads.
  void run_here(std::uint64_t first, std::uint64_t stride) {
    next_ = first;
    stride_ = stride;
    std::vector<std::thread> workers;
    for (std::uint32_t i = 1; i < threads_of(options_); ++i) {
      workers.emplace_back([this] { work(); });
    }
    work();
    for (std::thread& worker : workers) worker.join();
  }

  void work() {
    OneRank alone;
    while (true) {
      if (options_.stop && options_.stop()) {
        stopped_ = true;
        return;
      }
      const std::uint64_t index = next_.fetch_add(stride_);
      if (index >= end_ || index > stop_after_.load()) return;
      const std::uint64_t seed = options_.first + index;
      take(index, scenario_.mode == RunMode::arithmetic_only
                      ? run_arithmetic(scenario_, seed, alone)
                      : run_seed(scenario_, seed, {{}, options_.defects}));
    }
  }

  void take(std::uint64_t index, Result<RunOutcome> outcome) {
    const std::lock_guard lock{mutex_};
    if (has_failed(outcome)) stop_after_ = std::min(stop_after_.load(), index);
    outcomes_.insert_or_assign(index, std::move(outcome));
    if (options_.progress) options_.progress(outcomes_.size());
  }

  /// Every rank learns what all found, and whether it is over.
  void exchange(Ranks& ranks) {
    Outcomes own;
    for (const auto& [index, outcome] : outcomes_) {
      if (index >= given_) own.emplace(index, outcome);
    }
    for (const Bytes& bytes : ranks.gather(encode_outcomes(own))) {
      auto others = decode_outcomes(bytes);
      if (!others) others = Outcomes{{given_, others.error()}};
      for (auto& [index, outcome] : *others) take(index, std::move(outcome));
    }
    given_ = end_;
    over_ = is_stopped(ranks) || stop_after_.load() != UINT64_MAX;
  }

  /// Together on each seed.
  void run_together(Ranks& ranks) {
    for (std::uint64_t index = 0; index < options_.count; ++index) {
      stopped_ = options_.stop && options_.stop();
      if (is_stopped(ranks)) return;
      auto outcome = run_arithmetic(scenario_, options_.first + index, ranks);
      const bool failed = has_failed(outcome);
      take(index, std::move(outcome));
      if (failed) return;
    }
  }

  [[nodiscard]] bool is_stopped(Ranks& ranks) const {
    std::array<std::uint64_t, 1> stopped{stopped_ ? std::uint64_t{1} : 0};
    ranks.add_up(stopped);
    return stopped[0] > 0;
  }

  const Scenario& scenario_;
  const CampaignOptions& options_;
  std::atomic<std::uint64_t> next_{0};
  std::uint64_t stride_ = 1;
  std::uint64_t end_ = 0;
  std::uint64_t given_ = 0;  ///< below it every rank knows every outcome
  std::atomic<bool> stopped_{false};
  bool over_ = false;
  std::atomic<std::uint64_t> stop_after_{UINT64_MAX};
  std::mutex mutex_;
  Outcomes outcomes_;
};

bool breaks_the_same(const RunOutcome& outcome, const std::string& invariant) {
  return std::ranges::find(outcome.violations, invariant, &Violation::invariant) !=
         outcome.violations.end();
}

}  // namespace

void CampaignTotals::add(const RunOutcome& outcome) {
  const auto before = static_cast<double>(sums);
  *this += outcome;
  ++seeds;
  completed += outcome.completed ? 1U : 0U;
  abandoned += outcome.completed ? 0U : 1U;
  for (const std::uint64_t count : outcome.faults_by_kind) faults += count;
  double errors = update_error_mean * before;
  for (const double error : outcome.update_errors) {
    errors += error;
    update_error_max = std::max(update_error_max, error);
  }
  if (sums > 0) update_error_mean = errors / static_cast<double>(sums);
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
  OneRank alone;
  queue.run(options.ranks == nullptr ? alone : *options.ranks);
  return queue.collect();
}

}  // namespace guildsum::simulations
