#include "simulations/retail_split.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::retail;
using test::sale;

using Baskets = std::vector<std::vector<models::ItemIndex>>;

std::string code(int k) { return std::to_string(20'000 + k); }

/// Customers 1 to 5 buy the codes 0 to 4 on one invoice each, so that all of them stay.
std::string five_customers() {
  std::string rows;
  for (int customer = 1; customer <= 5; ++customer) {
    for (int item = 0; item < 5; ++item) {
      rows += sale("base" + std::to_string(customer), code(item), std::to_string(customer));
    }
  }
  return rows;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retail_split_test)

BOOST_AUTO_TEST_CASE(items_and_customers_are_numbered_in_order) {
  const auto split = split_last_basket(retail(five_customers()));
  BOOST_TEST_REQUIRE(split.items.size() == 5U);
  BOOST_TEST_REQUIRE(split.users.size() == 5U);
  BOOST_TEST(split.items[0].stock_code == code(0));
  BOOST_TEST(split.items[4].stock_code == code(4));
  BOOST_TEST(split.users[0].customer == "1");
  BOOST_TEST(split.rows.size() == 25U);
}

BOOST_AUTO_TEST_CASE(rare_items_and_then_small_customers_are_left_out) {
  // Item 9 has four customers; customer 6 has four frequent items, the rare one does not count.
  std::string rows = five_customers();
  for (int customer = 1; customer <= 3; ++customer) {
    rows += sale("r", code(9), std::to_string(customer));
  }
  for (int item = 0; item < 4; ++item) rows += sale("s", code(item), "6");
  rows += sale("s", code(9), "6");
  const auto split = split_last_basket(retail(rows));
  BOOST_TEST(split.items.size() == 5U);
  BOOST_TEST(split.users.size() == 5U);
  BOOST_TEST(split.rows.size() == 25U);
}

BOOST_AUTO_TEST_CASE(with_three_baskets_the_last_is_for_test_and_the_one_before_for_validation) {
  std::string rows = five_customers();
  rows += sale("b", code(1), "1") + sale("c", code(2), "1") + sale("c", code(3), "1");
  const auto split = split_last_basket(retail(rows));
  const auto train = split.baskets(Part::train);
  const auto valid = split.baskets(Part::valid);
  const auto test = split.baskets(Part::test);
  BOOST_TEST((train[0] == std::vector<models::ItemIndex>{0, 1, 2, 3, 4}));
  BOOST_TEST((valid[0] == std::vector<models::ItemIndex>{1}));
  BOOST_TEST((test[0] == std::vector<models::ItemIndex>{2, 3}));
  for (std::size_t user = 1; user < 5; ++user) {
    BOOST_TEST(valid[user].empty());
    BOOST_TEST(test[user].empty());
  }
}

BOOST_AUTO_TEST_CASE(with_two_baskets_all_is_for_training) {
  const auto split = split_last_basket(retail(five_customers() + sale("b", code(1), "1")));
  BOOST_TEST(split.baskets(Part::test)[0].empty());
  BOOST_TEST(split.baskets(Part::train)[0].size() == 5U);
}

BOOST_AUTO_TEST_CASE(an_invoice_is_one_basket_wherever_its_lines_are) {
  std::string rows = sale("a", code(0), "1") + sale("b", code(1), "1") + sale("c", code(2), "1");
  rows += sale("a", code(3), "1");  // Again the first basket, so c stays the last.
  for (int customer = 2; customer <= 6; ++customer) {
    for (int item = 0; item < 5; ++item) rows += sale("x", code(item), std::to_string(customer));
  }
  rows += sale("a", code(4), "1");
  const auto split = split_last_basket(retail(rows));
  BOOST_TEST((split.baskets(Part::train)[0] == std::vector<models::ItemIndex>{0, 3, 4}));
  BOOST_TEST((split.baskets(Part::valid)[0] == std::vector<models::ItemIndex>{1}));
  BOOST_TEST((split.baskets(Part::test)[0] == std::vector<models::ItemIndex>{2}));
}

BOOST_AUTO_TEST_CASE(the_last_title_and_country_win) {
  const auto split =
      split_last_basket(retail(five_customers() + sale("z", code(0), "1", "Germany", "NEW TITLE")));
  BOOST_TEST(split.items[0].title == "NEW TITLE");
  BOOST_TEST(split.users[0].country == "Germany");
  BOOST_TEST(split.users[1].country == "France");
}

BOOST_AUTO_TEST_CASE(nothing_splits_into_nothing) {
  const auto split = split_last_basket({});
  BOOST_TEST(split.items.empty());
  BOOST_TEST(split.baskets(Part::train).empty());
}

BOOST_AUTO_TEST_CASE(files_are_lines_of_indexes) {
  BOOST_TEST(interaction_lines(Baskets{{3, 5}, {}, {0}}) == "0 3 5\n1\n2 0\n");
  const auto split = split_last_basket(retail(five_customers()));
  BOOST_TEST(item_lines(split).starts_with("0\t20000\tTHING\n1\t20001\t"));
  BOOST_TEST(user_lines(split).starts_with("0\t1\tFrance\n1\t2\t"));
}

BOOST_AUTO_TEST_CASE(event_files_have_times_and_quantities) {
  const auto data = retail(five_customers());
  const auto split = split_last_basket(data);
  const auto events = test::must(event_lines(data, split, Part::train));
  BOOST_TEST(events.starts_with("user\titem\tseconds\tquantity\n0\t0\t"), events);
  const auto lines = std::ranges::count(events, '\n');
  BOOST_TEST(static_cast<std::size_t>(lines) == split.rows.size() + 1);
  BOOST_TEST(test::must(event_lines(data, split, Part::test)) == "user\titem\tseconds\tquantity\n");
  auto spoilt = data;
  for (auto& purchase : spoilt.purchases) purchase.time = "soon";
  BOOST_TEST(test::refused(event_lines(spoilt, split, Part::train), "soon"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
