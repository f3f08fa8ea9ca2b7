#include "simulations/faults/arithmetic_run.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "coordinator/step_plan.hpp"
#include "crypto/ring.hpp"
#include "crypto/sha256.hpp"
#include "models/sum_task.hpp"
#include "participant/contribution.hpp"
#include "protocol/limits.hpp"
#include "protocol/packed_sum.hpp"
#include "simulations/faults/task.hpp"

namespace guildsum::simulations {
namespace {

/// A shop that leaves in one of the first two phases leaves before its input.
constexpr std::uint64_t kPhasesBeforeInput = 2;
constexpr std::uint64_t kPhases = 6;
/// The last two values of an input are counts.
constexpr std::size_t kCounts = 2;

/// What one step needs of its inputs, summed over shops.
struct StepSums {
  crypto::RingVector ring;                ///< through the codec
  std::vector<std::uint64_t> plain;       ///< of the members, as they are
  std::vector<std::uint64_t> honest;      ///< of all that checked in, had nobody left or attacked
  std::optional<Error> error = {};
};

class Study {
 public:
  Study(const Scenario& scenario, std::uint64_t seed, Ranks& ranks)
      : scenario_{scenario},
        ranks_{ranks},
        plan_{scenario, seed, scenario.shops_max},
        shops_{drawn_shops(scenario, plan_)},
        input_seed_{plan_.draw(kInputStream, 0, 0, std::uint64_t{1} << 30)},
        gone_(shops_, false),
        checked_in_(shops_, false),
        member_(shops_, false) {
    outcome_.seed = seed;
    outcome_.shops = shops_;
    for (std::uint32_t shop = 0; shop < shops_; ++shop) {
      attacks_.push_back(attack_of(scenario, plan_, shop));
    }
  }

  Result<RunOutcome> run() {
    GS_TRY(task_, models::make_task(plan_of(scenario_)));
    while (!task_->finished() && outcome_.reason.empty()) {
      const auto before = member_;
      if (!draw_members()) break;
      GS_CHECK(sum_up(before == member_));
    }
    outcome_.completed = task_->finished();
    outcome_.virtual_ms = static_cast<std::int64_t>(outcome_.attempts) *
                          scenario_.attempt_deadline().count();
    outcome_.digest = hash_.finish().hex();
    return std::move(outcome_);
  }

 private:
  /// Attempts until enough shops stay for a sum; false when the task is abandoned.
  bool draw_members() {
    for (std::uint32_t attempt = 0; attempt < scenario_.attempts_max; ++attempt) {
      draw_attempt();
      const std::uint32_t c =
          scenario_.corrupt == 0 ? protocol::default_corrupt(shops_) : scenario_.corrupt;
      const std::uint32_t least =
          std::max(protocol::majority_threshold(present_, c), protocol::kSurvivorsFloor);
      if (present_ >= scenario_.cohort_min && members_ >= least) return true;
    }
    outcome_.reason = present_ < scenario_.cohort_min ? "too few shops" : "too few survivors";
    return false;
  }

  void draw_attempt() {
    const milliseconds now = outcome_.attempts * scenario_.attempt_deadline();
    ++outcome_.attempts;
    present_ = 0;
    members_ = 0;
    std::fill(member_.begin(), member_.end(), false);
    for (std::uint32_t shop = 0; shop < shops_; ++shop) {
      checked_in_[shop] = !gone_[shop];
      if (gone_[shop]) continue;
      ++outcome_.events;
      if (attacks_[shop]) ++tally(shop).tried;
      if (attacks_[shop] == AttackKind::garbage) {
        ++tally(shop).refused;
        continue;
      }
      ++present_;
      const auto fault = plan_.peek(FaultKind::departure, shop, outcome_.attempts, now);
      if (fault) {
        ++outcome_.faults_by_kind[static_cast<std::size_t>(FaultKind::departure)];
        gone_[shop] = fault->value / 8 == 0;
        if (fault->value % 8 % kPhases < kPhasesBeforeInput) continue;
      }
      member_[shop] = true;
      ++members_;
    }
  }

  AttackTally& tally(std::uint32_t shop) {
    return outcome_.attacks[static_cast<std::size_t>(*attacks_[shop])];
  }

  /// Adds the inputs of this rank's shops.
  StepSums own_sums(const protocol::CodecParameters& codec, crypto::RingBits bits) {
    const std::size_t d = codec.vector_length;
    StepSums sums{crypto::RingVector{bits, d}, std::vector<std::uint64_t>(d, 0),
                  std::vector<std::uint64_t>(d, 0)};
    const StudyInputs inputs{input_seed_, task_->progress().sums_done, d};
    for (std::uint32_t shop = ranks_.rank(); shop < shops_; shop += ranks_.size()) {
      if (!checked_in_[shop]) continue;
      std::vector<std::int64_t> values = inputs.of(shop);
      for (std::size_t k = 0; k < d; ++k) sums.honest[k] += static_cast<std::uint64_t>(values[k]);
      if (!member_[shop]) continue;
      if (attacks_[shop]) spoil_input(*attacks_[shop], values);
      for (std::size_t k = 0; k < d; ++k) sums.plain[k] += static_cast<std::uint64_t>(values[k]);
      std::size_t first = 0;
      const auto added =
          participant::mask_input(values, codec, {}, [&](ByteView chunk) -> Result<> {
            const std::size_t count = std::min<std::size_t>(codec.chunk_values, d - first);
            GS_CHECK(sums.ring.add_packed(first, count, chunk));
            first += count;
            return {};
          });
      if (!added && !sums.error) sums.error = added.error();
    }
    return sums;
  }

