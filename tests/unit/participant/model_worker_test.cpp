#include "participant/serving/model_worker.hpp"

#include <set>

#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

namespace {

struct Setup : ServingSetup {
  Setup() {
    PurchaseStore::Import import{purchases, true};
    GS_REQUIRE_DONE(import.add(testing::event("ann", "pot", 9), "later.csv"));
    GS_REQUIRE_DONE(import.add(testing::event("bob", "cup", 9), "later.csv"));
    GS_REQUIRE_DONE(import.finish());
    put_data();
  }
  [[nodiscard]] bool idle() const { return worker.wait_until_idle(std::chrono::minutes{2}); }
  [[nodiscard]] std::set<std::string> roles() {
    std::set<std::string> out;
    for (const auto& record : models_kept->evaluations().value()) {
      out.insert(record.role + " " + record.kind);
    }
    return out;
  }
  MemoryLog log;
  ModelWorker worker{shelf, *models_kept, purchases, serving, log};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(model_worker_test)

BOOST_AUTO_TEST_CASE(kept_models_are_built_and_scored_beside_the_baselines) {
  Setup setup;
  setup.release("ease", 1);
  setup.worker.start();
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.shelf.chosen().value().kind == "ease");
  BOOST_TEST(setup.roles().contains("federated ease"));
  BOOST_TEST(setup.roles().size() >= 3U);
  BOOST_TEST(!setup.worker.busy());
}

BOOST_AUTO_TEST_CASE(purchases_that_changed_are_scored_anew) {
  Setup setup;
  setup.release("ease", 1);
  setup.worker.start();
  BOOST_REQUIRE(setup.idle());
  const auto before = setup.shelf.data()->digest;
  GS_REQUIRE_DONE(setup.store->session()->execute(
      "INSERT INTO consent(pseudonym, purpose, state, at_ms, notice_version, method, recorded_ms) "
      "SELECT pseudonym, 1, 3, 2, '', '', 2 FROM customer ORDER BY id LIMIT 1"));
  setup.put_data();
  BOOST_TEST((setup.shelf.data()->digest != before));
  setup.worker.refresh();
  BOOST_REQUIRE(setup.idle());
  for (const auto& record : setup.models_kept->evaluations().value()) {
    BOOST_TEST((record.data == setup.shelf.data()->digest), record.role + " " + record.kind);
  }
}

BOOST_AUTO_TEST_CASE(transitions_serve_beside_the_others_and_are_not_scored) {
  Setup setup;
  setup.release("transitions", 1);
  setup.worker.start();
  BOOST_REQUIRE(setup.idle());
  BOOST_REQUIRE(setup.shelf.next().has_value());
  BOOST_TEST(setup.shelf.next()->version.value() == 1U);
  BOOST_TEST(setup.shelf.chosen().value().kind != "transitions");
  setup.worker.enqueue(setup.release("transitions", 2));
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.shelf.next()->version.value() == 2U);
  auto broken = setup.release("transitions", 3);
  broken.root = testing::sample<protocol::BlobId>(7);
  setup.worker.enqueue(broken);
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.log.count("model.not_usable") == 1U);
  BOOST_TEST(setup.shelf.next()->version.value() == 2U);
  BOOST_TEST(!setup.roles().contains("federated transitions"));
}

BOOST_AUTO_TEST_CASE(a_new_version_replaces_the_one_in_use) {
  Setup setup;
  setup.worker.start();
  setup.worker.enqueue(setup.release("popularity", 1));
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.shelf.popular().value().version.value() == 1U);
  setup.worker.enqueue(setup.release("popularity", 2));
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.shelf.popular().value().version.value() == 2U);
}

BOOST_AUTO_TEST_CASE(a_model_that_cannot_be_built_leaves_the_one_in_use) {
  Setup setup;
  setup.worker.start();
  setup.worker.enqueue(setup.release("popularity", 1));
  BOOST_REQUIRE(setup.idle());
  auto damaged = setup.release("popularity", 2);
  damaged.root = testing::sample<protocol::BlobId>(1);
  setup.worker.enqueue(damaged);
  BOOST_REQUIRE(setup.idle());
  BOOST_TEST(setup.shelf.popular().value().version.value() == 1U);
  bool told = false;
  for (const auto& record : setup.log.records()) told |= record.level >= LogLevel::warn;
  BOOST_TEST(told);
}

BOOST_AUTO_TEST_CASE(stopping_ends_the_thread_whatever_is_pending) {
  Setup setup;
  setup.worker.start();
  for (std::uint64_t version = 1; version <= 5; ++version) {
    setup.worker.enqueue(setup.release("popularity", version));
  }
  setup.worker.stop();
  setup.worker.stop();
}

BOOST_AUTO_TEST_SUITE_END()
