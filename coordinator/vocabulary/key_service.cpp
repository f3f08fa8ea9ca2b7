#include "coordinator/vocabulary/key_service.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "protocol/errors.hpp"

namespace guildsum::coordinator {

using protocol::ProtocolErrc;

namespace {

constexpr std::chrono::seconds kLedgerRetry{1};

Bytes pack_ids(const std::vector<ParticipantId>& ids) {
  Bytes bytes;
  for (const ParticipantId& id : ids) append(bytes, id.view());
  return bytes;
}

Result<std::vector<ParticipantId>> unpack_ids(ByteView bytes) {
  if (bytes.size() % ParticipantId::kSize != 0) {
    return Error{BaseErrc::corrupt, "members of a key agreement"};
  }
  std::vector<ParticipantId> ids;
  for (; !bytes.empty(); bytes = bytes.subspan(ParticipantId::kSize)) {
    ids.emplace_back(bytes.first<ParticipantId::kSize>());
  }
  return ids;
}

Result<std::optional<AgreedKey>> agreed_key(const AgreementRow& row) {
  GS_TRY(auto members, unpack_ids(row.members));
  return std::optional{AgreedKey{row.id, row.key, std::move(members)}};
}

}  // namespace

Result<std::unique_ptr<KeyService>> KeyService::open(KeyServiceParts parts,
                                                     protocol::FederationId federation,
                                                     RoundSettings rounds) {
  std::unique_ptr<KeyService> service{new KeyService{parts, federation, rounds}};
  const std::scoped_lock lock{service->mutex_};
  GS_CHECK(service->resume());
  if (service->running_) service->arm_deadline();
  return service;
}

std::int64_t KeyService::now() const noexcept {
  return parts_.clock.wall_now().time_since_epoch().count();
}

/// The running agreement as the ledger has it.
Result<> KeyService::resume() {
  running_.reset();
  sequence_ = 0;
  GS_TRY(const auto row,
         read_from(parts_.ledger, [](LedgerReader& rows) { return rows.running_agreement(); }));
  behind_ = false;
  if (!row) return {};
  GS_TRY(auto invited, unpack_ids(row->invited));
  GS_TRY(auto roster, parts_.membership.roster_at(row->roster_head));
  KeyAgreement agreement{{federation_, row->id, std::move(invited), rounds_.cohort_min},
                         std::move(roster)};
  GS_TRY(const auto events, read_from(parts_.ledger, [&](LedgerReader& rows) {
           return rows.agreement_events(row->id);
         }));
  for (const Bytes& bytes : events) {
    GS_TRY(const auto event, decode_agreement_event(bytes));
    const auto taken = agreement.take(event);
    if (taken.has_error()) return Error{BaseErrc::corrupt, "a key agreement does not replay"};
    ++sequence_;
  }
  running_ = std::move(agreement);
  parts_.log.info("vocabulary.agreement_resumed",
                  {{"task", row->id.epoch}, {"attempt", row->id.attempt}});
  return {};
}

Result<std::optional<AgreedKey>> KeyService::known_key(protocol::Epoch epoch) const {
  GS_TRY(const auto rows,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.agreements(epoch); }));
  if (rows.empty() || rows.back().status != AgreementStatus::agreed) {
    return std::optional<AgreedKey>{};
  }
  return agreed_key(rows.back());
}

Result<std::optional<AgreedKey>> KeyService::key_for(protocol::Epoch epoch) {
  const std::scoped_lock lock{mutex_};
  if (behind_) GS_CHECK(resume());
  if (running_) return std::optional<AgreedKey>{};
  GS_TRY(const auto rows,
         read_from(parts_.ledger, [&](LedgerReader& rows) { return rows.agreements(epoch); }));
  if (!rows.empty() && rows.back().status == AgreementStatus::agreed) {
    return agreed_key(rows.back());
  }
  if (rows.size() >= rounds_.attempts_max) {
    return Error{ProtocolErrc::too_few, "no key of the vocabulary after " +
                                            std::to_string(rows.size()) +
                                            " attempts: " + rows.back().reason};
  }
  GS_CHECK(begin({epoch, protocol::Attempt{static_cast<std::uint32_t>(rows.size())}}));
  return std::optional<AgreedKey>{};
}

Result<> KeyService::begin(const AgreementId& id) {
  AgreementPlan plan{federation_, id, {}, rounds_.cohort_min};
  protocol::Roster roster = parts_.membership.roster();
  for (const auto& [identity, name] : roster.members()) {
    if (parts_.membership.is_eligible(identity, id.epoch)) plan.invited.push_back(identity);
  }
  if (plan.invited.size() < plan.members_min) {
    return Error{ProtocolErrc::too_few, "a key needs " + std::to_string(plan.members_min) +
                                            " shops, " + std::to_string(plan.invited.size()) +
                                            " may take part (rounds.cohort_min)"};
  }
  AgreementRow row;
  row.id = id;
  row.roster_head = roster.head();
  row.invited = pack_ids(plan.invited);
  row.started_unix_ms = now();
  GS_CHECK(parts_.ledger.change([&](LedgerWriter& rows) { return rows.add_agreement(row); }));
  parts_.log.info("vocabulary.agreement_started",
                  {{"task", id.epoch}, {"attempt", id.attempt}, {"shops", plan.invited.size()}});
  running_.emplace(std::move(plan), std::move(roster));
  sequence_ = 0;
  arm_deadline();
  parts_.changes.notify();
  return {};
}

