#include "participant/training/shop_histories.hpp"

#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::event;
using testing::vocabulary;

namespace {

struct Setup : testing::StoreSetup {
  Setup() {
    import({event("ann", "cup", 3), event("ann", "tea", 1), event("bob", "pot", 2),
            event("ann", "pot", 3), event("bob", "unlisted", 1)},
           false);
    import({event("ann", "tea", 9)}, true);
    data = purchases.load(vocabulary()).value();
  }
  void import(const std::vector<PurchaseEvent>& events, bool holdout) {
    PurchaseStore::Import import{purchases, holdout};
    for (const PurchaseEvent& purchase : events) GS_REQUIRE_DONE(import.add(purchase, "a.csv"));
    GS_REQUIRE_DONE(import.finish());
    everybody_consents();
  }
  [[nodiscard]] models::Histories histories() {
    return shop_histories(purchases, vocabulary(), data).value();
  }
  /// What this customer bought, first to last.
  [[nodiscard]] std::vector<models::ItemIndex> order(const models::Histories& histories,
                                                     std::string_view customer) {
    std::vector<models::ItemIndex> items;
    const auto id = purchases.find_customer(customer).value().value();
    for (const auto& purchase : histories.row(data.row_of.at(id))) items.push_back(purchase.item);
    return items;
  }
  ShopData data;
};

using Items = std::vector<models::ItemIndex>;
using Position = std::optional<models::ItemIndex>;

}  // namespace

BOOST_AUTO_TEST_SUITE(shop_histories_test)

BOOST_AUTO_TEST_CASE(purchases_come_in_order_of_time_and_held_out_ones_not_at_all) {
  Setup setup;
  const auto histories = setup.histories();
  BOOST_TEST(histories.items() == 3U);
  BOOST_TEST(histories.customers() == 2U);
  BOOST_TEST((setup.order(histories, "ann") == Items{0, 1, 2}));  // Cup and pot on one day.
  BOOST_TEST((setup.order(histories, "bob") == Items{2}));
  const auto row =
      histories.row(setup.data.row_of.at(setup.purchases.find_customer("ann").value().value()));
  BOOST_TEST(row[2].seconds - row[0].seconds == 2 * 24 * 3600);
  BOOST_TEST(row[1].seconds == row[2].seconds);
}

BOOST_AUTO_TEST_CASE(customers_who_came_after_the_data_was_read_take_no_part) {
  Setup setup;
  setup.import({event("carl", "tea", 4)}, false);
  BOOST_TEST(setup.histories().customers() == 2U);
}

BOOST_AUTO_TEST_CASE(with_a_private_vocabulary_only_shared_rows_are_seen) {
  Setup setup;
  auto shared = std::make_shared<SharedPurchases>();
  shared->row_of_item = {Position{3}, std::nullopt, Position{1}};
  shared->item_of_row = {std::nullopt, Position{2}, std::nullopt, Position{0}};
  setup.data.shared = shared;
  const auto histories = setup.histories();
  BOOST_TEST(histories.items() == 4U);
  BOOST_TEST((setup.order(histories, "ann") == Items{3, 1}));  // Tea, then the pot.
  BOOST_TEST((setup.order(histories, "bob") == Items{1}));
}

BOOST_AUTO_TEST_SUITE_END()