  /// Over all ranks: integers modulo 2^64, so that no order and no spreading changes a bit.
  Result<> sum_up(bool same_members) {
    GS_TRY(const auto request, task_->next_request());
    GS_TRY(const auto codec, coordinator::plan_codec(request.layout, shops_));
    GS_TRY(const auto bits, crypto::RingBits::parse(codec.ring_bits));
    const std::size_t d = codec.vector_length;
    StepSums own = own_sums(codec, bits);
    std::vector<std::uint64_t> ring(d);
    for (std::size_t k = 0; k < d; ++k) ring[k] = own.ring.at(k);
    ranks_.add_up(ring);
    ranks_.add_up(own.plain);
    ranks_.add_up(own.honest);
    std::array<std::uint64_t, 1> refused{own.error ? std::uint64_t{1} : 0};
    ranks_.add_up(refused);
    if (refused[0] > 0) {
      // Each rank knows its own inputs only, and all say the same.
      return Error{protocol::ProtocolErrc::overflow_not_excluded,
                   "an input is outside of what the codec holds"};
    }
    return open(codec, ring, own, same_members);
  }

  Result<> open(const protocol::CodecParameters& codec, std::span<const std::uint64_t> ring,
                const StepSums& sums, bool same_members) {
    const unsigned unused = 64 - codec.ring_bits;
    std::vector<std::int64_t> opened(ring.size());
    for (std::size_t k = 0; k < ring.size(); ++k) {
      opened[k] = static_cast<std::int64_t>(ring[k] << unused) >> unused;
    }
    const Bytes packed = protocol::pack_sum(codec, opened);
    GS_TRY(const auto published, protocol::unpack_sum(codec, packed));
    hash_.update(packed);
    ++outcome_.sums;
    outcome_.counted += members_;
    check(published, sums.plain);
    outcome_.update_errors.push_back(error_of(published, sums.honest));
    const auto applied = task_->apply(
        published, {.survivors = members_, .same_survivors_as_previous = same_members});
    if (!applied) {
      // An attacker's input may have made a sum that no honest shops could give.
      outcome_.reason = applied.error().message();
      return {};
    }
    hash_.update(task_->checkpoint());
    return {};
  }

  /// I1 and I4.
  void check(std::span<const std::int64_t> sum, std::span<const std::uint64_t> plain) {
    outcome_.checks += 2;
    const std::string step = "sum " + std::to_string(outcome_.sums);
    for (std::size_t k = 0; k < sum.size(); ++k) {
      if (static_cast<std::uint64_t>(sum[k]) == plain[k]) continue;
      outcome_.violations.push_back(
          {"I1", 0, step + ": value " + std::to_string(k) + " is " + std::to_string(sum[k])});
      break;
    }
    if (members_ < protocol::kSurvivorsFloor) {
      outcome_.violations.push_back({"I4", 0, step + " is over " + std::to_string(members_)});
    }
  }

  /// How far the mean of the sum is from the mean over all honest inputs, relative to it (L2).
  [[nodiscard]] double error_of(std::span<const std::int64_t> sum,
                                std::span<const std::uint64_t> honest) const {
    double distance = 0;
    double length = 0;
    for (std::size_t k = 0; k + kCounts < sum.size(); ++k) {
      const double mean = static_cast<double>(sum[k]) / members_;
      const double right = static_cast<double>(static_cast<std::int64_t>(honest[k])) /
                           static_cast<double>(honest[honest.size() - kCounts]);
      distance += (mean - right) * (mean - right);
      length += right * right;
    }
    return length == 0 ? 0 : std::sqrt(distance / length);
  }

  const Scenario& scenario_;
  Ranks& ranks_;
  FaultPlan plan_;
  std::uint32_t shops_;
  std::uint64_t input_seed_;
  std::vector<bool> gone_;    ///< for good
  std::vector<bool> checked_in_;  ///< to this attempt, or attacks it
  std::vector<bool> member_;      ///< of its sum
  std::vector<std::optional<AttackKind>> attacks_;
  std::uint32_t present_ = 0;
  std::uint32_t members_ = 0;
  std::unique_ptr<models::SumTask> task_;
  crypto::Sha256 hash_;
  RunOutcome outcome_;
};

}  // namespace

Result<RunOutcome> run_arithmetic(const Scenario& scenario, std::uint64_t seed, Ranks& ranks) {
  Study study{scenario, seed, ranks};
  return study.run();
}

}  // namespace guildsum::simulations
