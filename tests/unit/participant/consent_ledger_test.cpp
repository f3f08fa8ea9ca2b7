#include "participant/consent/consent_ledger.hpp"

#include <random>

#include "base/errors.hpp"
#include "participant/consent/consent_file.hpp"
#include "tests/support/child_process.hpp"
#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

CustomerDecision decided(std::string customer, ConsentState state, int day,
                         Purpose purpose = Purpose::training) {
  return {std::move(customer),
          {.purpose = purpose,
           .state = state,
           .decided_at = Clock::Wall{std::chrono::days{20'000 + day}},
           .notice_version = "2026-05",
           .method = "checkbox at checkout"}};
}

struct Setup : testing::StoreSetup {
  std::uint64_t append(const std::vector<CustomerDecision>& decisions) {
    return ledger.append(decisions).value();
  }
  bool permits(std::string_view customer, Purpose purpose = Purpose::training) {
    return ledger.permits(customer, purpose).value();
  }
  ConsentLedger ledger{*store, pseudonyms};
};

}  // namespace

BOOST_FIXTURE_TEST_SUITE(consent_ledger_test, Setup)

BOOST_AUTO_TEST_CASE(unknown_is_not_used) {
  BOOST_TEST(!permits("ann"));
  append({decided("ann", ConsentState::given, 1)});
  BOOST_TEST(permits("ann"));
  BOOST_TEST(!permits("ann", Purpose::recommendations));
  BOOST_TEST(!permits("bob"));
}

BOOST_AUTO_TEST_CASE(the_latest_decision_is_in_force_in_whatever_order_they_arrive) {
  append({decided("ann", ConsentState::withdrawn, 5), decided("ann", ConsentState::given, 2)});
  BOOST_TEST(!permits("ann"));
  append({decided("ann", ConsentState::given, 6)});
  BOOST_TEST(permits("ann"));
  append({decided("ann", ConsentState::restricted, 7)});
  BOOST_TEST(!permits("ann"));
}

BOOST_AUTO_TEST_CASE(of_two_decisions_at_one_time_the_no_is_in_force) {
  append({decided("ann", ConsentState::objected, 3), decided("ann", ConsentState::given, 3)});
  append({decided("bob", ConsentState::given, 3), decided("bob", ConsentState::objected, 3)});
  BOOST_TEST(!permits("ann"));
  BOOST_TEST(!permits("bob"));
}

BOOST_AUTO_TEST_CASE(purposes_are_decided_apart) {
  append({decided("ann", ConsentState::given, 1),
          decided("ann", ConsentState::given, 1, Purpose::recommendations),
          decided("ann", ConsentState::withdrawn, 2)});
  BOOST_TEST(!permits("ann"));
  BOOST_TEST(permits("ann", Purpose::recommendations));
}

BOOST_AUTO_TEST_CASE(the_same_decision_again_adds_nothing) {
  const std::vector<CustomerDecision> file{decided("ann", ConsentState::given, 1),
                                           decided("bob", ConsentState::refused, 1)};
  BOOST_TEST(append(file) == 2U);
  const auto version = ledger.version().value();
  BOOST_TEST(append(file) == 0U);
  BOOST_TEST(ledger.version().value() == version);
  BOOST_TEST(append({decided("ann", ConsentState::withdrawn, 9)}) == 1U);
  BOOST_TEST(ledger.version().value() > version);
}

BOOST_AUTO_TEST_CASE(nothing_is_changed_or_taken_out) {
  append({decided("ann", ConsentState::refused, 1)});
  const auto session = store->session();
  BOOST_TEST(session->execute("UPDATE consent SET state = 1").has_error());
  BOOST_TEST(session->execute("DELETE FROM consent").has_error());
  BOOST_TEST(session->execute("INSERT OR REPLACE INTO consent SELECT id, pseudonym, purpose, 1, "
                              "at_ms, notice_version, method, recorded_ms FROM consent")
                 .has_error());
}

BOOST_AUTO_TEST_CASE(one_bad_decision_keeps_all_of_them_out) {
  auto future = decided("bob", ConsentState::withdrawn, 1);
  future.decision.decided_at = clock.wall_now() + std::chrono::hours{1};
  BOOST_TEST((ledger.append(std::vector{decided("ann", ConsentState::given, 1), future}).error() ==
              BaseErrc::invalid_argument));
  BOOST_TEST(!permits("ann"));
  auto silent = decided("ann", ConsentState::given, 1);
  silent.decision.notice_version.clear();
  BOOST_TEST(ledger.append(std::vector{silent}).error().message().find("decision 1") !=
             std::string::npos);
  silent.decision.state = ConsentState::withdrawn;  // A no needs no notice.
  BOOST_TEST(ledger.append(std::vector{silent}).value() == 1U);
  BOOST_TEST(ledger.append(std::vector{decided("", ConsentState::given, 1)}).has_error());
}

BOOST_AUTO_TEST_CASE(a_clock_a_little_behind_is_no_reason_to_lose_a_withdrawal) {
  auto soon = decided("ann", ConsentState::withdrawn, 1);
  soon.decision.decided_at = clock.wall_now() + std::chrono::minutes{9};
  BOOST_TEST(append({soon}) == 1U);
}

BOOST_AUTO_TEST_CASE(the_history_and_the_counts_tell_what_stands_there) {
  append({decided("ann", ConsentState::given, 1), decided("bob", ConsentState::given, 1),
          decided("ann", ConsentState::withdrawn, 2)});
  const auto history = ledger.history_of("ann").value();
  BOOST_REQUIRE(history.size() == 2U);
  BOOST_TEST((history[0].decision == decided("ann", ConsentState::given, 1).decision));
  BOOST_TEST((history[1].recorded_at == clock.wall_now()));
  BOOST_TEST(ledger.history_of("carl").value().empty());
  const auto counts = ledger.counts().value();
  BOOST_TEST(counts.of(Purpose::training, ConsentState::given) == 1U);
  BOOST_TEST(counts.of(Purpose::training, ConsentState::withdrawn) == 1U);
  BOOST_TEST(counts.of(Purpose::recommendations, ConsentState::given) == 0U);
}

BOOST_AUTO_TEST_CASE(a_file_read_without_a_ledger_permits_the_same_customers) {
  std::mt19937 random{17};
  const auto draw = [&random](std::size_t below) { return random() % below; };
  for (int round = 0; round < 20; ++round) {
    std::vector<CustomerDecision> decisions;
    for (int k = 0; k < 40; ++k) {
      const auto state = static_cast<ConsentState>(1 + draw(kConsentStates));
      const auto purpose = static_cast<Purpose>(1 + draw(kPurposes));
      const auto customer = std::to_string(round) + "-" + std::to_string(draw(6));
      decisions.push_back(decided(customer, state, static_cast<int>(draw(4)), purpose));
    }
    append(decisions);
    for (const auto purpose : {Purpose::training, Purpose::recommendations}) {
      const auto permitting = permitting_customers(decisions, purpose);
      for (const auto& [customer, decision] : decisions) {
        BOOST_TEST(permitting.contains(customer) == permits(customer, purpose), customer);
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(it_survives_a_restart_and_names_nobody) {
  append({decided("ann@example.org", ConsentState::given, 1)});
  store.reset();
  store = Store::open(path(), clock).value();
  ConsentLedger again{*store, pseudonyms};
  BOOST_TEST(again.permits("ann@example.org", Purpose::training).value());
  store.reset();
  BOOST_TEST(test::text_of(path()).find("ann@example.org") == std::string::npos);
}

BOOST_AUTO_TEST_SUITE_END()
