#include "participant/consent/consent_ledger.hpp"

#include "base/errors.hpp"

namespace guildsum::participant {
namespace {

std::int64_t milliseconds_of(Clock::Wall time) { return time.time_since_epoch().count(); }
Clock::Wall wall_of(std::int64_t milliseconds) {
  return Clock::Wall{Clock::Wall::duration{milliseconds}};
}

Result<> check(const CustomerDecision& entry, std::size_t position, Clock::Wall now) {
  const auto refuse = [position](const char* what) {
    return Error{BaseErrc::invalid_argument,
                 "decision " + std::to_string(position + 1) + ": " + what};
  };
  if (entry.customer.empty()) return refuse("no customer");
  if (entry.decision.decided_at > now + ConsentLedger::kClockTolerance) {
    return refuse("its time lies ahead of this machine's clock");
  }
  if (permits(entry.decision.state) && entry.decision.notice_version.empty()) {
    return refuse("a consent names the version of the privacy notice");
  }
  return {};
}

}  // namespace

Result<std::uint64_t> ConsentLedger::append(std::span<const CustomerDecision> decisions) {
  const auto now = store_.clock().wall_now();
  for (std::size_t k = 0; k < decisions.size(); ++k) GS_CHECK(check(decisions[k], k, now));
  const auto session = store_.session();
  GS_TRY(auto transaction, sqlite::Transaction::begin(*session));
  GS_TRY(auto insert,
         session->prepare("INSERT OR IGNORE INTO consent(pseudonym, purpose, state, at_ms, "
                          "notice_version, method, recorded_ms) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  std::uint64_t added = 0;
  for (const auto& [customer, decision] : decisions) {
    const Pseudonym pseudonym = pseudonyms_.customer(customer);
    GS_CHECK(insert
                 .bind(pseudonym, static_cast<std::int64_t>(decision.purpose),
                       static_cast<std::int64_t>(decision.state),
                       milliseconds_of(decision.decided_at), decision.notice_version,
                       decision.method, milliseconds_of(now))
                 .run());
    added += static_cast<std::uint64_t>(session->changed_rows());
  }
  GS_CHECK(transaction.commit());
  return added;
}

Result<std::vector<RecordedDecision>> ConsentLedger::history_of(std::string_view customer) {
  const Pseudonym pseudonym = pseudonyms_.customer(customer);
  const auto session = store_.session();
  GS_TRY(auto select,
         session->prepare("SELECT purpose, state, at_ms, notice_version, method, recorded_ms "
                          "FROM consent WHERE pseudonym = ? ORDER BY id"));
  select.bind(pseudonym);
  std::vector<RecordedDecision> history;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return history;
    history.push_back({{.purpose = static_cast<Purpose>(select.integer(0)),
                        .state = static_cast<ConsentState>(select.integer(1)),
                        .decided_at = wall_of(select.integer(2)),
                        .notice_version = std::string{select.text(3)},
                        .method = std::string{select.text(4)}},
                       wall_of(select.integer(5))});
  }
}

Result<bool> ConsentLedger::permits(std::string_view customer, Purpose purpose) {
  const Pseudonym pseudonym = pseudonyms_.customer(customer);
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT state FROM consent_in_force "
                                       "WHERE pseudonym = ? AND purpose = ?"));
  GS_TRY(const bool decided, select.bind(pseudonym, static_cast<std::int64_t>(purpose)).step());
  return decided && participant::permits(static_cast<ConsentState>(select.integer(0)));
}

Result<ConsentCounts> ConsentLedger::counts() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT purpose, state, count(*) FROM consent_in_force "
                                       "GROUP BY purpose, state"));
  ConsentCounts counts;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return counts;
    const auto purpose = static_cast<std::size_t>(select.integer(0)) - 1;
    const auto state = static_cast<std::size_t>(select.integer(1)) - 1;
    counts.by_purpose.at(purpose).at(state) = select.unsigned_integer(2);
  }
}

Result<std::uint64_t> ConsentLedger::version() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT coalesce(max(id), 0) FROM consent"));
  GS_CHECK(select.step());
  return select.unsigned_integer(0);
}

}  // namespace guildsum::participant
