#include <algorithm>
#include <limits>
#include <string>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {
constexpr std::string_view kMagic = "GSGM";
constexpr std::uint16_t kVersion = 1;
constexpr std::uint32_t kBandRows = 256;  // Rows of the triangle in one segment.
constexpr std::int64_t kCountMax = std::numeric_limits<std::uint32_t>::max();

/// What stands in a checkpoint before the triangle.
enum class Stage : std::uint8_t { empty = 0, one_sum = 1, several_sums = 2 };

Stage stage_of(std::uint64_t sums) {
  if (sums > 1) return Stage::several_sums;
  return sums == 1 ? Stage::one_sum : Stage::empty;
}

Error bad_count(std::size_t position, std::int64_t count) {
  return {ModelsErrc::out_of_range,
          "pair count " + std::to_string(position) + " is " + std::to_string(count)};
}
}  // namespace

VectorLayout GramTask::layout(const TaskPlan& plan) {
  VectorLayout layout;
  const std::uint32_t n = plan.items;
  for (std::uint32_t first = 0; first < n; first += kBandRows) {
    const std::uint32_t last = std::min(first + kBandRows, n);
    const std::size_t end =
        last == n ? GramModel::packed_length(n) : GramModel::packed_index(n, last, last);
    layout.segments.push_back(
        Segment::exact("gram.rows." + std::to_string(first) + "-" + std::to_string(last - 1),
                       end - GramModel::packed_index(n, first, first), plan.customers_max));
  }
  return layout;
}

Result<> GramTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  GS_CHECK(expect_unfinished());
  GS_CHECK(check_sum(layout(plan()), sum, context.survivors));
  std::vector<std::uint32_t> upper(sum.size());
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (sum[i] < -kCountMax || sum[i] > kCountMax) return bad_count(i, sum[i]);
    const std::int64_t count = sum[i] + (upper_.empty() ? 0 : std::int64_t{upper_[i]});
    if (count < 0 || count > kCountMax) return bad_count(i, count);
    upper[i] = static_cast<std::uint32_t>(count);
  }
  upper_ = std::move(upper);
  ++sums_;
  reopened_ = false;
  return {};
}

Result<> GramTask::reopen() {
  if (!finished()) return Error{ModelsErrc::wrong_step, "the ease task still wants a sum"};
  reopened_ = true;
  return {};
}

Bytes GramTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan().items);
  out.integer(static_cast<std::uint8_t>(stage_of(sums_)));
  if (sums_ > 1) out.integer(sums_);
  out.array(std::span{upper_});
  return std::move(out).take();
}

Result<GramTask> GramTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  const auto stage = in.integer<std::uint8_t>();
  GramTask task{plan};
  task.sums_ = stage == 2 ? in.integer<std::uint64_t>() : stage;
  if (task.sums_ > 0) task.upper_ = in.array<std::uint32_t>(GramModel::packed_length(items));
  GS_CHECK(in.finish("EASE checkpoint"));
  if (items != plan.items || stage != static_cast<std::uint8_t>(stage_of(task.sums_))) {
    return Error{ModelsErrc::malformed, "EASE checkpoint of another plan"};
  }
  return task;
}

}  // namespace guildsum::models::detail
