// `model list`, `model show` and `model export`.
#include "application_setup.hpp"
#include "base/file.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "ledger_setup.hpp"

using namespace guildsum;
using namespace guildsum::coordinator;
using testing::ApplicationSetup;

namespace {

/// A coordinator that has released one model of 1.5 MiB.
struct Setup : ApplicationSetup {
  Bytes content = testing::sample_bytes(1, (3U << 20) / 2);

  Setup() {
    {
      const auto ledger = open_sqlite_ledger(files().ledger(), clock).value();
      const auto blobs = open_directory_blobs(files().blobs()).value();
      ModelRow model = testing::sample_model(1);
      model.checkpoint = blobs->put(content).value();
      GS_REQUIRE_DONE(ledger->change([&](LedgerWriter& rows) { return rows.add_model(model); }));
    }
    serve();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(models_test)

BOOST_AUTO_TEST_CASE(released_models_are_listed_and_shown) {
  const Setup setup;
  const auto list = setup.here({"model", "list"});
  BOOST_TEST((list.code == cli::ExitCode::ok), list.err);
  BOOST_TEST(list.out.find("ease") != std::string::npos);
  const auto row = boost::json::parse(setup.here({"model", "list", "--format", "jsonl"}).out);
  BOOST_TEST(row.as_object().at("survivor_count").to_number<int>() == 11);
  const auto show = setup.here({"model", "show", "1"});
  BOOST_TEST((show.code == cli::ExitCode::ok), show.err);
  BOOST_TEST(show.out.find("task 7, round 9, 11 shops") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(an_export_is_the_whole_checkpoint) {
  const Setup setup;
  const std::string file = (setup.dir / "out.model").string();
  const auto run = setup.here({"model", "export", "1", "--output", file});
  BOOST_TEST((run.code == cli::ExitCode::ok), run.err);
  BOOST_TEST((read_file(file, 1 << 24).value() == setup.content));
  BOOST_TEST(!std::filesystem::exists(file + ".partial"));
}

BOOST_AUTO_TEST_CASE(models_that_never_were_are_not_found) {
  const Setup setup;
  BOOST_TEST((setup.here({"model", "show", "2"}).code != cli::ExitCode::ok));
  BOOST_TEST((setup.here({"model", "show", "x"}).code == cli::ExitCode::usage));
  BOOST_TEST((setup.here({"model", "export", "1"}).code == cli::ExitCode::usage));
  const std::string nowhere = (setup.dir / "none" / "file").string();
  BOOST_TEST((setup.here({"model", "export", "1", "--output", nowhere}).code != cli::ExitCode::ok));
}

BOOST_AUTO_TEST_SUITE_END()
