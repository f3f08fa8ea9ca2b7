#include "coordinator/cli/watch.hpp"

#include <boost/json.hpp>

#include "application_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

namespace {

boost::json::object round(boost::json::array waiting, int attempt = 0) {
  return {{"round", 3},
          {"attempt", attempt},
          {"phase", "collecting-masked-inputs"},
          {"shops", boost::json::array{1, 2, 3, 4, 5}},
          {"waiting_for", std::move(waiting)},
          {"deadline_in_ms", 40'000}};
}

}  // namespace

BOOST_AUTO_TEST_SUITE(watch_test)

BOOST_AUTO_TEST_CASE(a_round_says_who_is_waited_for_and_until_when) {
  const std::string text = describe_wait(round({"shop-b", "shop-c"}));
  BOOST_TEST(
      text.starts_with("round 3 collecting-masked-inputs, 3 of 5 shops, need shop-b, shop-c"));
  BOOST_TEST(text.find("gives up in 40") != std::string::npos);
  BOOST_TEST(describe_wait(round({}, 1)) == "round 3 (attempt 2) collecting-masked-inputs");
}

BOOST_AUTO_TEST_CASE(documents_with_less_in_them_are_shown_all_the_same) {
  BOOST_TEST(describe_wait({}) == "round - -");
  auto more = round({"a", "b", "c", "d", "e", "f"});
  more["deadline_in_ms"] = nullptr;
  BOOST_TEST(describe_wait(more) ==
             "round 3 collecting-masked-inputs, 0 of 5 shops, need a, b, c, d, e, f");
}

BOOST_AUTO_TEST_CASE(a_failed_task_ends_with_the_code_of_why_it_failed) {
  BOOST_TEST((exit_code_of_failure("refused") == cli::ExitCode::privacy_refused));
  BOOST_TEST((exit_code_of_failure("timed-out") == cli::ExitCode::timed_out));
  BOOST_TEST((exit_code_of_failure("other") == cli::ExitCode::failed));
  BOOST_TEST((exit_code_of_failure("of a later version") == cli::ExitCode::failed));
}

BOOST_AUTO_TEST_CASE(a_task_that_never_was_is_not_found) {
  ApplicationSetup setup;
  setup.serve();
  const auto none = setup.here({"round", "watch"});
  BOOST_TEST((none.code != cli::ExitCode::ok));
  BOOST_TEST(none.err.find("no task was started yet") != std::string::npos);
  BOOST_TEST((setup.here({"round", "watch", "--task", "4"}).code != cli::ExitCode::ok));
  BOOST_TEST((setup.here({"round", "watch", "--task", "x"}).code == cli::ExitCode::usage));
}

BOOST_AUTO_TEST_SUITE_END()
