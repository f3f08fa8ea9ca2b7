#include "models/gram.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::purchases;
using models::test::random_rows;
using models::test::refused;
using models::test::Rows;

namespace {

using Upper = std::vector<std::uint32_t>;

}  // namespace

BOOST_AUTO_TEST_SUITE(gram_test)

BOOST_AUTO_TEST_CASE(pairs_are_counted_per_customer) {
  const auto gram = gram_of(purchases(3, {{0, 1}, {0, 1, 2}, {2}, {}}));
  //                          00 01 02 11 12 22
  BOOST_TEST(gram.upper == (Upper{2, 2, 1, 2, 1, 2}));
  BOOST_TEST(gram.at(2, 0) == gram.at(0, 2));
}

BOOST_AUTO_TEST_CASE(nobody_gives_zeros) {
  BOOST_TEST(gram_of(purchases(2, {})).upper == (Upper{0, 0, 0}));
  BOOST_TEST(gram_of(purchases(1, {{0}})).upper == (Upper{1}));
  BOOST_TEST(gram_of(Interactions{}).upper.empty());
}

BOOST_AUTO_TEST_CASE(it_equals_the_product_of_the_dense_matrix) {
  for (const std::uint32_t items : {1U, 2U, 17U, 60U}) {
    const Rows rows = random_rows(90, items, items);
    const auto matrix = purchases(items, rows);
    const auto gram = gram_of(matrix);
    for (std::uint32_t i = 0; i < items; ++i) {
      for (std::uint32_t j = i; j < items; ++j) {
        std::uint32_t common = 0;
        for (const auto& row : rows) {
          common += std::ranges::count(row, i) > 0 && std::ranges::count(row, j) > 0;
        }
        BOOST_TEST_REQUIRE(gram.at(i, j) == common, items << " items, " << i << " " << j);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(the_sum_over_shops_is_the_matrix_of_all_customers) {
  const Rows all = random_rows(200, 50, 8);
  const auto whole = gram_of(purchases(50, all));
  for (const std::size_t shops : {2U, 3U, 8U}) {
    Upper sum(whole.upper.size(), 0);
    for (std::size_t shop = 0; shop < shops; ++shop) {
      Rows own;
      for (std::size_t u = shop; u < all.size(); u += shops) own.push_back(all[u]);
      const auto part = gram_of(purchases(50, own));
      for (std::size_t k = 0; k < sum.size(); ++k) sum[k] += part.upper[k];
    }
    BOOST_TEST((sum == whole.upper));
  }
}

BOOST_AUTO_TEST_CASE(a_deleted_customer_was_never_there) {
  Rows all = random_rows(60, 30, 12);
  auto gram = gram_of(purchases(30, all));
  const Rows gone{all[7], all[31]};
  must(subtract(gram, purchases(30, gone)));
  all.erase(all.begin() + 31);
  all.erase(all.begin() + 7);
  BOOST_TEST((gram.upper == gram_of(purchases(30, all)).upper));
}

BOOST_AUTO_TEST_CASE(customers_who_are_not_in_it_cannot_be_taken_out) {
  auto gram = gram_of(purchases(3, {{0, 1}, {2}}));
  const auto before = gram.upper;
  BOOST_TEST(refused(subtract(gram, purchases(3, {{0}, {1, 2}})), ModelsErrc::out_of_range));
  BOOST_TEST(gram.upper == before);
  BOOST_TEST(refused(subtract(gram, purchases(4, {{0}})), ModelsErrc::wrong_shape));
  BOOST_TEST(gram.upper == before);
}

BOOST_AUTO_TEST_SUITE_END()
