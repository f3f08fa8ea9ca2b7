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
    if (sum[i] < 0 || sum[i] > std::numeric_limits<std::uint32_t>::max()) {
      return Error{ModelsErrc::out_of_range,
                   "pair count " + std::to_string(i) + " is " + std::to_string(sum[i])};
    }
    upper[i] = static_cast<std::uint32_t>(sum[i]);
  }
  upper_ = std::move(upper);
  return {};
}

Bytes GramTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan().items);
  out.integer(static_cast<std::uint8_t>(finished() ? 1 : 0));
  out.array(std::span{upper_});
  return std::move(out).take();
}

Result<GramTask> GramTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  const auto done = in.integer<std::uint8_t>();
  GramTask task{plan};
  if (done == 1) task.upper_ = in.array<std::uint32_t>(GramModel::packed_length(items));
  GS_CHECK(in.finish("EASE checkpoint"));
  if (items != plan.items || done > 1) {
    return Error{ModelsErrc::malformed, "EASE checkpoint of another plan"};
  }
  return task;
}

}  // namespace guildsum::models::detail
