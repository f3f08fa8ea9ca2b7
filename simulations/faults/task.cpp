#include "simulations/faults/task.hpp"

#include "base/random.hpp"
#include "coordinator/step_plan.hpp"
#include "models/sum_task.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/packed_sum.hpp"

namespace guildsum::simulations {

models::TaskPlan plan_of(const Scenario& scenario) {
  models::TaskPlan plan;
  plan.kind = models::TaskKind::bpr;
  // One factor and one bias for each item, then the number of customers and of clipped segments.
  plan.items = (scenario.vector_length - 2) / 2;
  plan.customers_max = 1000;
  plan.gradient.factors = 1;
  plan.gradient.rounds = scenario.rounds;
  return plan;
}

Result<protocol::CodecParameters> codec_of(const Scenario& scenario, std::size_t shops) {
  GS_TRY(const auto task, models::make_task(plan_of(scenario)));
  GS_TRY(const auto request, task->next_request());
  return coordinator::plan_codec(request.layout, static_cast<std::uint32_t>(shops));
}

std::vector<std::int64_t> input_of(std::uint64_t seed, std::uint32_t shop, std::uint32_t shops,
                                   std::uint64_t step, std::size_t length) {
  constexpr std::uint64_t kSpread = 7;
  SeededRandom random{(seed * 1'000'003 + shop) * 1'000'003 + step};
  std::vector<std::int64_t> values(length, 0);
  Bytes bytes(length);
  random.fill(bytes);
  for (std::size_t k = shops; k + 2 < length; ++k) {
    values[k] = std::to_integer<std::int64_t>(bytes[k]) % static_cast<std::int64_t>(kSpread) - 3;
  }
  values[shop] = 1;
  values[length - 2] = 1;
  return values;
}

namespace {

/// Adds small integers to all but the two counts, uniform from -(`values` / 2) on.
void add_noise(SeededRandom random, std::int64_t values, std::span<std::int64_t> to) {
  Bytes bytes(to.size());
  random.fill(bytes);
  for (std::size_t k = 0; k + 2 < to.size(); ++k) {
    to[k] += std::to_integer<std::int64_t>(bytes[k]) % values - values / 2;
  }
}

constexpr std::uint64_t kStride = 1'000'003;

}  // namespace

StudyInputs::StudyInputs(std::uint64_t seed, std::uint64_t step, std::size_t length)
    : seed_{seed}, step_{step}, common_(length, 0) {
  add_noise(SeededRandom{~(seed * kStride + step)}, 17, common_);
  common_[length - 2] = 1;
}

std::vector<std::int64_t> StudyInputs::of(std::uint32_t shop) const {
  std::vector<std::int64_t> values = common_;
  add_noise(SeededRandom{(seed_ * kStride + shop) * kStride + step_}, 7, values);
  return values;
}

bool reproduces(const protocol::RoundDescriptor& descriptor, ByteView plan, ByteView checkpoint,
                ByteView packed_sum, std::uint32_t survivors, const protocol::BlobId& root) {
  const auto task_plan = models::TaskPlan::parse(plan);
  const auto sum = protocol::unpack_sum(descriptor.codec, packed_sum);
  if (!task_plan || !sum) return false;
  for (const bool same : {true, false}) {
    auto task = models::restore_task(*task_plan, checkpoint);
    if (!task) return false;
    const models::SumContext context{.survivors = survivors, .same_survivors_as_previous = same};
    if ((*task)->apply(*sum, context) && protocol::blob_id((*task)->checkpoint()) == root) {
      return true;
    }
  }
  return false;
}

}  // namespace guildsum::simulations
