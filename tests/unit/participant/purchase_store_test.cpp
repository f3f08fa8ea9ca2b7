#include "participant/store/purchase_store.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "participant/consent/consent_ledger.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::event;
using testing::vocabulary;

namespace {

struct Setup : testing::StoreSetup {
  /// Reads a file of these events; returns how many were new.
  std::uint64_t import(const std::vector<PurchaseEvent>& events, const std::string& file = "a.csv",
                       bool holdout = false) {
    PurchaseStore::Import import{purchases, holdout};
    for (const PurchaseEvent& purchase : events) GS_REQUIRE_DONE(import.add(purchase, file));
    GS_REQUIRE_DONE(import.finish());
    everybody_consents();
    return import.added();
  }
  ShopData load() { return purchases.load(vocabulary()).value(); }
};

std::vector<models::ItemIndex> row(const models::Interactions& data, std::size_t customer) {
  const auto view = data.row(customer);
  return {view.begin(), view.end()};
}

using Items = std::vector<models::ItemIndex>;

}  // namespace

BOOST_AUTO_TEST_SUITE(purchase_store_test)

BOOST_AUTO_TEST_CASE(purchases_become_one_row_per_customer) {
  Setup setup;
  BOOST_TEST(setup.import({event("ann", "tea"), event("bob", "pot"), event("ann", "pot", 2),
                           event("ann", "tea", 3)}) == 4U);
  const ShopData data = setup.load();
  BOOST_TEST(data.bought.customers() == 2U);
  BOOST_TEST(data.events == 4U);
  const auto ann = setup.purchases.find_customer("ann").value();
  BOOST_REQUIRE(ann.has_value());
  BOOST_TEST((row(data.bought, data.row_of.at(*ann)) == Items{0, 2}));
  BOOST_TEST(data.customer_ids[data.row_of.at(*ann)] == *ann);
  BOOST_TEST(!setup.purchases.find_customer("carl").value().has_value());
}

BOOST_AUTO_TEST_CASE(nobody_is_read_who_did_not_say_yes_to_training) {
  Setup setup;
  setup.import({event("ann", "tea"), event("bob", "pot")});
  PurchaseStore::Import import{setup.purchases, false};
  GS_REQUIRE_DONE(import.add(event("carl", "cup"), "b.csv"));
  GS_REQUIRE_DONE(import.finish());
  const ShopData before = setup.load();
  BOOST_TEST(before.bought.customers() == 2U);
  BOOST_TEST(before.without_consent == 1U);
  ConsentLedger ledger{*setup.store, setup.pseudonyms};
  BOOST_TEST(before.consent_version == ledger.version().value());
  const auto decide = [&](std::string customer, Purpose purpose, ConsentState state) {
    Decision decision;
    decision.purpose = purpose;
    decision.state = state;
    decision.decided_at = setup.clock.wall_now();
    decision.notice_version = "v1";
    const std::vector entries{CustomerDecision{std::move(customer), decision}};
    BOOST_TEST(ledger.append(entries).value() == 1U);
  };
  decide("ann", Purpose::training, ConsentState::withdrawn);
  decide("bob", Purpose::recommendations, ConsentState::withdrawn);
  decide("carl", Purpose::recommendations, ConsentState::given);
  const ShopData after = setup.load();
  BOOST_TEST(after.consent_version > before.consent_version);
  BOOST_TEST(after.bought.customers() == 1U);
  BOOST_TEST(after.row_of.contains(setup.purchases.find_customer("bob").value().value()));
  BOOST_TEST(after.without_consent == 2U);
  // Each purpose for itself.
  BOOST_TEST(setup.purchases.may_recommend("ann").value());
  BOOST_TEST(!setup.purchases.may_recommend("bob").value());
  BOOST_TEST(setup.purchases.history_of("bob", vocabulary()).value().empty());
  BOOST_TEST(setup.purchases.history_of("carl", vocabulary()).value().size() == 1U);
}

