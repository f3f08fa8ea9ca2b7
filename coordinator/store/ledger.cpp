#include "coordinator/store/ledger.hpp"

#include "base/errors.hpp"
#include "crypto/sha256.hpp"

namespace guildsum::coordinator {
namespace {

/// Length first, so that two splits of the same text never collide.
void add_text(crypto::Sha256& hash, std::string_view text) {
  std::array<std::byte, 8> length{};
  store_le<std::uint64_t>(text.size(), length);
  hash.update(length);
  hash.update(as_bytes(text));
}

void add_number(crypto::Sha256& hash, std::uint64_t number) {
  std::array<std::byte, 8> bytes{};
  store_le<std::uint64_t>(number, bytes);
  hash.update(bytes);
}

}  // namespace

Digest audit_digest(const AuditRow& row) {
  crypto::Sha256 hash;
  hash.update(as_bytes("guildsum/v1/audit"));
  hash.update(row.previous.view());
  add_number(hash, row.sequence);
  add_number(hash, static_cast<std::uint64_t>(row.at_unix_ms));
  add_text(hash, row.actor);
  add_text(hash, row.action);
  add_text(hash, row.detail);
  return hash.finish();
}

Result<> verify_audit(const std::vector<AuditRow>& rows, const Digest& previous) {
  Digest last = previous;
  for (const AuditRow& row : rows) {
    if (row.previous != last || row.digest != audit_digest(row)) {
      return Error{BaseErrc::corrupt, "audit link " + std::to_string(row.sequence)};
    }
    last = row.digest;
  }
  return {};
}

}  // namespace guildsum::coordinator
