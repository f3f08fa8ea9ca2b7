#pragma once

#include <memory>

#include "base/sqlite/database.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::coordinator::testing {

using guildsum::test::TempDir;
using protocol::test::sample;
using protocol::test::sample_bytes;

[[nodiscard]] inline ShopRow sample_shop(std::uint64_t seed) {
  ShopRow row;
  row.identity = sample<ParticipantId>(seed);
  row.name = "shop-" + std::to_string(seed);
  row.certificate_pem = "certificate of " + row.name;
  row.certificate = sample<crypto::CertificateDigest>(seed + 1000);
  row.certificate_expires_unix_ms = 3000;
  row.joined_unix_ms = 1000;
  row.last_seen_unix_ms = 2000;
  return row;
}

[[nodiscard]] inline InvitationRow sample_invitation(std::uint64_t seed) {
  InvitationRow row;
  row.id = sample<InvitationId>(seed);
  row.name = "shop-" + std::to_string(seed);
  row.secret_digest = sample<Digest>(seed + 2000);
  row.created_unix_ms = 10;
  row.expires_unix_ms = 20;
  return row;
}

[[nodiscard]] inline TaskRow sample_task(std::uint64_t epoch) {
  TaskRow row;
  row.epoch = protocol::Epoch{epoch};
  row.origin = row.epoch;
  row.kind = "popularity";
  row.plan = sample_bytes(epoch, 30);
  row.first_root = sample<BlobId>(epoch + 1);
  row.checkpoint = sample<BlobId>(epoch + 2);
  row.sums_total = 3;
  row.created_unix_ms = 100;
  return row;
}

[[nodiscard]] inline RoundRow sample_round(std::uint64_t round, std::uint32_t attempt,
                                           std::uint64_t epoch) {
  RoundRow row;
  row.key = {protocol::RoundId{round}, protocol::Attempt{attempt}};
  row.epoch = protocol::Epoch{epoch};
  row.step_kind = "popularity.counts";
  row.step_number = 1;
  row.plan = sample_bytes(round, 40);
  row.started_unix_ms = 200;
  return row;
}

[[nodiscard]] inline ModelRow sample_model(std::uint64_t version) {
  ModelRow row;
  row.version = protocol::ModelVersion{version};
  row.kind = "ease";
  row.checkpoint = sample<BlobId>(version + 3);
  row.plan = sample_bytes(version, 20);
  row.lineage = sample<Digest>(version + 4);
  row.epoch = protocol::Epoch{7};
  row.round = protocol::RoundId{9};
  row.survivors = 11;
  row.created_unix_ms = 300;
  return row;
}

[[nodiscard]] inline AgreementRow sample_agreement(std::uint64_t epoch, std::uint32_t attempt) {
  AgreementRow row;
  row.id = {protocol::Epoch{epoch}, protocol::Attempt{attempt}};
  row.roster_head = sample<Digest>(epoch + 5);
  row.invited = sample_bytes(epoch, 64);
  row.started_unix_ms = 400;
  return row;
}

/// A ledger in a file of its own.
struct LedgerSetup {
  TempDir dir;
  ManualClock clock;
  std::unique_ptr<Ledger> ledger = open().value();

  [[nodiscard]] std::filesystem::path path() const { return dir / "ledger.sqlite"; }
  [[nodiscard]] Result<std::unique_ptr<Ledger>> open() const {
    return open_sqlite_ledger(path(), clock);
  }
  /// Closes the ledger and opens it again, as a restart does.
  void reopen() {
    ledger.reset();
    ledger = open().value();
  }
  /// Changes the file behind the ledger's back.
  void execute(std::string_view sql) const {
    auto database = sqlite::Database::open(path()).value();
    GS_REQUIRE_DONE(database.execute(sql));
  }

  template <class Body>
  [[nodiscard]] Result<> change(const Body& body) {
    return ledger->change([&](LedgerWriter& rows) -> Result<> { return body(rows); });
  }
  template <class Body>
  [[nodiscard]] auto read(const Body& body) {
    return read_from(*ledger, body);
  }
};

}  // namespace guildsum::coordinator::testing
