#include "simulations/retail_matrices.hpp"

#include "tests/unit/simulations/retail_sample.hpp"

namespace guildsum::simulations {

BOOST_AUTO_TEST_SUITE(retail_matrices_test)

BOOST_FIXTURE_TEST_CASE(what_is_trained_on_is_everything_but_the_test_baskets,
                        test::SampleDirectory) {
  const auto source = test::must(read_retail_source(directory / "sales.csv"));
  BOOST_TEST(source.parts.train.customers() == source.split.users.size());
  BOOST_TEST(source.parts.train.items() == source.split.items.size());
  BOOST_TEST(source.titles.size() == source.split.items.size());
  const auto train = source.split.baskets(Part::train);
  const auto valid = source.split.baskets(Part::valid);
  const auto test = source.split.baskets(Part::test);
  std::size_t later = 0;
  for (std::size_t user = 0; user < train.size(); ++user) {
    auto expected = train[user];
    expected.insert(expected.end(), valid[user].begin(), valid[user].end());
    std::ranges::sort(expected);
    expected.erase(std::unique(expected.begin(), expected.end()), expected.end());
    BOOST_TEST(std::ranges::equal(source.parts.train.row(user), expected));
    BOOST_TEST(std::ranges::equal(source.parts.test.row(user), test[user]));
    later += test[user].empty() ? 0 : 1;
  }
  BOOST_TEST(later > 20U);
}

BOOST_FIXTURE_TEST_CASE(data_without_a_usable_item_is_refused, test::SampleDirectory) {
  test::write(directory / "few.csv",
              std::string{test::kRetailHeader} + test::sale("1", "85123", "17850"));
  BOOST_TEST(test::refused(read_retail_source(directory / "few.csv"), "few.csv"));
  BOOST_TEST(read_retail_source(directory / "none.csv").has_error());
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
