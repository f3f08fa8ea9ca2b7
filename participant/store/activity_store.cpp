#include "participant/store/activity_store.hpp"

#include "participant/errors.hpp"

namespace guildsum::participant {

std::int64_t ActivityStore::now_ms() const {
  return store_.clock().wall_now().time_since_epoch().count();
}

Result<> ActivityStore::begin_round(const RoundRecord& record) {
  const auto session = store_.session();
  GS_TRY(auto insert,
         session->prepare("INSERT OR IGNORE INTO round(round, attempt, task_kind, phase, "
                          "started_at) VALUES (?, ?, ?, ?, ?)"));
  return insert
      .bind(record.round.value(), record.attempt.value(), record.task_kind, record.phase, now_ms())
      .run();
}

Result<> ActivityStore::update_round(const RoundRecord& record, bool ended) {
  const auto session = store_.session();
  GS_TRY(auto update,
         session->prepare("UPDATE round SET step_kind = ?, phase = ?, counted = ?, accepted = ?, "
                          "detail = ?, ended_at = NULLIF(?, 0) WHERE round = ? AND attempt = ?"));
  const std::int64_t end = ended ? now_ms() : 0;
  return update
      .bind(record.step_kind, record.phase, record.counted ? 1 : 0, record.accepted ? 1 : 0,
            record.detail, end, record.round.value(), record.attempt.value())
      .run();
}

Result<> ActivityStore::record_refusal(protocol::RoundId round, const Error& reason) {
  const auto session = store_.session();
  GS_TRY(auto insert,
         session->prepare("INSERT INTO refusal(at, round, code, reason) VALUES (?, ?, ?, ?)"));
  return insert.bind(now_ms(), round.value(), refusal_code(reason), reason.message()).run();
}

Result<std::uint64_t> ActivityStore::bytes_up() {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT COALESCE(SUM(bytes), 0) FROM outbox"));
  GS_CHECK(select.bind().step());
  return select.unsigned_integer(0);
}

Result<std::vector<RoundRecord>> ActivityStore::rounds(std::size_t limit) {
  const auto session = store_.session();
  GS_TRY(
      auto select,
      session->prepare("SELECT round, attempt, task_kind, step_kind, phase, counted, accepted, "
                       "started_at, COALESCE(ended_at, 0), detail, (SELECT COALESCE(SUM(bytes), 0) "
                       "FROM outbox o WHERE o.round = r.round AND o.attempt = r.attempt) "
                       "FROM round r ORDER BY round DESC, attempt DESC LIMIT ?"));
  select.bind(limit);
  std::vector<RoundRecord> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    RoundRecord record;
    record.round = protocol::RoundId{select.unsigned_integer(0)};
    record.attempt = protocol::Attempt{static_cast<std::uint32_t>(select.integer(1))};
    record.task_kind = select.text(2);
    record.step_kind = select.text(3);
    record.phase = select.text(4);
    record.counted = select.integer(5) != 0;
    record.accepted = select.integer(6) != 0;
    record.started_ms = select.integer(7);
    record.ended_ms = select.integer(8);
    record.detail = select.text(9);
    record.bytes_up = select.unsigned_integer(10);
    out.push_back(std::move(record));
  }
}

Result<std::vector<RefusalRecord>> ActivityStore::refusals(std::size_t limit) {
  const auto session = store_.session();
  GS_TRY(auto select,
         session->prepare("SELECT at, round, code, reason FROM refusal ORDER BY id DESC LIMIT ?"));
  select.bind(limit);
  std::vector<RefusalRecord> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    out.push_back({select.integer(0), protocol::RoundId{select.unsigned_integer(1)},
                   std::string{select.text(2)}, std::string{select.text(3)}});
  }
}

}  // namespace guildsum::participant
