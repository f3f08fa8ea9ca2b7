#include "simulations/federation_run.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "tests/unit/simulations/run_directory.hpp"

namespace guildsum::simulations {
namespace {

constexpr unsigned kAll[] = {1, 2, 3};
constexpr unsigned kTwo[] = {1, 3};

/// Three shops; in round 4 the second one dropped after key sharing.
struct Drill : test::RunDirectory {
  Drill() {
    add_shop(1, "ann");
    add_shop(2, "bob");
    add_shop(3, "cyd");
    add_sum(4, {11, -2, 0}, kAll, kTwo);
    keep_plain("ann", 4, {1, -2, 3});
    keep_plain("cyd", 4, {10, 0, -3});
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(federation_run_test)

BOOST_AUTO_TEST_CASE(shops_come_with_the_quality_that_their_agents_measured) {
  const Drill drill;
  const auto run = read_run(drill.path());
  BOOST_REQUIRE_MESSAGE(run.has_value(), (run.has_error() ? run.error().message() : std::string{}));
  BOOST_REQUIRE(run->shops.size() == 3U);
  BOOST_TEST(run->shops[1].name == "bob");
  BOOST_TEST(run->shops[1].popularity.ndcg_at_20 == 0.2, boost::test_tools::tolerance(1e-12));
  BOOST_TEST(run->shops[1].ials.ndcg_at_20 == 0.5, boost::test_tools::tolerance(1e-12));
}

BOOST_AUTO_TEST_CASE(survivors_and_recovered_shops_are_told_apart) {
  const Drill drill;
  const auto run = read_run(drill.path());
  BOOST_REQUIRE(run.has_value());
  BOOST_REQUIRE(run->sums.size() == 1U);
  BOOST_TEST(run->sums[0].survivors == (std::vector<std::string>{"ann", "cyd"}));
  BOOST_TEST(run->sums[0].recovered == (std::vector<std::string>{"bob"}));
}

BOOST_AUTO_TEST_CASE(the_opened_sum_equals_the_plain_vectors_of_the_survivors) {
  const Drill drill;
  const auto run = read_run(drill.path());
  BOOST_REQUIRE(run.has_value());
  const auto compared = compare_with_plain(*run, run->sums[0]);
  BOOST_REQUIRE(compared.has_value());
  BOOST_TEST(compared->equal);
  BOOST_TEST(compared->values == 3U);
}

BOOST_AUTO_TEST_CASE(one_wrong_value_is_noticed) {
  Drill drill;
  drill.keep_plain("cyd", 4, {10, 0, -2});
  const auto run = read_run(drill.path());
  BOOST_REQUIRE(run.has_value());
  const auto compared = compare_with_plain(*run, run->sums[0]);
  BOOST_REQUIRE(compared.has_value());
  BOOST_TEST(!compared->equal);
}

BOOST_AUTO_TEST_CASE(a_plain_vector_that_was_not_kept_is_named) {
  Drill drill;
  drill.add_sum(5, {1, 1, 1}, kAll, kAll);
  const auto run = read_run(drill.path());
  BOOST_REQUIRE(run.has_value());
  const auto compared = compare_with_plain(*run, run->sums.back());
  BOOST_REQUIRE(compared.has_error());
  BOOST_TEST(compared.error().detail().find("5.0.plain") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_shop_that_has_not_evaluated_yet_is_waited_for) {
  Drill drill;
  drill.add_shop(4, "dan", false);
  BOOST_REQUIRE(write_file_atomically(drill.agent("dan") / "store.sqlite", {}).has_value());
  const auto run = read_run(drill.path());
  BOOST_REQUIRE(run.has_error());
  BOOST_TEST((run.error() == BaseErrc::not_found));
  BOOST_TEST(run.error().detail().find("dan has not evaluated") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_without_a_coordinator_is_refused) {
  const guildsum::test::TempDir empty;
  const auto run = read_run(empty.path());
  BOOST_REQUIRE(run.has_error());
  BOOST_TEST((run.error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
