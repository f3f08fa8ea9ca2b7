#include "simulations/customer_groups.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::must;

std::vector<models::ItemIndex> first_items(models::ItemIndex count) {
  std::vector<models::ItemIndex> items(count);
  for (models::ItemIndex i = 0; i < count; ++i) items[i] = i;
  return items;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(customer_groups_test)

BOOST_AUTO_TEST_CASE(activity_is_the_number_of_different_items) {
  const std::vector<std::vector<models::ItemIndex>> rows{
      {}, first_items(9), first_items(10), first_items(29), first_items(99), first_items(100)};
  const auto groups = groups_by_activity(
      models::Histories::of(must(models::Interactions::build(120, rows))));
  BOOST_TEST(groups.names.size() == 4U);
  BOOST_TEST((groups.group_of_user == std::vector<std::uint32_t>{0, 0, 1, 1, 2, 3}));
}

BOOST_AUTO_TEST_CASE(a_file_names_the_group_in_its_last_column) {
  const auto groups = must(parse_groups("1\tx\tFrance\r\n0\tGermany\n\n2\tFrance\n", "g.tsv", 3));
  BOOST_TEST(groups.names == (std::vector<std::string>{"France", "Germany"}));
  BOOST_TEST((groups.group_of_user == std::vector<std::uint32_t>{1, 0, 0}));
}

BOOST_AUTO_TEST_CASE(files_that_cannot_be_used_are_explained) {
  const auto why = [](std::string_view text) {
    const auto groups = parse_groups(text, "g.tsv", 2);
    return groups.has_error() ? groups.error().message() : std::string{};
  };
  BOOST_TEST(test::contains(why("0 a\n"), "g.tsv:1: needs a user, a tab and a group"));
  BOOST_TEST(test::contains(why("0\ta\nx\tb\n"), "g.tsv:2: does not begin with a user's index"));
  BOOST_TEST(test::contains(why("0\ta\n2\tb\n"), "g.tsv:2: names a user that is not in the data"));
  BOOST_TEST(test::contains(why("0\ta\n0\tb\n"), "g.tsv:2: names a user a second time"));
  BOOST_TEST(test::contains(why("0\ta\n1\t\n"), "g.tsv:2: has no group"));
  BOOST_TEST(test::contains(why("0\ta\n"), "g.tsv: user 1 has no group"));
  BOOST_TEST(test::contains(why("0\t" + std::string(65, 'a') + "\n"), "more than 64 bytes"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
