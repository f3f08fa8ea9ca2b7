#include "participant/vocabulary/row_map.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "store_setup.hpp"

namespace guildsum::participant {
namespace {

constexpr std::uint32_t kSlots = 1U << 16;

/// A shop with tea, cup and pot, of which tea and pot are shared, and so is an item of others.
struct Setup : testing::StoreSetup {
  Setup() {
    if (make_private_directory(paths.dir).has_error()) std::abort();
    keeper = VocabularyKeeper::open(paths).value();
    SeededRandom random{11};
    keeper->keep_key({{protocol::Epoch{1}, {}}, random.secret<protocol::VocabularyKey>(), {}})
        .value();
  }
  void buy(const std::vector<std::pair<std::string, std::string>>& bought) {
    PurchaseStore::Import import{purchases, false};
    for (const auto& [customer, item] : bought) {
      import.add(testing::event(customer, item), "orders.csv").value();
    }
    import.finish().value();
    everybody_consents();
  }
  void share(const std::vector<std::string>& ids) {
    models::TaskPlan plan;
    plan.kind = models::TaskKind::vocabulary;
    plan.items = kSlots;
    std::vector<std::int64_t> sum(2 * std::size_t{kSlots}, 0);
    for (const auto& place : keeper->places_of(ids, kSlots).value()) {
      sum[place.slot] = 5;
      sum[kSlots + place.slot] = 5 * std::int64_t{place.tag};
    }
    auto task = models::make_task(plan).value();
    task->apply(sum, {.survivors = 6}).value();
    keeper
        ->keep_rows(
            {keeper->view().key, protocol::RoundId{3}, plan.canonical_bytes(), task->checkpoint()})
        .value();
  }
  [[nodiscard]] models::Vocabulary own() { return own_vocabulary(purchases, {}).value(); }
  [[nodiscard]] std::shared_ptr<const SharedPurchases> shared() {
    const auto items = own();
    return share_purchases(*keeper, items, purchases.load(items).value().bought).value();
  }

  AgentPaths paths{dir / "agent"};
  std::unique_ptr<VocabularyKeeper> keeper;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(row_map_test)

BOOST_AUTO_TEST_CASE(the_own_list_is_what_was_bought_and_what_is_in_stock) {
  Setup setup;
  setup.buy({{"ann", "tea"}, {"ann", "cup"}, {"bob", "tea"}});
  const auto items = own_vocabulary(setup.purchases, {"pot", "cup"}).value();
  BOOST_TEST(items.size() == 3u);
  BOOST_TEST(items.at(0).id == "cup");
  BOOST_TEST(items.at(1).id == "pot");
  BOOST_TEST(items.at(2).id == "tea");
  const auto data = setup.purchases.load(items).value();
  BOOST_TEST((bought_ids(items, data.bought) == std::vector<std::string>{"cup", "tea"}));
}

BOOST_AUTO_TEST_CASE(before_a_histogram_nothing_is_shared) {
  Setup setup;
  setup.buy({{"ann", "tea"}});
  BOOST_TEST((setup.shared() == nullptr));
}

BOOST_AUTO_TEST_CASE(purchases_are_seen_over_the_shared_rows_only) {
  Setup setup;
  setup.buy({{"ann", "tea"}, {"ann", "cup"}, {"bob", "pot"}});
  setup.share({"tea", "pot", "of-others"});
  const auto shared = setup.shared();
  BOOST_TEST(shared->item_of_row.size() == 3u);
  BOOST_TEST(shared->bought.items() == 3u);
  BOOST_TEST(shared->bought.customers() == 2u);
  BOOST_TEST(shared->bought.pairs() == 2u);  // Not the cup.
  const auto items = setup.own();
  BOOST_TEST(!shared->row_of_item[*items.find("cup")].has_value());
  for (const std::string id : {"tea", "pot"}) {
    const auto item = *items.find(id);
    BOOST_REQUIRE(shared->row_of_item[item].has_value());
    BOOST_TEST(*shared->item_of_row[*shared->row_of_item[item]] == item);
  }
  const auto of_others =
      std::ranges::count_if(shared->item_of_row, [](const auto& item) { return !item; });
  BOOST_TEST(of_others == 1);
  BOOST_TEST((shared->since == protocol::RoundId{3}));
  BOOST_TEST((shared->root == setup.keeper->view().shared->root));
}

BOOST_AUTO_TEST_CASE(an_item_with_the_slot_but_not_the_tag_stays_local) {
  Setup setup;
  setup.buy({{"ann", "tea"}});
  setup.share({"tea"});
  BOOST_REQUIRE(setup.shared()->item_of_row[0].has_value());
  auto place = setup.keeper->places_of(std::vector<std::string>{"tea"}, kSlots).value()[0];
  models::TaskPlan plan;
  plan.kind = models::TaskKind::vocabulary;
  plan.items = kSlots;
  std::vector<std::int64_t> sum(2 * std::size_t{kSlots}, 0);
  sum[place.slot] = 5;
  sum[kSlots + place.slot] = 5 * (std::int64_t{place.tag ^ 1U});
  auto task = models::make_task(plan).value();
  task->apply(sum, {.survivors = 6}).value();
  GS_REQUIRE_DONE(setup.keeper->keep_rows({setup.keeper->view().key, protocol::RoundId{4},
                                           plan.canonical_bytes(), task->checkpoint()}));
  BOOST_TEST(!setup.shared()->item_of_row[0].has_value());
}

BOOST_AUTO_TEST_CASE(stocked_rows_are_the_ones_that_the_shop_can_name_and_sells) {
  Setup setup;
  setup.buy({{"ann", "tea"}, {"ann", "cup"}, {"bob", "pot"}});
  setup.share({"tea", "pot", "of-others"});
  const auto shared = setup.shared();
  BOOST_TEST(stocked_rows(*shared, {}).size() == 2u);
  const auto tea = *setup.own().find("tea");
  const auto rows = stocked_rows(*shared, {tea});
  BOOST_REQUIRE_EQUAL(rows.size(), 1u);
  BOOST_TEST(rows[0] == *shared->row_of_item[tea]);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::participant
