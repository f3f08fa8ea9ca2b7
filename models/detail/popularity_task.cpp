#include <string>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {
constexpr std::string_view kMagic = "GSPC";
constexpr std::uint16_t kVersion = 1;
}  // namespace

VectorLayout PopularityTask::layout(const TaskPlan& plan) {
  return {{Segment::exact("item_customers", plan.items, plan.customers_max)}};
}

Result<> PopularityTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  GS_CHECK(expect_unfinished());
  GS_CHECK(check_sum(layout(plan()), sum, context.survivors));
  std::vector<std::uint64_t> customers(plan().items, 0);
  for (std::size_t i = 0; i < sum.size(); ++i) {
    if (sum[i] < 0)
      return Error{ModelsErrc::out_of_range, "negative count of item " + std::to_string(i)};
    const auto count = static_cast<std::uint64_t>(sum[i]);
    customers[i] = count < plan().popularity.customers_min ? 0 : count;
  }
  customers_ = std::move(customers);
  return {};
}

Bytes PopularityTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan().items);
  out.integer(static_cast<std::uint8_t>(finished() ? 1 : 0));
  out.array(std::span{customers_});
  return std::move(out).take();
}

Result<PopularityTask> PopularityTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto items = in.integer<std::uint32_t>();
  const auto done = in.integer<std::uint8_t>();
  PopularityTask task{plan};
  if (done == 1) task.customers_ = in.array<std::uint64_t>(items);
  GS_CHECK(in.finish("popularity checkpoint"));
  if (items != plan.items || done > 1) {
    return Error{ModelsErrc::malformed, "popularity checkpoint of another plan"};
  }
  return task;
}

}  // namespace guildsum::models::detail
