#include <boost/test/unit_test.hpp>

#include "tests/support/federation.hpp"

using namespace guildsum;
using namespace guildsum::test;

BOOST_AUTO_TEST_SUITE(dropout_test)

BOOST_AUTO_TEST_CASE(a_shop_that_dies_after_sharing_is_recovered_and_comes_back) {
  // The others are waited for until this deadline, so it is as short as a busy machine allows.
  Federation federation{{.coordinator = {{"deadlines.masked_input", "20s"}}}};
  ShopProcess& victim = federation.shop(2);
  BOOST_REQUIRE(victim.stop() == 0);
  victim.start({{"drill.hold_after", "share"}});
  federation.await_online();

  const std::uint64_t task = federation.coordinator().start_task("popularity");
  victim.await_log("drill.holding");
  victim.kill();
  BOOST_TEST(text_at(federation.coordinator().finish_task(task), "status") == "completed");

  const auto survivors = federation.check_sum(1);
  BOOST_TEST(survivors.size() == 5U);
  BOOST_TEST(federation.coordinator().opened_sum(1) == federation.counted(survivors),
             boost::test_tools::per_element());
  const auto round = federation.coordinator().get("/v1/rounds/1");
  BOOST_TEST(names_at(round, "recovered") == std::vector<std::string>{victim.name()});

  victim.start();
  federation.await_online();
  federation.run_task("ease");
  BOOST_TEST(federation.check_sum(2).size() == 6U);
  federation.stop();
}

BOOST_AUTO_TEST_SUITE_END()
