// The keep-local guard, with a worker that builds and scores real models.
#include "participant/serving/own_model.hpp"

#include "participant/serving/model_worker.hpp"
#include "serving_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::ServingSetup;

namespace {

/// Tea goes with pots here and with cups everywhere else.
struct OddShop : ServingSetup {
  OddShop() {
    PurchaseStore::Import bought{purchases, false};
    for (int i = 0; i < 20; ++i) {
      const std::string customer = "customer-" + std::to_string(i);
      GS_REQUIRE_DONE(bought.add(testing::event(customer, "tea"), "a.csv"));
      if (i < 10) GS_REQUIRE_DONE(bought.add(testing::event(customer, "pot"), "a.csv"));
    }
    GS_REQUIRE_DONE(bought.finish());
    PurchaseStore::Import later{purchases, true};
    for (int i = 10; i < 20; ++i) {
      const std::string customer = "customer-" + std::to_string(i);
      GS_REQUIRE_DONE(later.add(testing::event(customer, "pot", 9), "later.csv"));
    }
    GS_REQUIRE_DONE(later.finish());
    everybody_consents();
    put_data();
  }
  MemoryLog log;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(own_model_test)

BOOST_AUTO_TEST_CASE(the_own_model_serves_where_it_is_better_than_every_shared_one) {
  OddShop setup;
  setup.release("popularity", 1);
  {
    ModelWorker worker{setup.shelf, *setup.models_kept, setup.purchases, setup.serving, setup.log};
    worker.start();
    BOOST_REQUIRE(worker.wait_until_idle(std::chrono::minutes{2}));
    const auto chosen = setup.shelf.chosen().value();
    BOOST_TEST(chosen.kind == "alone");
    BOOST_TEST(chosen.version.value() == 0U);
    BOOST_TEST((*setup.shelf.quality("alone") > *setup.shelf.best_shared_quality()));
    BOOST_TEST(setup.log.count("model.own_kept") == 1U);
  }
  // The same after a restart, from the figures that were kept.
  ModelShelf fresh{testing::vocabulary(), "auto"};
  fresh.put_data(setup.shelf.data());
  ModelWorker worker{fresh, *setup.models_kept, setup.purchases, setup.serving, setup.log};
  worker.start();
  BOOST_REQUIRE(worker.wait_until_idle(std::chrono::minutes{2}));
  BOOST_TEST(fresh.chosen().value().kind == "alone");
  // A shared model that is as good takes over.
  worker.enqueue(setup.release("ease", 2));
  BOOST_REQUIRE(worker.wait_until_idle(std::chrono::minutes{2}));
  fresh.put_quality("ease", 1.0);
  worker.enqueue(setup.release("popularity", 3));
  BOOST_REQUIRE(worker.wait_until_idle(std::chrono::minutes{2}));
  BOOST_TEST(fresh.chosen().value().kind == "ease");
  BOOST_TEST(setup.log.count("model.own_dropped") == 1U);
}

BOOST_AUTO_TEST_CASE(the_owner_may_ask_for_the_own_model_or_forbid_it) {
  for (const char* wanted : {"alone", "popularity"}) {
    OddShop setup;
    setup.serving.model = wanted;
    setup.release("popularity", 1);
    ModelShelf shelf{testing::vocabulary(), wanted};
    shelf.put_data(setup.shelf.data());
    ModelWorker worker{shelf, *setup.models_kept, setup.purchases, setup.serving, setup.log};
    worker.start();
    BOOST_REQUIRE(worker.wait_until_idle(std::chrono::minutes{2}));
    BOOST_TEST(shelf.chosen().value().kind == wanted);
  }
}

BOOST_AUTO_TEST_SUITE_END()
