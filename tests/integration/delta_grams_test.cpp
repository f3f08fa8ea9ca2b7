#include <algorithm>
#include <map>

#include <boost/test/unit_test.hpp>

#include "base/file.hpp"
#include "base/json.hpp"
#include "base/sqlite/database.hpp"
#include "models/gram.hpp"
#include "models/released.hpp"
#include "protocol/limits.hpp"
#include "tests/support/federation.hpp"

// An EASE model is kept up to date by sums of what changed (docs/decisions/0015-delta-grams.md).
using namespace guildsum;
using namespace guildsum::test;

namespace {

/// Purchases of one shop from which customers come and go.
struct Shelf {
  std::vector<Purchase> purchases;

  void remove(const std::string& customer) {
    std::erase_if(purchases, [&](const Purchase& bought) { return bought.first == customer; });
  }
  void add(const std::string& customer, std::initializer_list<std::uint32_t> items) {
    for (const std::uint32_t item : items) purchases.emplace_back(customer, item_name(item));
  }
};

/// The federation beside what its shops' files hold.
struct Setup {
  // Who is away is waited for until this deadline, so it is as short as a busy machine allows.
  Federation federation{
      {.items = 10,
       .customers = 8,
       .coordinator = {{"deadlines.check_in", "20s"}},
       .shop = "\n[policy]\ndelta_interval_min = \"0s\"\n"}};
  std::vector<Shelf> shelves;

  Setup() {
    for (std::uint32_t shop = 0; shop < federation.shops(); ++shop) {
      shelves.push_back({invent_purchases(shop, 8, 10)});
    }
  }
  /// The shop starts again over what its shelf holds now; whoever is not in it any more is
  /// forgotten.
  void restock(std::size_t shop) {
    ShopProcess& process = federation.shop(shop);
    if (process.process().running()) BOOST_REQUIRE(process.stop() == 0);
    {
      auto store = sqlite::Database::open(process.agent_dir() / "store.sqlite").value();
      store.execute("DELETE FROM customer").value();
    }
    write_orders(process.orders_file(), shelves[shop].purchases);
    process.start();
    federation.await_online(process);
  }
  /// The matrix over everything that these shelves hold, computed at once.
  [[nodiscard]] static std::vector<std::uint32_t> gram(const std::vector<Shelf>& shelves) {
    std::vector<std::vector<models::ItemIndex>> rows;
    for (const Shelf& shelf : shelves) {
      std::map<std::string, std::vector<models::ItemIndex>> customers;
      for (const auto& [customer, item] : shelf.purchases) {
        customers[customer].push_back(
            static_cast<models::ItemIndex>(std::stoul(item.substr(item.find('-') + 1))));
      }
      for (auto& [name, row] : customers) {
        std::ranges::sort(row);
        rows.push_back(std::move(row));
      }
    }
    return models::gram_of(models::Interactions::build(10, rows).value()).upper;
  }
  /// The matrix in the newest model that the coordinator released.
  [[nodiscard]] std::vector<std::uint32_t> released() {
    const CoordinatorProcess& coordinator = federation.coordinator();
    const auto models = coordinator.get("/v1/models").at("models").as_array();
    const auto& newest = models.back().as_object();
    const auto file = federation.path("model");
    const auto exported =
        coordinator.run({"model", "export", std::to_string(number_at(newest, "version")),
                         "--output", file.string()});
    BOOST_REQUIRE_MESSAGE(exported.exit_code == 0, exported.err);
    const auto plan =
        models::TaskPlan::parse(from_hex(text_at(newest, "training_plan")).value()).value();
    const Bytes checkpoint = read_file(file, protocol::kBlobBytesMax).value();
    return std::get<models::GramModel>(models::release(plan, checkpoint).value()).upper;
  }
  [[nodiscard]] std::uint64_t changed_entries(std::uint64_t round) {
    const auto sum = federation.coordinator().opened_sum(round);
    return sum.size() - static_cast<std::size_t>(std::ranges::count(sum, 0));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(delta_grams_test)

BOOST_AUTO_TEST_CASE(what_changed_is_summed_and_a_removed_customer_leaves_no_trace) {
  Setup setup;
  Federation& federation = setup.federation;
  const auto first = federation.run_task("ease");
  BOOST_TEST(setup.released() == setup.gram(setup.shelves), boost::test_tools::per_element());
  federation.run_task("popularity");  // Another task in between changes nothing.

  // One shop loses a customer and wins one; another has news as well, and is away.
  auto counted = setup.shelves;
  setup.shelves[0].remove("c0-003");
  setup.shelves[0].add("new", {1, 4, 9});
  counted[0] = setup.shelves[0];
  setup.restock(0);
  BOOST_REQUIRE(federation.shop(4).stop() == 0);
  setup.shelves[4].remove("c4-001");
  const auto second = federation.run_task("ease");
  BOOST_TEST(text_at(first, "lineage") == text_at(second, "lineage"));
  BOOST_TEST(federation.check_sum(3).size() == 5U);
  BOOST_TEST(setup.released() == setup.gram(counted), boost::test_tools::per_element());
  BOOST_TEST(setup.changed_entries(3) > 0U);
  federation.shop(0).await_log("round.delta");
  const auto rounds = federation.shop(0).status().at("rounds").as_array();
  BOOST_TEST(text_at(rounds.front().as_object(), "detail") == "a delta against step 1");
  const auto shown = federation.coordinator().run({"round", "show", "3"});
  BOOST_TEST(shown.out.find("the change since step 1") != std::string::npos, shown.out);

  // Back again, against the state of step 1; the others have nothing to add.
  setup.restock(4);
  federation.run_task("ease");
  BOOST_TEST(federation.check_sum(4).size() == 6U);
  BOOST_TEST(setup.released() == setup.gram(setup.shelves), boost::test_tools::per_element());
  const auto late = federation.shop(4).status().at("rounds").as_array();
  BOOST_TEST(text_at(late.front().as_object(), "detail") == "a delta against step 1");
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
