#include "simulations/faults/outcome_codec.hpp"

#include <bit>

#include "base/errors.hpp"
#include "protocol/archive.hpp"

namespace guildsum::simulations {

namespace {

constexpr std::size_t kTextBytesMax = 64U << 10;
constexpr std::size_t kListMax = 10'000'000;

/// A floating point number by its bits.
struct StoredDouble {
  std::uint64_t bits = 0;
};
template <class Archive>
void serialize(Archive& archive, StoredDouble& value) {
  archive(value.bits);
}

template <class Archive>
void counts(Archive& archive, RunCounts& value) {
  archive(value.attempts, value.sums, value.counted, value.lies, value.refusals);
  for (AttackTally& tally : value.attacks) archive(tally.tried, tally.refused);
  for (std::uint64_t& count : value.faults_by_kind) archive(count);
  archive(value.shop_crashes, value.coordinator_crashes, value.transactions, value.messages,
          value.checks, value.signature_checks, value.signature_checks_memoised, value.events,
          value.virtual_ms);
}

}  // namespace

// cereal finds these beside their types.
template <class Archive>
void serialize(Archive& archive, Fault& value) {
  archive(protocol::one_of(value.kind, FaultKind{}, static_cast<FaultKind>(kFaultKinds - 1)),
          value.shop, value.at, value.value);
}
template <class Archive>
void serialize(Archive& archive, Violation& value) {
  archive(protocol::utf8(value.invariant, kTextBytesMax), value.at_ms,
          protocol::utf8(value.what, kTextBytesMax));
}

namespace {

template <class Archive>
void outcome(Archive& archive, RunOutcome& value, std::vector<StoredDouble>& errors) {
  counts(archive, value);
  archive(value.seed, value.shops, protocol::sequence(value.faults, kListMax),
          protocol::sequence(value.violations, kListMax), value.completed,
          protocol::utf8(value.reason, kTextBytesMax), protocol::utf8(value.digest, kTextBytesMax),
          protocol::sequence(errors, kListMax));
}

void write(protocol::CanonicalOut& out, RunOutcome value) {
  std::vector<StoredDouble> errors;
  for (const double error : value.update_errors) {
    errors.push_back({std::bit_cast<std::uint64_t>(error)});
  }
  outcome(out, value, errors);
}

RunOutcome read(protocol::BoundedIn& in) {
  RunOutcome value;
  std::vector<StoredDouble> errors;
  outcome(in, value, errors);
  for (const StoredDouble error : errors) {
    value.update_errors.push_back(std::bit_cast<double>(error.bits));
  }
  return value;
}

}  // namespace

Bytes encode_outcomes(const Outcomes& outcomes) {
  Bytes bytes;
  protocol::CanonicalOut out{bytes};
  for (const auto& [index, result] : outcomes) {
    out(index, result.has_value());
    if (result) {
      write(out, *result);
      continue;
    }
    std::string text = result.error().message();
    out(result.error() == BaseErrc::no_space, protocol::utf8(text, kTextBytesMax));
  }
  return bytes;
}

Result<Outcomes> decode_outcomes(ByteView bytes) {
  Outcomes outcomes;
  protocol::BoundedIn in{bytes};
  while (in.remaining() > 0 && !in.failed()) {
    std::uint64_t index = 0;
    bool succeeded = false;
    in(index, succeeded);
    if (succeeded) {
      outcomes.emplace(index, read(in));
      continue;
    }
    bool full = false;
    std::string text;
    in(full, protocol::utf8(text, kTextBytesMax));
    outcomes.emplace(index, Error{full ? BaseErrc::no_space : BaseErrc::io_failed, text});
  }
  GS_CHECK(in.finish());
  return outcomes;
}

}  // namespace guildsum::simulations
