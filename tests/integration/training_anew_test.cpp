#include <boost/test/unit_test.hpp>

#include "base/json.hpp"
#include "tests/support/federation.hpp"

// A second training over the same data waits for the owners (docs/decisions/0009-lineages.md).
using namespace guildsum;
using namespace guildsum::test;

namespace {

std::string outcome(Federation& federation) {
  const auto task = federation.coordinator().start_task("popularity");
  return text_at(federation.coordinator().finish_task(task), "status");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(training_anew_test)

BOOST_AUTO_TEST_CASE(without_the_owners_approval_no_second_sum_opens_and_with_it_one_does) {
  Federation federation;
  federation.run_task("popularity");

  // The operator learns at once what was refused and what the owners may do.
  const auto watched =
      federation.coordinator().run({"round", "start", "--task", "popularity", "--wait"});
  BOOST_TEST(watched.exit_code == 7);
  BOOST_TEST(watched.err.find("after 1 attempt:") != std::string::npos, watched.err);
  BOOST_TEST(watched.err.find("refused with new-lineage") != std::string::npos, watched.err);
  BOOST_TEST(watched.err.find("guildsum-participant approve popularity") != std::string::npos);
  BOOST_TEST(watched.err.find("waited for") == std::string::npos, watched.err);

  BOOST_TEST(outcome(federation) == "failed");
  for (std::size_t i = 0; i < federation.shops(); ++i) {
    ShopProcess& shop = federation.shop(i);
    shop.await_log("new-lineage");
    BOOST_TEST(shop.run({"status"}).out.find("guildsum-participant approve popularity") !=
               std::string::npos);
    BOOST_TEST(shop.run({"approve", "everything"}).exit_code != 0);
    BOOST_TEST(shop.run({"approve", "popularity"}).exit_code == 0);
  }

  BOOST_TEST(outcome(federation) == "completed");
  const auto tasks = federation.coordinator().get("/v1/tasks").at("tasks").as_array();
  BOOST_TEST_REQUIRE(tasks.size() == 4U);
  BOOST_TEST(text_at(tasks[0].as_object(), "lineage") != text_at(tasks[3].as_object(), "lineage"));

  BOOST_TEST(outcome(federation) == "failed");  // one approval, one training
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
