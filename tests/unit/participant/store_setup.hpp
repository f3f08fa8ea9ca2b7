#pragma once

#include <chrono>

#include "participant/store/activity_store.hpp"
#include "participant/store/model_store.hpp"
#include "participant/store/purchase_store.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/protocol/round_setup.hpp"

namespace guildsum::participant::testing {

using guildsum::test::TempDir;
using protocol::test::sample;
using protocol::test::sample_bytes;

/// A store in a file of its own.
struct StoreSetup {
  TempDir dir;
  ManualClock clock;
  std::unique_ptr<Store> store = Store::open(path(), clock).value();
  Pseudonymizer pseudonyms{Bytes(32, std::byte{9})};
  PurchaseStore purchases{*store, pseudonyms};

  [[nodiscard]] std::filesystem::path path() const { return dir / "store.sqlite"; }
  /// Everybody whom the store knows says yes to everything.
  void everybody_consents() {
    GS_REQUIRE_DONE(store->session()->execute(
        "INSERT OR IGNORE INTO consent(pseudonym, purpose, state, at_ms, notice_version, method, "
        "recorded_ms) SELECT pseudonym, purpose.column1, 1, 1, 'v1', 'test', 1 "
        "FROM customer, (VALUES (1), (2)) AS purpose"));
  }
};

[[nodiscard]] inline PurchaseEvent event(std::string customer, std::string item, int day = 1,
                                         std::string order = {}) {
  PurchaseEvent out;
  out.customer = std::move(customer);
  out.item = std::move(item);
  out.time = Clock::Wall{std::chrono::days{20'000 + day}};
  out.order = std::move(order);
  return out;
}

[[nodiscard]] inline models::Vocabulary vocabulary() {
  return models::Vocabulary::build({{"tea", "Tea"}, {"cup", "Cup"}, {"pot", "Pot"}}).value();
}

}  // namespace guildsum::participant::testing
