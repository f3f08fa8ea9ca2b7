#include "simulations/shop_assignment.hpp"

#include <set>

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::must;
using test::refused;

RetailSplit users(const std::vector<std::pair<std::string, std::string>>& list) {
  RetailSplit split;
  for (const auto& [customer, country] : list) split.users.push_back({customer, country});
  return split;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shop_assignment_test)

BOOST_AUTO_TEST_CASE(countries_make_eight_shops) {
  // Remainders of the two MD5 values modulo 5, computed with another program.
  const auto shops = shops_by_country(users({{"17850", "United Kingdom"},
                                             {"13047", "United Kingdom"},
                                             {"12583", "France"},
                                             {"12662", "Germany"},
                                             {"12431", "Australia"}}));
  BOOST_TEST(shops.names == (std::vector<std::string>{"uk-1", "uk-2", "uk-3", "uk-4", "uk-5",
                                                      "germany", "france", "elsewhere"}),
             boost::test_tools::per_element());
  BOOST_TEST(shops.shop_of_user == (std::vector<std::uint32_t>{3, 3, 6, 5, 7}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(equal_shops_depend_on_the_user_number_only) {
  const auto shops = shops_equal(users({{"a", "x"}, {"b", "y"}, {"c", "z"}}));
  BOOST_TEST(shops.names.size() == 32U);
  BOOST_TEST(shops.names.back() == "equal-32");
  BOOST_TEST(shops.shop_of_user == (std::vector<std::uint32_t>{27, 13, 28}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(equal_shops_are_about_equal) {
  RetailSplit split;
  split.users.resize(3200);
  std::vector<int> sizes(32, 0);
  for (const auto shop : shops_equal(split).shop_of_user) ++sizes[shop];
  for (const int size : sizes) BOOST_TEST((size > 60 && size < 150));
}

BOOST_AUTO_TEST_CASE(an_assignment_survives_its_file) {
  const ShopAssignment shops{{"shop-1", "shop-2"}, {1, 0, 1}};
  BOOST_TEST(shops.lines() == "0 1\n1 0\n2 1\n");
  const auto again = must(parse_shops(shops.lines(), "shops.txt", 3, "shop"));
  BOOST_TEST(again.names == shops.names, boost::test_tools::per_element());
  BOOST_TEST(again.shop_of_user == shops.shop_of_user, boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(users_come_in_any_order) {
  const auto shops = must(parse_shops("2 0\n\n0 1\n1 0\n", "shops.txt", 3, "s"));
  BOOST_TEST(shops.shop_of_user == (std::vector<std::uint32_t>{1, 0, 0}),
             boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(problems_name_file_and_line) {
  const auto parse = [](std::string_view text) { return parse_shops(text, "shops.txt", 2, "s"); };
  BOOST_TEST(refused(parse("0 0\n1\n"), "shops.txt:2: needs a user and a shop"));
  BOOST_TEST(refused(parse("0 0 1\n"), "shops.txt:1: needs a user and a shop"));
  BOOST_TEST(refused(parse("2 0\n"), "shops.txt:1: user 2 is not in the data"));
  BOOST_TEST(refused(parse("0 0\n0 1\n"), "shops.txt:2: user 0 has a shop already"));
  BOOST_TEST(refused(parse("0 100000\n"), "shop 100000 is too high"));
  BOOST_TEST(refused(parse("0 x\n"), "shops.txt:1: 'x' is no index"));
  BOOST_TEST(refused(parse("0 -1\n"), "'-1' is no index"));
  BOOST_TEST(refused(parse("0 0\n"), "shops.txt: user 1 has no shop"));
  BOOST_TEST(refused(parse("0 0\n1 2\n"), "shops.txt: shop 1 has no user"));
  BOOST_TEST(refused(parse(""), "user 0 has no shop"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
