// `serve` and `check-config`.
#include <csignal>
#include <thread>

#include "application_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

BOOST_AUTO_TEST_SUITE(serve_test)

BOOST_AUTO_TEST_CASE(it_serves_until_it_is_told_to_stop) {
  ApplicationSetup setup;
  const std::string log = (setup.dir / "log").string();
  ApplicationSetup::Run run;
  std::thread server{[&] { run = setup.here({"serve", "--set", "log.file=" + log}); }};
  // Serving is what makes the client's call succeed; it is tried until then.
  bool answered = false;
  for (int tries = 0; tries < 3000 && !answered; ++tries) {
    answered = setup.here({"shop", "list"}).code == cli::ExitCode::ok;
    if (!answered) std::this_thread::sleep_for(std::chrono::milliseconds{20});
  }
  if (answered) std::raise(SIGTERM);
  if (!answered) server.detach();
  BOOST_REQUIRE(answered);
  server.join();
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST(!std::filesystem::exists(setup.files().endpoints()));
  BOOST_TEST(read_text_file(log, 1 << 20).value().find("stopped") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_bad_configuration_is_not_served) {
  ApplicationSetup setup;
  const auto run = setup.here({"serve", "--set", "server.listen=nowhere"});
  BOOST_TEST((run.code == cli::ExitCode::bad_config));
  BOOST_TEST(run.err.find("server.listen") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_directory_that_is_served_already_is_refused) {
  ApplicationSetup setup;
  setup.serve();
  const auto run = setup.here({"serve"});
  BOOST_TEST((run.code != cli::ExitCode::ok));
  BOOST_TEST(!run.err.empty());
}

BOOST_AUTO_TEST_CASE(every_value_is_shown_with_its_origin) {
  ApplicationSetup setup;
  const auto table = setup.here({"check-config", "--effective", "--set", "rounds.attempts_max=7"});
  BOOST_TEST((table.code == cli::ExitCode::ok), table.err);
  BOOST_TEST(table.out.find("rounds.attempts_max") != std::string::npos);
  BOOST_TEST(table.out.find("federation.name") != std::string::npos);
  const auto json = setup.here({"check-config", "--effective", "--format", "json"});
  const auto values = boost::json::parse(json.out).as_object().at("values").as_array();
  BOOST_TEST(values.size() > 15U);
}

BOOST_AUTO_TEST_SUITE_END()
