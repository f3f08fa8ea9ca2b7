#include "participant/store/outbox_store.hpp"

#include <algorithm>

namespace guildsum::participant {
namespace {

constexpr std::string_view kColumns =
    "SELECT id, sent_at, round, attempt, type, bytes, destination, sha256 FROM outbox ";
constexpr std::string_view kFilter =
    "WHERE (?1 IS NULL OR round = ?1) AND (?2 IS NULL OR type = ?2) ";

std::optional<std::uint64_t> round_of(const OutboxFilter& filter) {
  return filter.round ? std::optional{filter.round->value()} : std::nullopt;
}

OutboxEntry entry_at(const sqlite::Statement& row) {
  OutboxEntry out;
  out.id = row.integer(0);
  out.sent_ms = row.integer(1);
  out.message.round = protocol::RoundId{row.unsigned_integer(2)};
  out.message.attempt = protocol::Attempt{static_cast<std::uint32_t>(row.integer(3))};
  out.message.type = row.text(4);
  out.message.bytes = row.unsigned_integer(5);
  out.message.destination = row.text(6);
  const ByteView digest = row.blob(7);
  if (digest.size() == crypto::Digest::kSize) {
    out.message.sha256 = crypto::Digest{digest.first<crypto::Digest::kSize>()};
  }
  return out;
}

}  // namespace

Result<std::int64_t> OutboxStore::record(const OutboundMessage& message) {
  const auto session = store_.session();
  GS_TRY(auto insert, session->prepare("INSERT INTO outbox(sent_at, round, attempt, type, bytes, "
                                       "destination, sha256) VALUES (?, ?, ?, ?, ?, ?, ?)"));
  const std::int64_t now_ms = store_.clock().wall_now().time_since_epoch().count();
  GS_CHECK(insert
               .bind(now_ms, message.round.value(), message.attempt.value(), message.type,
                     message.bytes, message.destination, message.sha256)
               .run());
  return session->last_insert_id();
}

Result<std::vector<OutboxEntry>> OutboxStore::entries(const OutboxFilter& filter,
                                                      std::size_t limit) {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare(std::string{kColumns} + std::string{kFilter} +
                                       "ORDER BY id DESC LIMIT ?3"));
  select.bind(round_of(filter), filter.type, limit);
  std::vector<OutboxEntry> out;
  while (true) {
    GS_TRY(const bool more, select.step());
    if (!more) return out;
    out.push_back(entry_at(select));
  }
}

Result<OutboxTotal> OutboxStore::total(const OutboxFilter& filter) {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare("SELECT COUNT(*), COALESCE(SUM(bytes), 0) FROM outbox " +
                                       std::string{kFilter}));
  GS_CHECK(select.bind(round_of(filter), filter.type).step());
  return OutboxTotal{select.unsigned_integer(0), select.unsigned_integer(1)};
}

Result<std::optional<OutboxEntry>> OutboxStore::find(std::int64_t id) {
  const auto session = store_.session();
  GS_TRY(auto select, session->prepare(std::string{kColumns} + "WHERE id = ?"));
  GS_TRY(const bool found, select.bind(id).step());
  if (!found) return std::optional<OutboxEntry>{};
  return std::optional{entry_at(select)};
}

}  // namespace guildsum::participant
