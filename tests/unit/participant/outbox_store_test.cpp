#include "participant/store/outbox_store.hpp"

#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

struct Setup : testing::StoreSetup {
  OutboxStore outbox{*store};

  /// The entry's id.
  std::int64_t sent(std::uint64_t round, std::string type, std::uint64_t bytes) {
    const auto id =
        outbox.record({protocol::RoundId{round}, protocol::Attempt{2}, std::move(type), bytes,
                       "https://coordinator", testing::sample<crypto::Digest>(bytes)});
    GS_REQUIRE_DONE(id);
    return *id;
  }
  [[nodiscard]] std::vector<std::int64_t> ids(const OutboxFilter& filter, std::size_t limit = 100) {
    std::vector<std::int64_t> out;
    for (const auto& entry : outbox.entries(filter, limit).value()) out.push_back(entry.id);
    return out;
  }
};

OutboxFilter of_round(std::uint64_t round) { return {.round = protocol::RoundId{round}}; }
OutboxFilter of_type(std::string type) { return {.type = std::move(type)}; }

}  // namespace

BOOST_AUTO_TEST_SUITE(outbox_store_test)

BOOST_AUTO_TEST_CASE(an_entry_is_found_as_it_was_recorded) {
  Setup setup;
  const auto id = setup.sent(7, "check_in", 300);
  const auto entry = setup.outbox.find(id).value().value();
  BOOST_TEST(entry.id == id);
  BOOST_TEST(entry.sent_ms == setup.clock.wall_now().time_since_epoch().count());
  BOOST_TEST(entry.message.round.value() == 7U);
  BOOST_TEST(entry.message.attempt.value() == 2U);
  BOOST_TEST(entry.message.type == "check_in");
  BOOST_TEST(entry.message.bytes == 300U);
  BOOST_TEST(entry.message.destination == "https://coordinator");
  BOOST_TEST((entry.message.sha256 == testing::sample<crypto::Digest>(300)));
  BOOST_TEST(!setup.outbox.find(id + 1).value().has_value());
}

BOOST_AUTO_TEST_CASE(entries_come_newest_first_by_round_type_and_number) {
  Setup setup;
  const auto first = setup.sent(1, "check_in", 10);
  const auto second = setup.sent(1, "vote", 20);
  const auto third = setup.sent(2, "check_in", 30);
  const auto all = setup.ids({});
  BOOST_TEST((all == std::vector{third, second, first}));
  BOOST_TEST((setup.ids(of_round(1)) == std::vector{second, first}));
  BOOST_TEST((setup.ids(of_type("check_in")) == std::vector{third, first}));
  BOOST_TEST((setup.ids({.round = protocol::RoundId{2}, .type = "vote"}).empty()));
  BOOST_TEST((setup.ids({}, 1) == std::vector{third}));
}

BOOST_AUTO_TEST_CASE(totals_are_over_all_that_the_filter_means) {
  Setup setup;
  BOOST_TEST(setup.outbox.total({}).value().entries == 0U);
  setup.sent(1, "check_in", 10);
  setup.sent(1, "vote", 20);
  setup.sent(2, "check_in", 30);
  BOOST_TEST(setup.outbox.total({}).value().bytes == 60U);
  BOOST_TEST(setup.outbox.total(of_round(1)).value().bytes == 30U);
  BOOST_TEST(setup.outbox.total(of_type("check_in")).value().entries == 2U);
  BOOST_TEST(setup.outbox.total(of_type("check_in")).value().bytes == 40U);
}

BOOST_AUTO_TEST_CASE(a_damaged_store_is_an_error_and_no_crash) {
  Setup setup;
  GS_REQUIRE_DONE(setup.store->session()->execute("DROP TABLE outbox"));
  BOOST_TEST(setup.outbox.record({}).has_error());
  BOOST_TEST(setup.outbox.entries({}, 1).has_error());
  BOOST_TEST(setup.outbox.total({}).has_error());
  BOOST_TEST(setup.outbox.find(1).has_error());
}

BOOST_AUTO_TEST_SUITE_END()
