#include "participant/consent/consent_json.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/json.hpp"
#include "tests/unit/participant/store_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

constexpr Clock::Wall kNow{std::chrono::days{20'000}};

bool refused(const std::string& body, std::string_view part) {
  const auto result = parse_decisions(body, kNow);
  return result.has_error() && result.error().message().find(part) != std::string::npos;
}

std::string one(const std::string& members) { return R"({"decisions": [{)" + members + "}]}"; }

}  // namespace

BOOST_AUTO_TEST_SUITE(consent_json_test)

BOOST_AUTO_TEST_CASE(decisions_without_a_time_are_of_now) {
  const auto decisions = parse_decisions(
                             R"({"decisions": [
      {"purpose": "training", "state": "withdrawn"},
      {"purpose": "personalization_storage", "state": "granted", "notice_version": "2026-05",
       "method": "banner", "decided_at": "2024-01-02T03:04:05Z"}]})",
                             kNow)
                             .value();
  BOOST_REQUIRE(decisions.size() == 2U);
  BOOST_TEST((decisions[0] ==
              Decision{Purpose::training, ConsentState::withdrawn, kNow, {}, {}}));
  BOOST_TEST((decisions[1].purpose == Purpose::recommendations));
  BOOST_TEST((decisions[1].state == ConsentState::given));
  BOOST_TEST(decisions[1].notice_version == "2026-05");
  BOOST_TEST(decisions[1].method == "banner");
  BOOST_TEST((decisions[1].decided_at < kNow));
}

BOOST_AUTO_TEST_CASE(what_is_no_decision_is_refused_by_name) {
  BOOST_TEST(refused("", ""));
  BOOST_TEST(refused("[]", ""));
  BOOST_TEST(refused(R"({"decisions": []})", "1 to 20"));
  BOOST_TEST(refused(R"({"decisions": [], "more": 1})", "one member"));
  BOOST_TEST(refused(R"({"decisions": [7]})", "decisions[0]: it must be an object"));
  const std::string no = R"("purpose": "training", "state": "withdrawn")";
  BOOST_TEST(refused(one(no + R"(, "why": "x")"), "there is no member why"));
  BOOST_TEST(refused(one(no + R"(, "state": "given")"), ""));  // A key twice.
  BOOST_TEST(refused(one(R"("purpose": "training")"), "state"));
  BOOST_TEST(refused(one(R"("purpose": "ads", "state": "given")"), "purpose must be training"));
  BOOST_TEST(refused(one(R"("purpose": "training", "state": 1)"), "state"));
  BOOST_TEST(refused(one(R"("purpose": "training", "state": "yes")"), "state must be given"));
  BOOST_TEST(refused(one(R"("purpose": "training", "state": "given")"), "notice_version"));
  BOOST_TEST(refused(one(no + R"(, "decided_at": "soon")"), "decided_at"));
  BOOST_TEST(refused(one(no + R"(, "method": ")" + std::string(201, 'x') + "\""), "method"));
  std::string many = R"({"decisions": [)";
  for (int k = 0; k < 21; ++k) many += (k > 0 ? ",{" : "{") + no + "}";
  BOOST_TEST(refused(many + "]}", "1 to 20"));
}

BOOST_AUTO_TEST_CASE(the_document_tells_what_is_in_force_and_what_led_to_it) {
  testing::StoreSetup setup;
  ConsentLedger ledger{*setup.store, setup.pseudonyms};
  const auto decisions =
      parse_decisions(one(R"("purpose": "training", "state": "given", "notice_version": "v1")"),
                      setup.clock.wall_now())
          .value();
  BOOST_TEST(ledger.append(std::vector<CustomerDecision>{{"ann", decisions[0]}}).value() == 1U);
  const auto known = consent_document(ledger, "ann").value();
  BOOST_TEST(known.at("training").as_bool());
  BOOST_TEST(!known.at("recommendations").as_bool());
  BOOST_REQUIRE(known.at("decisions").as_array().size() == 1U);
  const auto& decision = known.at("decisions").as_array()[0].as_object();
  BOOST_TEST(decision.at("notice_version").as_string() == "v1");
  BOOST_TEST(decision.at("state").as_string() == "given");
  BOOST_TEST(consent_document(ledger, "bob").value().at("decisions").as_array().empty());
}

BOOST_AUTO_TEST_SUITE_END()
