#include "coordinator/application.hpp"

#include "application_setup.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "coordinator/store/sqlite_ledger.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

namespace fs = std::filesystem;

namespace {

Result<std::unique_ptr<Application>> start(ApplicationSetup& setup, Config config) {
  return Application::start(std::move(config), setup.clock, setup.random, setup.log);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(application_test)

BOOST_AUTO_TEST_CASE(it_listens_says_where_and_stops_without_a_trace) {
  ApplicationSetup setup;
  setup.serve();
  const auto endpoints =
      json::parse_object(read_text_file(setup.files().endpoints(), 4096).value()).value();
  BOOST_TEST(json::text(endpoints, "shops").value() == setup.application->shops_url());
  BOOST_TEST(json::text(endpoints, "admin").value() == setup.application->admin_url());
  for (const std::string& url : {setup.application->shops_url(), setup.application->admin_url()}) {
    auto client = setup.client(url);
    BOOST_TEST(client.send({net::Method::get, "/healthz"}).value().status == 200);
  }
  setup.application->maintain();
  setup.stop();
  BOOST_TEST(!fs::exists(setup.files().endpoints()));
  setup.serve();  // The lock and the ports are free again.
}

BOOST_AUTO_TEST_CASE(a_directory_is_served_once) {
  ApplicationSetup setup;
  setup.serve();
  GS_CHECK_FAILS(BaseErrc::busy, start(setup, setup.config()));
  auto client = setup.client(setup.application->admin_url());
  BOOST_TEST(client.send({net::Method::get, "/healthz"}).value().status == 200);
}

BOOST_AUTO_TEST_CASE(a_directory_without_keys_is_refused) {
  ApplicationSetup setup;
  fs::remove(setup.files().registrar_key());
  GS_CHECK_FAILS(BaseErrc::not_found, start(setup, setup.config()));
  BOOST_TEST(!fs::exists(setup.files().endpoints()));
}

BOOST_AUTO_TEST_CASE(a_ledger_of_another_federation_is_refused) {
  ApplicationSetup setup;
  setup.serve();
  setup.stop();
  for (const fs::path& path :
       {setup.files().authority_key(), setup.files().authority_certificate()}) {
    fs::remove(path);
  }
  GS_REQUIRE_DONE(
      create_missing_keys(setup.files(), "other", setup.clock.wall_now(), setup.random));
  GS_CHECK_FAILS(BaseErrc::corrupt, start(setup, setup.config()));
}

BOOST_AUTO_TEST_CASE(a_damaged_ledger_is_refused) {
  ApplicationSetup setup;
  std::ofstream{setup.files().ledger()} << std::string(5000, 'x');
  GS_CHECK_FAILS(BaseErrc::corrupt, start(setup, setup.config()));
}

BOOST_AUTO_TEST_CASE(an_item_list_that_is_missing_or_none_is_refused) {
  ApplicationSetup setup;
  Config config = setup.config();
  config.catalogue = setup.dir / "nowhere.csv";
  GS_CHECK_FAILS(BaseErrc::not_found, start(setup, config));
  std::ofstream{setup.dir / "bad.csv"} << "what,is,this\n1,2,3\n";
  config.catalogue = setup.dir / "bad.csv";
  BOOST_TEST(start(setup, config).has_error());
  config.catalogue.clear();  // There may be none yet.
  GS_REQUIRE_DONE(start(setup, config));
}

BOOST_AUTO_TEST_CASE(an_address_that_is_taken_or_none_is_refused) {
  ApplicationSetup setup;
  setup.serve();
  ApplicationSetup other;
  Config config = other.config();
  config.admin = ListenAddress::parse(setup.application->admin_url().substr(8)).value();
  BOOST_TEST(start(other, config).has_error());
  config.admin.address = "no address";
  BOOST_TEST(start(other, config).has_error());
  BOOST_TEST(!fs::exists(other.files().endpoints()));
}

BOOST_AUTO_TEST_SUITE_END()
