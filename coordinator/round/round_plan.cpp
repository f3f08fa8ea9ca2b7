#include "coordinator/round/round_plan.hpp"

#include <algorithm>

#include "protocol/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ProtocolErrc;

constexpr std::byte kPlanVersion{2};
constexpr std::byte kPlanWithoutInvited{1};
constexpr unsigned kTinyCohorts = 1;
constexpr unsigned kEverybody = 2;

void append_u32(Bytes& out, std::uint32_t value) {
  std::array<std::byte, 4> bytes;
  store_le(value, bytes);
  append(out, bytes);
}
void append_block(Bytes& out, ByteView block) {
  append_u32(out, static_cast<std::uint32_t>(block.size()));
  append(out, block);
}

/// Reads what was appended, never past the end.
class Reader {
 public:
  explicit Reader(ByteView bytes) : rest_{bytes} {}
  Result<ByteView> take(std::size_t size) {
    if (rest_.size() < size)
      return Error{ProtocolErrc::malformed, "the stored round plan is cut short"};
    const ByteView taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  Result<std::uint32_t> u32() {
    GS_TRY(const ByteView bytes, take(4));
    return load_le<std::uint32_t>(bytes);
  }
  Result<ByteView> block() {
    GS_TRY(const std::uint32_t size, u32());
    return take(size);
  }
  Result<> invited(RoundPlan& plan) {
    GS_TRY(const std::uint32_t count, u32());
    if (count > protocol::kCohortMax) return ProtocolErrc::too_large;
    for (std::uint32_t i = 0; i < count; ++i) {
      GS_TRY(const ByteView bytes, take(protocol::ParticipantId::kSize));
      GS_TRY(plan.invited.emplace_back(), protocol::ParticipantId::parse(bytes));
    }
    return {};
  }
  [[nodiscard]] bool at_end() const noexcept { return rest_.empty(); }

 private:
  ByteView rest_;
};

}  // namespace

Bytes encode_plan(const RoundPlan& plan) {
  Bytes out{kPlanVersion, static_cast<std::byte>((plan.allow_tiny_cohorts ? kTinyCohorts : 0U) |
                                                 (plan.needs_everybody ? kEverybody : 0U))};
  append_u32(out, plan.cohort_min);
  append_u32(out, plan.cohort_max);
  append_u32(out, plan.cohort_goal);
  append_u32(out, plan.corrupt);
  append_block(out, protocol::canonical_bytes(plan.descriptor));
  append_block(out, plan.layout);
  append_block(out, plan.training_plan);
  append_block(out, as_bytes(plan.purpose));
  append_u32(out, static_cast<std::uint32_t>(plan.invited.size()));
  for (const protocol::ParticipantId& shop : plan.invited) append(out, shop.view());
  return out;
}

bool RoundPlan::invites(const protocol::ParticipantId& shop) const {
  return invited.empty() || std::ranges::binary_search(invited, shop);
}

Result<RoundPlan> decode_plan(ByteView bytes) {
  Reader reader{bytes};
  RoundPlan plan;
  GS_TRY(const ByteView head, reader.take(2));
  if (head[0] != kPlanVersion && head[0] != kPlanWithoutInvited) {
    return ProtocolErrc::unsupported_version;
  }
  const auto flags = std::to_integer<unsigned>(head[1]);
  plan.allow_tiny_cohorts = (flags & kTinyCohorts) != 0;
  plan.needs_everybody = (flags & kEverybody) != 0;
  GS_TRY(plan.cohort_min, reader.u32());
  GS_TRY(plan.cohort_max, reader.u32());
  GS_TRY(plan.cohort_goal, reader.u32());
  GS_TRY(plan.corrupt, reader.u32());
  GS_TRY(const ByteView descriptor, reader.block());
  GS_TRY(plan.descriptor, protocol::parse_descriptor(descriptor));
  GS_TRY(const ByteView layout, reader.block());
  GS_TRY(const ByteView training_plan, reader.block());
  GS_TRY(const ByteView purpose, reader.block());
  plan.layout.assign(layout.begin(), layout.end());
  plan.training_plan.assign(training_plan.begin(), training_plan.end());
  plan.purpose = std::string{as_text(purpose)};
  if (head[0] == kPlanVersion) GS_CHECK(reader.invited(plan));
  if (!reader.at_end()) return ProtocolErrc::trailing_bytes;
  return plan;
}

}  // namespace guildsum::coordinator
