#include "coordinator/cli/admin_client.hpp"

#include "application_setup.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;
using namespace std::chrono_literals;

BOOST_AUTO_TEST_SUITE(admin_client_test)

BOOST_AUTO_TEST_CASE(it_finds_the_running_coordinator_by_its_directory) {
  ApplicationSetup setup;
  setup.serve();
  auto client = AdminClient::open(setup.root()).value();
  BOOST_TEST(client.get("/v1/shops").value().at("shops").as_array().empty());
  const auto answer = client.post("/v1/shops/invitations", {{"name", "corner"}}).value();
  BOOST_TEST(answer.contains("token"));
}

BOOST_AUTO_TEST_CASE(a_coordinator_that_does_not_run_is_unreachable_and_how_to_start_it_is_said) {
  ApplicationSetup setup;
  const auto refused = AdminClient::open(setup.root());
  GS_CHECK_FAILS(BaseErrc::unreachable, refused);
  BOOST_TEST(refused.error().detail().find("serve") != std::string::npos);
  // A file that a killed coordinator left behind.
  setup.serve();
  const std::string endpoints = read_text_file(setup.files().endpoints(), 4096).value();
  setup.stop();
  GS_REQUIRE_DONE(write_file_atomically(setup.files().endpoints(), as_bytes(endpoints)));
  auto client = AdminClient::open(setup.root()).value();
  GS_CHECK_FAILS(BaseErrc::unreachable, client.get("/v1/shops"));
}

BOOST_AUTO_TEST_CASE(damaged_files_are_errors) {
  ApplicationSetup setup;
  setup.serve();
  for (const char* text : {"", "{", "{}", "{\"admin\":7}", "{\"admin\":\"nowhere\"}"}) {
    GS_REQUIRE_DONE(write_file_atomically(setup.files().endpoints(), as_bytes(text)));
    BOOST_TEST(AdminClient::open(setup.root()).has_error(), text);
  }
}

BOOST_AUTO_TEST_CASE(refusals_become_errors_that_lead_to_the_right_exit_code) {
  ApplicationSetup setup;
  setup.serve();
  auto client = AdminClient::open(setup.root()).value();
  GS_CHECK_FAILS(BaseErrc::not_found, client.get("/v1/rounds/7"));
  const auto name = client.post("/v1/shops/invitations", {{"name", "NO"}});
  GS_CHECK_FAILS(BaseErrc::invalid_argument, name);
  BOOST_TEST(name.error().detail().find("\"NO\"") != std::string::npos);
  GS_CHECK_FAILS(BaseErrc::invalid_argument, client.post("/v1/tasks", {{"kind", "magic"}}));
  GS_REQUIRE_DONE(
      write_file_atomically(setup.files().admin_token(), as_bytes(std::string(64, '0') + "\n")));
  auto stranger = AdminClient::open(setup.root()).value();
  GS_CHECK_FAILS(BaseErrc::unauthorised, stranger.get("/v1/shops"));
}

BOOST_AUTO_TEST_CASE(a_server_of_another_federation_is_not_told_the_token) {
  ApplicationSetup setup;
  ApplicationSetup other;
  setup.serve();
  other.serve();
  std::filesystem::copy_file(other.files().endpoints(), setup.files().endpoints(),
                             std::filesystem::copy_options::overwrite_existing);
  auto client = AdminClient::open(setup.root()).value();
  BOOST_TEST(client.get("/v1/shops").has_error());
  BOOST_TEST(other.log.count("request.refused") == 0U);  // It got no request at all.
}

BOOST_AUTO_TEST_CASE(a_poll_without_news_is_nothing) {
  ApplicationSetup setup;
  setup.serve();
  auto client = AdminClient::open(setup.root()).value();
  GS_CHECK_FAILS(BaseErrc::not_found, client.poll("/v1/tasks/1", 0ms));
  BOOST_TEST(client.poll("/v1/shops", 0ms).value().has_value());
}

BOOST_AUTO_TEST_CASE(a_download_that_fails_leaves_no_file_under_the_name) {
  ApplicationSetup setup;
  setup.serve();
  auto client = AdminClient::open(setup.root()).value();
  GS_CHECK_FAILS(BaseErrc::not_found, client.download("/v1/models/1/blob", setup.dir / "model"));
  BOOST_TEST(!std::filesystem::exists(setup.dir / "model"));
  BOOST_TEST(client.download("/v1/models/1/blob", setup.dir / "missing" / "model").has_error());
}

BOOST_AUTO_TEST_SUITE_END()
