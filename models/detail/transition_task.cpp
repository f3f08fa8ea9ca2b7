#include <algorithm>
#include <limits>
#include <string>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {
constexpr std::string_view kMagic = "GSTC";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kTileRows = 256;  // Rows of the matrix in one segment.
constexpr std::int64_t kCountMax = std::numeric_limits<std::uint32_t>::max();
}  // namespace

VectorLayout TransitionTask::layout(const TaskPlan& plan) {
  VectorLayout layout;
  for (std::uint32_t first = 0; first < plan.items; first += kTileRows) {
    const std::uint32_t last = std::min(first + kTileRows, plan.items);
    layout.segments.push_back(
        Segment::exact("transitions.rows." + std::to_string(first) + "-" + std::to_string(last - 1),
                       std::uint64_t{last - first} * plan.items, plan.transitions.bound()));
  }
  return layout;
}

Result<> TransitionTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  GS_CHECK(expect_unfinished());
  GS_CHECK(check_sum(layout(plan()), sum, context.survivors));
  std::vector<std::uint32_t> counts(sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (sum[i] < 0 || sum[i] > kCountMax) {
      return Error{ModelsErrc::out_of_range,
                   "transition " + std::to_string(i) + " is " + std::to_string(sum[i])};
    }
    counts[i] = static_cast<std::uint32_t>(sum[i]);
  }
  counts_ = std::move(counts);
  return {};
}

Bytes TransitionTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan().items);
  out.integer(static_cast<std::uint8_t>(finished() ? 1 : 0));
  out.array(std::span{counts_});
  return std::move(out).take();
}

Result<TransitionTask> TransitionTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  const auto done = in.integer<std::uint8_t>();
  TransitionTask task{plan};
  if (done == 1) task.counts_ = in.array<std::uint32_t>(std::uint64_t{items} * items);
  GS_CHECK(in.finish("transitions checkpoint"));
  if (items != plan.items || done > 1) {
    return Error{ModelsErrc::malformed, "transitions checkpoint of another plan"};
  }
  return task;
}

}  // namespace guildsum::models::detail
