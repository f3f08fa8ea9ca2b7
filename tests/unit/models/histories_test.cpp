#include "models/histories.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::purchases;
using models::test::refused;

namespace {
using Rows = std::vector<std::vector<PastPurchase>>;
std::vector<PastPurchase> list(std::span<const PastPurchase> row) {
  return {row.begin(), row.end()};
}
}  // namespace

BOOST_AUTO_TEST_SUITE(histories_test)

BOOST_AUTO_TEST_CASE(rows_are_in_order_of_time_then_item) {
  const Rows rows{{{2, 50, 1}, {1, 50, 3}, {3, 10, 1}}, {}};
  const auto histories = must(Histories::build(4, rows));
  BOOST_TEST(histories.customers() == 2U);
  BOOST_TEST(histories.items() == 4U);
  BOOST_TEST(
      (list(histories.row(0)) == std::vector<PastPurchase>{{3, 10, 1}, {1, 50, 3}, {2, 50, 1}}));
  BOOST_TEST(histories.row(1).empty());
}

BOOST_AUTO_TEST_CASE(interactions_forget_repeats_and_times) {
  const auto histories = must(Histories::build(4, Rows{{{2, 9, 1}, {2, 5, 1}, {0, 1, 1}}, {}}));
  const auto data = histories.interactions();
  BOOST_TEST(data.customers() == 2U);
  BOOST_TEST(std::ranges::equal(data.row(0), std::vector<ItemIndex>{0, 2}));
  BOOST_TEST(data.row(1).empty());
}

BOOST_AUTO_TEST_CASE(of_interactions_gives_them_back) {
  const auto data = purchases(5, {{4, 0}, {}, {3}});
  const auto histories = Histories::of(data);
  BOOST_TEST(histories.row(0).front().seconds == 0);
  const auto again = histories.interactions();
  BOOST_TEST(std::ranges::equal(again.columns(), data.columns()));
  BOOST_TEST(std::ranges::equal(again.offsets(), data.offsets()));
}

BOOST_AUTO_TEST_CASE(chosen_rows_keep_the_order_asked_for) {
  const auto histories = must(Histories::build(3, Rows{{{0, 1, 1}}, {{1, 1, 1}}, {{2, 1, 1}}}));
  const std::vector<std::size_t> chosen{2, 0};
  const auto part = histories.rows_of(chosen);
  BOOST_TEST(part.customers() == 2U);
  BOOST_TEST(part.row(0).front().item == 2U);
  BOOST_TEST(part.row(1).front().item == 0U);
}

BOOST_AUTO_TEST_CASE(unknown_items_and_odd_quantities_are_refused) {
  BOOST_TEST(refused(Histories::build(2, Rows{{{2, 0, 1}}}), ModelsErrc::unknown_item));
  for (const float quantity : {0.0F, -1.0F, std::numeric_limits<float>::quiet_NaN(),
                               std::numeric_limits<float>::infinity()}) {
    BOOST_TEST(refused(Histories::build(2, Rows{{{1, 0, quantity}}}), ModelsErrc::out_of_range));
  }
}

BOOST_AUTO_TEST_SUITE_END()
