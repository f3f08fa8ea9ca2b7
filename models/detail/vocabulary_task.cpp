#include <limits>
#include <string>

#include "models/codec.hpp"
#include "models/detail/canonical.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::string_view kMagic = "GSVO";
constexpr std::uint16_t kVersion = 1;
constexpr std::int64_t kTagMax = std::numeric_limits<std::uint32_t>::max();

bool ascends(std::span<const SharedRow> rows) {
  for (std::size_t i = 1; i < rows.size(); ++i) {
    if (rows[i].slot <= rows[i - 1].slot) return false;
  }
  return true;
}

}  // namespace

VectorLayout VocabularyTask::layout(const TaskPlan& plan) {
  return {{Segment::exact("presence", plan.items, 1),
           Segment::exact("tags", plan.items, static_cast<std::uint64_t>(kTagMax))}};
}

Result<> VocabularyTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  GS_CHECK(expect_unfinished());
  GS_CHECK(check_sum(layout(plan()), sum, context.survivors));
  const auto present = sum.first(plan().items);
  const auto tags = sum.subspan(plan().items);
  std::vector<SharedRow> rows;
  for (std::uint32_t slot = 0; slot < plan().items; ++slot) {
    const std::int64_t holders = present[slot];
    if (holders < 0) {
      return Error{ModelsErrc::out_of_range, "negative presence in slot " + std::to_string(slot)};
    }
    if (holders < plan().vocabulary.holders_min) continue;
    // Equal tags add up to a multiple; what does not is more than one item.
    if (tags[slot] < 0 || tags[slot] % holders != 0 || tags[slot] / holders > kTagMax) continue;
    rows.push_back({slot, static_cast<std::uint32_t>(tags[slot] / holders),
                    static_cast<std::uint32_t>(holders)});
  }
  model_ = VocabularyModel{plan().items, plan().vocabulary.holders_min, std::move(rows)};
  return {};
}

Bytes VocabularyTask::checkpoint() const {
  CanonicalWriter out;
  out.header(kMagic, kVersion);
  out.integer(plan().items);
  out.integer(plan().vocabulary.holders_min);
  out.integer(static_cast<std::uint8_t>(finished() ? 1 : 0));
  if (!finished()) return std::move(out).take();
  out.integer(static_cast<std::uint32_t>(model_->rows.size()));
  for (const SharedRow& row : model_->rows) {
    out.integer(row.slot);
    out.integer(row.tag);
    out.integer(row.holders);
  }
  return std::move(out).take();
}

Result<VocabularyTask> VocabularyTask::restore(const TaskPlan& plan, ByteView checkpoint) {
  CanonicalReader in{checkpoint};
  in.header(kMagic, kVersion);
  const auto slots = in.integer<std::uint32_t>();
  const auto holders_min = in.integer<std::uint32_t>();
  const auto done = in.integer<std::uint8_t>();
  VocabularyTask task{plan};
  bool valid = slots == plan.items && holders_min == plan.vocabulary.holders_min && done <= 1;
  if (done == 1) {
    const auto count = in.integer<std::uint32_t>();
    const auto numbers = in.array<std::uint32_t>(3 * std::uint64_t{count});
    VocabularyModel model{slots, holders_min, {}};
    for (std::size_t i = 0; i + 2 < numbers.size(); i += 3) {
      model.rows.push_back({numbers[i], numbers[i + 1], numbers[i + 2]});
      valid = valid && numbers[i] < slots && numbers[i + 2] >= holders_min;
    }
    valid = valid && ascends(model.rows);
    task.model_ = std::move(model);
  }
  GS_CHECK(in.finish("vocabulary checkpoint"));
  if (!valid) return Error{ModelsErrc::malformed, "vocabulary checkpoint of another plan"};
  return task;
}

}  // namespace guildsum::models::detail