BOOST_AUTO_TEST_CASE(histories_say_when_the_customers_of_the_data_bought) {
  Setup setup;
  setup.import({event("ann", "tea"), event("bob", "pot", 4), event("ann", "pot", 2),
                event("ann", "unlisted", 3)});
  const ShopData data = setup.load();
  setup.import({event("carl", "tea")}, "b.csv");
  const auto rows = setup.purchases.histories(vocabulary(), data).value();
  BOOST_TEST_REQUIRE(rows.size() == 2U);
  const auto& ann = rows[data.row_of.at(setup.purchases.find_customer("ann").value().value())];
  BOOST_TEST_REQUIRE(ann.size() == 2U);
  BOOST_TEST(std::abs(ann[0].seconds - ann[1].seconds) == 24 * 3600);
  const auto& bob = rows[data.row_of.at(setup.purchases.find_customer("bob").value().value())];
  BOOST_TEST_REQUIRE(bob.size() == 1U);
  BOOST_TEST(bob[0].item == 2U);
  BOOST_TEST(bob[0].seconds == 20'004LL * 24 * 3600);
}

BOOST_AUTO_TEST_CASE(reading_the_same_file_again_adds_nothing) {
  Setup setup;
  const std::vector<PurchaseEvent> events{event("ann", "tea"), event("ann", "tea"),
                                          event("bob", "tea")};
  BOOST_TEST(setup.import(events) == 3U);  // Two equal lines of one file are two purchases.
  const auto digest = setup.load().digest;
  BOOST_TEST(setup.import(events) == 0U);
  BOOST_TEST((setup.load().digest == digest));
  auto longer = events;
  longer.push_back(event("ann", "tea"));
  longer.push_back(event("ann", "cup"));
  BOOST_TEST(setup.import(longer) == 2U);
  BOOST_TEST((setup.load().digest != digest));
}

BOOST_AUTO_TEST_CASE(the_same_purchase_in_two_exports_is_one) {
  Setup setup;
  BOOST_TEST(setup.import({event("ann", "tea", 1, "order-1")}, "january.csv") == 1U);
  BOOST_TEST(setup.import({event("ann", "tea", 1, "order-1")}, "all.csv") == 0U);
  BOOST_TEST(setup.import({event("ann", "tea", 1, "order-2")}, "all.csv") == 1U);
  BOOST_TEST(setup.import({event("ann", "tea", 2, "order-1")}, "all.csv") == 1U);
}

BOOST_AUTO_TEST_CASE(unlisted_items_and_customers_of_the_hold_out_alone_take_no_part) {
  Setup setup;
  setup.import({event("ann", "tea"), event("ann", "gold"), event("bob", "gold")});
  setup.import({event("ann", "cup", 9), event("carl", "cup", 9)}, "later.csv", true);
  const ShopData data = setup.load();
  const auto ann = setup.purchases.find_customer("ann").value().value();
  BOOST_TEST((row(data.bought, data.row_of.at(ann)) == Items{0}));
  BOOST_TEST((row(data.held_out, data.row_of.at(ann)) == Items{1}));
  BOOST_TEST(data.held_out.customers() == data.bought.customers());
  const auto carl = setup.purchases.find_customer("carl").value().value();
  BOOST_TEST(!data.row_of.contains(carl));
}

BOOST_AUTO_TEST_CASE(the_hold_out_is_replaced) {
  Setup setup;
  setup.import({event("ann", "tea")});
  setup.import({event("ann", "cup")}, "later.csv", true);
  BOOST_TEST(setup.load().held_out.pairs() == 1U);
  GS_REQUIRE_DONE(setup.purchases.clear_holdout());
  BOOST_TEST(setup.load().held_out.pairs() == 0U);
  BOOST_TEST(setup.load().bought.pairs() == 1U);
}

BOOST_AUTO_TEST_CASE(an_empty_store_is_a_shop_without_customers) {
  Setup setup;
  BOOST_TEST(setup.load().bought.customers() == 0U);
  BOOST_TEST(setup.load().bought.items() == 3U);
  BOOST_TEST(setup.import({}) == 0U);
}

BOOST_AUTO_TEST_CASE(more_purchases_than_one_batch_are_all_kept) {
  Setup setup;
  std::vector<PurchaseEvent> events;
  for (int i = 0; i < 20'500; ++i) events.push_back(event(std::to_string(i % 700), "tea", i));
  BOOST_TEST(setup.import(events) == events.size());
  BOOST_TEST(setup.load().bought.customers() == 700U);
  BOOST_TEST(setup.load().events == events.size());
}

BOOST_AUTO_TEST_CASE(ids_of_customers_are_not_in_the_file) {
  Setup setup;
  setup.import({event("ann-with-a-long-id@example.org", "tea", 1, "order-with-a-long-number")});
  setup.store.reset();
  for (const auto& entry : std::filesystem::directory_iterator{setup.dir.path()}) {
    const Bytes content = read_file(entry.path(), 1 << 24).value();
    BOOST_TEST(as_text(content).find("ann-with-a-long-id") == std::string_view::npos);
    BOOST_TEST(as_text(content).find("order-with-a-long") == std::string_view::npos);
  }
}

BOOST_AUTO_TEST_CASE(a_full_disk_keeps_what_is_pending_for_another_try) {
  Setup setup;
  PurchaseStore::Import import{setup.purchases, false};
  for (int i = 0; i < 500; ++i) {
    GS_REQUIRE_DONE(import.add(event(std::to_string(i), "tea"), "a.csv"));
  }
  {
    const test::FileSizeLimit full{4096};
    BOOST_TEST(import.finish().has_error());
  }
  BOOST_TEST(import.added() == 0U);
  BOOST_TEST(setup.load().bought.customers() == 0U);
  GS_REQUIRE_DONE(import.finish());
  BOOST_TEST(import.added() == 500U);
  setup.everybody_consents();
  BOOST_TEST(setup.load().bought.customers() == 500U);
}

BOOST_AUTO_TEST_CASE(private_factors_are_replaced_as_a_whole) {
  Setup setup;
  setup.import({event("ann", "tea"), event("bob", "cup")});
  const auto ids = setup.load().customer_ids;
  const std::vector<float> factors{1, 2, 3, 4};
  GS_REQUIRE_DONE(setup.purchases.keep_factors(ids, 3, factors));
  GS_REQUIRE_DONE(setup.purchases.keep_factors({ids[0]}, 4, std::span{factors}.first(2)));
  const auto session = setup.store->session();
  auto select = session->prepare("SELECT version, length(factors) FROM customer_factors").value();
  BOOST_REQUIRE(select.step().value());
  BOOST_TEST(select.integer(0) == 4);
  BOOST_TEST(select.integer(1) == 8);
  BOOST_TEST(!select.step().value());
}

BOOST_AUTO_TEST_CASE(factors_of_nobody_or_of_strangers_are_not_kept) {
  Setup setup;
  GS_REQUIRE_DONE(setup.purchases.keep_factors({}, 1, {}));
  const std::vector<float> factors{1, 2};
  BOOST_TEST(setup.purchases.keep_factors({4711}, 1, factors).has_error());
}

BOOST_AUTO_TEST_CASE(the_last_reading_of_each_source_is_remembered) {
  Setup setup;
  GS_REQUIRE_DONE(setup.purchases.keep_source("orders", "{\"rows\":1}"));
  GS_REQUIRE_DONE(setup.purchases.keep_source("orders", "{\"rows\":2}"));
  GS_REQUIRE_DONE(setup.purchases.keep_source("till", "{}"));
  const auto sources = setup.purchases.sources().value();
  BOOST_TEST(sources.size() == 2U);
  BOOST_TEST(sources.at("orders") == "{\"rows\":2}");
}

BOOST_AUTO_TEST_SUITE_END()