AgreementRow KeyService::ended_row(const KeyAgreement& agreement) const {
  AgreementRow row;
  row.id = agreement.plan().id;
  row.status = agreement.phase() == AgreementPhase::agreed ? AgreementStatus::agreed
                                                           : AgreementStatus::failed;
  row.reason = explain(agreement);
  row.members = pack_ids(agreement.members());
  row.key = agreement.key();
  row.ended_unix_ms = now();
  return row;
}

std::string KeyService::explain(const KeyAgreement& agreement) const {
  std::string text = agreement.reason();
  const char* separator = ": ";
  for (const ParticipantId& shop : agreement.at_fault()) {
    text += separator + parts_.membership.name_of(shop);
    separator = ", ";
  }
  return text;
}

Result<> KeyService::apply(const AgreementEvent& event) {
  KeyAgreement next = *running_;
  GS_TRY(const bool changed, next.take(event));
  if (!changed) return {};
  const AgreementId id = next.plan().id;
  const auto stored = parts_.ledger.change([&](LedgerWriter& rows) -> Result<> {
    GS_CHECK(rows.add_agreement_event(id, sequence_ + 1, encode_agreement_event(event)));
    if (!next.is_over()) return {};
    const AgreementRow row = ended_row(next);
    GS_CHECK(rows.end_agreement(row));
    const boost::json::object detail{{"task", id.epoch.value()},
                                     {"attempt", id.attempt.value()},
                                     {"key", row.key.hex()},
                                     {"reason", row.reason}};
    const bool agreed = row.status == AgreementStatus::agreed;
    return rows.append_audit(row.ended_unix_ms, "coordinator",
                             agreed ? "vocabulary.key_agreed" : "vocabulary.key_failed",
                             json::compact(detail));
  });
  if (stored.has_error()) {
    behind_ = true;
    return stored.error();
  }
  ++sequence_;
  const bool new_phase = next.phase() != running_->phase();
  running_ = std::move(next);
  if (running_->is_over()) {
    report_end();
  } else if (new_phase) {
    arm_deadline();
  }
  parts_.changes.notify();
  return {};
}

void KeyService::report_end() {
  const AgreementId& id = running_->plan().id;
  if (running_->phase() == AgreementPhase::agreed) {
    parts_.log.info("vocabulary.key_agreed", {{"task", id.epoch},
                                              {"attempt", id.attempt},
                                              {"members", running_->members().size()},
                                              {"key_digest", running_->key()}});
  } else {
    parts_.log.warn("vocabulary.key_failed",
                    {{"task", id.epoch}, {"attempt", id.attempt}, {"reason", explain(*running_)}});
  }
  running_.reset();
  parts_.scheduler.post([this] {
    if (on_end) on_end();
  });
}

void KeyService::arm_deadline() {
  const auto& deadlines = rounds_.deadlines;
  const bool first = running_->phase() == AgreementPhase::offers;
  const auto phase = static_cast<std::uint32_t>(running_->phase());
  parts_.scheduler.after(first ? deadlines.check_in : deadlines.share,
                         [this, id = running_->plan().id, phase] { deadline(id, phase); });
}

void KeyService::deadline(const AgreementId& id, std::uint32_t phase) {
  const std::scoped_lock lock{mutex_};
  auto done = behind_ ? resume() : Result<>{};
  if (done.has_value()) {
    if (!running_ || running_->plan().id != id) return;
    done = apply(AgreementDeadline{phase});
  }
  if (done.has_value()) return;
  parts_.log.error("vocabulary.deadline_not_stored", {{"reason", done.error()}});
  parts_.scheduler.after(kLedgerRetry, [this, id, phase] { deadline(id, phase); });
}

Result<> KeyService::submit(const AgreementEvent& event) {
  const std::scoped_lock lock{mutex_};
  if (behind_) GS_CHECK(resume());
  if (!running_) return Error{ProtocolErrc::round_over, "no key is being agreed on"};
  return apply(event);
}

std::optional<AgreementMessage> KeyService::message_for(const ParticipantId& shop,
                                                        const AgreementId& seen,
                                                        std::uint32_t number) const {
  const std::scoped_lock lock{mutex_};
  if (!running_ || behind_ || running_->plan().id < seen) return std::nullopt;
  return running_->message_for(shop, running_->plan().id == seen ? number : 0);
}

}  // namespace guildsum::coordinator
