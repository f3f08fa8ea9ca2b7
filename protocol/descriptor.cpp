#include "protocol/descriptor.hpp"

#include <algorithm>

#include "crypto/ring.hpp"
#include "protocol/detail/fields.hpp"
#include "protocol/intake.hpp"
#include "protocol/overflow.hpp"

namespace guildsum::protocol {
namespace {

Error bad(std::string field_and_rule) {
  return {ProtocolErrc::bad_descriptor, std::move(field_and_rule)};
}

Result<> check_cohort(const RoundDescriptor& d, bool allow_tiny_cohorts) {
  const bool tiny = d.n < kSurvivorsFloor;
  if (d.n > kCohortMax || d.n < kCohortMin) return bad("n: outside 3 to 256");
  if (tiny && !allow_tiny_cohorts) return bad("n: below 5 without consent to tiny cohorts");
  if (d.k != d.n - 1) return bad("k: not n - 1");
  if (std::ranges::any_of(d.graph_seed, [](std::byte b) { return b != std::byte{0}; })) {
    return bad("graph_seed: not zero on the full graph");
  }
  if (d.c == 0 || d.c > d.n - 2) return bad("c: outside 1 to n - 2");
  const std::uint32_t majority = majority_threshold(d.n, d.c);
  if (d.t != majority) return bad("t: not floor((n + c) / 2) + 1");
  if (d.q != majority) return bad("q: not floor((n + c) / 2) + 1");
  if (tiny && d.s_min != d.n) return bad("s_min: not n in a tiny cohort");
  if (d.s_min < d.t || d.s_min > d.n) return bad("s_min: outside t to n");
  if (!tiny && d.s_min < kSurvivorsFloor) return bad("s_min: below 5");
  // A tiny cohort cannot keep three honest survivors when one of three is corrupt: that is what the
  // explicit consent is about.
  const std::uint32_t honest_min = std::min(kHonestSurvivorsMin, d.n - 1);
  if (d.s_min < d.c + honest_min) return bad("s_min: leaves fewer than 3 honest survivors");
  return {};
}

Result<> check_codec(const RoundDescriptor& d) {
  const CodecParameters& codec = d.codec;
  if (codec.vector_length == 0 || codec.vector_length > kVectorLengthMax) {
    return bad("codec.vector_length: outside 1 to 2^28");
  }
  const auto ring = crypto::RingBits::parse(codec.ring_bits);
  if (ring.has_error()) return bad("codec.ring_bits: outside 16 to 64");
  if (codec.chunk_values == 0 || codec.chunk_values % 64 != 0) {
    return bad("codec.chunk_values: not a multiple of 64");
  }
  if (crypto::packed_bytes(*ring, codec.chunk_values) > kChunkBytesMax) {
    return bad("codec.chunk_values: a chunk exceeds 2 MiB");
  }
  if (chunk_count(d) > kChunkCountMax) return bad("codec.chunk_values: more than 65536 chunks");
  const auto plan = plan_ring({.n_max = d.n,
                               .weight_cap = codec.weight_cap,
                               .value_bits = codec.value_bits,
                               .noise_margin = 0},
                              codec.ring_bits);
  if (plan.has_error() && plan.error() == ProtocolErrc::overflow_not_excluded) return plan.error();
  if (plan.has_error()) return bad("codec: " + plan.error().detail());
  return {};
}

Result<> check_rest(const RoundDescriptor& d) {
  if (!follows(TextRule::name, d.task_kind) || d.task_kind.size() > kNameBytesMax) {
    return bad("task_kind: not a name");
  }
  if (!follows(TextRule::dotted_name, d.state.step_kind) ||
      d.state.step_kind.size() > kNameBytesMax) {
    return bad("state.step_kind: not a name");
  }
  const PrivacyParameters& privacy = d.privacy;
  if (!privacy.enabled && privacy != PrivacyParameters{}) return bad("privacy: off but not zero");
  if (privacy.enabled && (privacy.noise_variance_micro == 0 || privacy.unit_clip_milli == 0)) {
    return bad("privacy: on without noise or clip");
  }
  const PhaseDeadlines& deadlines = d.deadlines;
  for (const auto deadline : {deadlines.check_in, deadlines.share, deadlines.masked_input,
                              deadlines.certify, deadlines.unmask, deadlines.vote}) {
    if (deadline.count() <= 0 || deadline.count() > kDeadlineMsMax) {
      return bad("deadlines: outside 1 ms to 7 days");
    }
  }
  return {};
}

}  // namespace

Bytes canonical_bytes(const RoundDescriptor& descriptor) { return to_canonical(descriptor); }

Result<RoundDescriptor> parse_descriptor(ByteView canonical) {
  return from_canonical<RoundDescriptor>(canonical);
}

RoundDigest round_digest(const RoundDescriptor& descriptor) {
  return RoundDigest{crypto::sha256(canonical_bytes(descriptor)).view()};
}

Result<> check_descriptor(const RoundDescriptor& descriptor, bool allow_tiny_cohorts) {
  if (descriptor.protocol_version != kProtocolVersion || descriptor.suite != kSuite) {
    return Error{ProtocolErrc::unsupported_version, "descriptor"};
  }
  GS_CHECK(check_cohort(descriptor, allow_tiny_cohorts));
  GS_CHECK(check_codec(descriptor));
  return check_rest(descriptor);
}

}  // namespace guildsum::protocol
