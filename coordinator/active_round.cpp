#include "coordinator/active_round.hpp"

#include "base/errors.hpp"

namespace guildsum::coordinator {
namespace {

template <class Alternative, std::size_t I = 0>
constexpr std::uint32_t kind_of() {
  static_assert(I < std::variant_size_v<Event>);
  if constexpr (std::is_same_v<std::variant_alternative_t<I, Event>, Alternative>) {
    return static_cast<std::uint32_t>(I);
  } else {
    return kind_of<Alternative, I + 1>();
  }
}

Error does_not_replay(const RoundKey& key, std::uint64_t sequence, const Error& reason) {
  return {BaseErrc::corrupt, "round " + std::to_string(key.round.value()) + "." +
                                 std::to_string(key.attempt.value()) + ", event " +
                                 std::to_string(sequence) + ": " + reason.message()};
}

}  // namespace

const std::vector<std::uint32_t>& short_lived_event_kinds() {
  static const std::vector<std::uint32_t> kinds{kind_of<protocol::ShareKeys>(),
                                                kind_of<protocol::Unmask>()};
  return kinds;
}

std::uint32_t complaint_event_kind() noexcept { return kind_of<protocol::Complaint>(); }

ActiveRound::ActiveRound(Ledger& ledger, const crypto::Signer& signer, RoundRow row, RoundPlan plan,
                         protocol::Roster roster)
    : ledger_{ledger},
      signer_{signer},
      row_{std::move(row)},
      plan_{std::move(plan)},
      roster_{std::move(roster)} {}

Result<std::unique_ptr<ActiveRound>> ActiveRound::start(Ledger& ledger,
                                                        const crypto::Signer& signer, RoundRow row,
                                                        RoundPlan plan, protocol::Roster roster,
                                                        std::vector<Effect>& effects) {
  row.plan = encode_plan(plan);
  GS_CHECK(ledger.change([&](LedgerWriter& rows) { return rows.add_round(row); }));
  std::unique_ptr<ActiveRound> round{
      new ActiveRound{ledger, signer, std::move(row), std::move(plan), std::move(roster)}};
  Step step = begin(round->context());
  round->phase_ = std::move(step.next);
  effects = std::move(step.effects);
  return round;
}

Result<std::unique_ptr<ActiveRound>> ActiveRound::resume(Ledger& ledger,
                                                         const crypto::Signer& signer, RoundRow row,
                                                         protocol::Roster roster) {
  auto plan = decode_plan(row.plan);
  if (plan.has_error()) return does_not_replay(row.key, 0, plan.error());
  std::unique_ptr<ActiveRound> round{
      new ActiveRound{ledger, signer, std::move(row), *std::move(plan), std::move(roster)}};
  GS_CHECK(round->replay());
  return round;
}

Result<> ActiveRound::replay() {
  GS_TRY(const auto rows,
         read_from(ledger_, [&](LedgerReader& reader) { return reader.events(row_.key); }));
  phase_ = begin(context()).next;
  sequence_ = 0;
  for (const EventRow& row : rows) {
    auto event = decode_event(row.bytes);
    if (event.has_error()) return does_not_replay(row_.key, row.sequence, event.error());
    Step step = advance(std::move(phase_), *std::move(event), context());
    phase_ = std::move(step.next);
    if (step.refused) return does_not_replay(row_.key, row.sequence, *step.refused);
    sequence_ = row.sequence;
  }
  behind_ = false;
  return {};
}

Result<> ActiveRound::store(ByteView bytes, std::uint32_t kind, const Also& also) {
  EventRow row;
  row.sequence = sequence_ + 1;
  row.kind = kind;
  row.bytes.assign(bytes.begin(), bytes.end());
  return ledger_.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_event(row_.key, row));
    return also ? also(rows, phase_) : Result<>{};
  });
}

Result<ActiveRound::Accepted> ActiveRound::submit(Event event, const Also& also) {
  GS_CHECK(catch_up());
  const auto kind = static_cast<std::uint32_t>(event.index());
  const Bytes bytes = encode_event(event);
  Step step = advance(std::move(phase_), std::move(event), context());
  phase_ = std::move(step.next);
  if (step.refused) return *std::move(step.refused);
  if (step.repeated) return Accepted{{}, true};
  const std::uint64_t own = sequence_ + 1;
  if (auto stored = store(bytes, kind, also); stored.has_error()) {
    // The machine went ahead of the ledger: back to what is written, now or with the next event.
    behind_ = true;
    // A commit can fail after the fact; then the event counts like any other.
    if (replay().has_error() || sequence_ < own) return stored.error();
  }
  sequence_ = own;
  return Accepted{std::move(step.effects), false};
}

Result<std::vector<protocol::MaskedInputUpload>> ActiveRound::begun_uploads() const {
  GS_TRY(const auto rows,
         read_from(ledger_, [&](LedgerReader& reader) { return reader.events(row_.key); }));
  std::vector<protocol::MaskedInputUpload> uploads;
  for (const EventRow& row : rows) {
    if (row.kind != kind_of<InputBegun>()) continue;
    GS_TRY(auto event, decode_event(row.bytes));
    uploads.push_back(std::get<InputBegun>(std::move(event)).upload);
  }
  return uploads;
}

}  // namespace guildsum::coordinator
