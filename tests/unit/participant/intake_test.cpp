#include "participant/source/intake.hpp"

#include <boost/json.hpp>

#include "base/file.hpp"
#include "participant/errors.hpp"
#include "store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using testing::vocabulary;

namespace {

struct Setup : testing::StoreSetup {
  Config config;

  Setup() {
    SourceConfig till;
    till.name = "till";
    till.path = dir / "till.csv";
    config.sources.push_back(till);
    write("till.csv",
          "customer,item,date\nann,tea,2011-01-01\nann,cup,2011-01-02\nbob,gold,2011-01-01\n"
          "bob,tea,someday\n");
  }
  void write(const std::string& name, std::string_view text) const {
    GS_REQUIRE_DONE(write_file_atomically(dir / name, as_bytes(text)));
  }
  [[nodiscard]] Result<IntakeReport> take() { return take_in(config, vocabulary(), purchases); }
  [[nodiscard]] ShopData load() {
    everybody_consents();
    return purchases.load(vocabulary()).value();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(intake_test)

BOOST_AUTO_TEST_CASE(listed_items_are_kept_and_every_other_row_is_named) {
  Setup setup;
  const auto report = setup.take().value();
  BOOST_TEST(report.added == 2U);
  BOOST_TEST(report.sources.at(0).rows == 4U);
  BOOST_TEST(report.sources.at(0).accepted == 2U);
  BOOST_TEST(report.rejects.of(RejectReason::not_in_catalogue).rows == 1U);
  BOOST_TEST(report.rejects.of(RejectReason::bad_time).rows == 1U);
  BOOST_TEST(setup.load().bought.pairs() == 2U);
  const auto summary = boost::json::parse(setup.purchases.sources().value().at("till")).as_object();
  BOOST_TEST(summary.at("rows").to_number<int>() == 4);
}

BOOST_AUTO_TEST_CASE(reading_again_adds_only_what_is_new) {
  Setup setup;
  GS_REQUIRE_DONE(setup.take());
  BOOST_TEST(setup.take().value().added == 0U);
  setup.write("till.csv", "customer,item,date\nann,tea,2011-01-01\ncarl,pot,2011-02-01\n");
  BOOST_TEST(setup.take().value().added == 1U);
  BOOST_TEST(setup.load().bought.pairs() == 3U);
}

BOOST_AUTO_TEST_CASE(the_hold_out_is_read_with_the_first_sources_mapping_and_replaced) {
  Setup setup;
  setup.config.holdout = setup.dir / "later.csv";
  setup.write("later.csv", "customer,item,date\nann,pot,2012-01-01\nann,gold,2012-01-01\n");
  const auto report = setup.take().value();
  BOOST_TEST(report.holdout->accepted == 1U);
  BOOST_TEST(report.holdout_rejects.of(RejectReason::not_in_catalogue).rows == 1U);
  BOOST_TEST(report.rejects.of(RejectReason::not_in_catalogue).rows == 1U);
  BOOST_TEST(setup.load().held_out.pairs() == 1U);
  setup.config.holdout.reset();
  GS_REQUIRE_DONE(setup.take());
  BOOST_TEST(setup.load().held_out.pairs() == 0U);
}

BOOST_AUTO_TEST_CASE(a_source_that_cannot_be_read_is_an_error_by_name) {
  Setup setup;
  setup.config.sources[0].path = setup.dir / "nowhere.csv";
  const auto refused = setup.take();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, refused);
  BOOST_TEST(refused.error().detail().find("\"till\"") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(checking_keeps_nothing_and_shows_the_first_rows) {
  Setup setup;
  const auto words = vocabulary();
  const auto report = check_sources(setup.config, &words, 1).value();
  BOOST_REQUIRE(report.first.size() == 1U);
  BOOST_TEST(report.first[0].event.customer == "ann");
  BOOST_TEST(report.first[0].place.line == 2U);
  BOOST_TEST(report.intake.rejects.total() == 2U);
  BOOST_TEST(setup.purchases.load(words).value().bought.pairs() == 0U);
  // Before the shop has joined there is no list to compare with.
  const auto unlisted = check_sources(setup.config, nullptr, 9).value();
  BOOST_TEST(unlisted.first.size() == 3U);
  BOOST_TEST(unlisted.intake.rejects.of(RejectReason::not_in_catalogue).rows == 0U);
}

BOOST_AUTO_TEST_CASE(without_a_source_there_is_nothing_to_check) {
  Setup setup;
  setup.config.sources.clear();
  GS_CHECK_FAILS(ParticipantErrc::source_unreadable, check_sources(setup.config, nullptr, 1));
  BOOST_TEST(setup.take().value().added == 0U);
}

BOOST_AUTO_TEST_CASE(reasons_are_reported_with_their_places) {
  Setup setup;
  const auto document = to_json(setup.take().value().rejects);
  const auto& time = document.at("bad_time").as_object();
  BOOST_TEST(time.at("rows").to_number<int>() == 1);
  BOOST_TEST(std::string{time.at("examples").as_array().at(0).as_string()}.ends_with("till.csv:5"));
  BOOST_TEST(!document.contains("no_item"));
}

BOOST_AUTO_TEST_SUITE_END()
