#include "coordinator/vocabulary/key_service.hpp"

#include <functional>
#include <map>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "protocol/errors.hpp"
#include "tests/support/agreement_room.hpp"
#include "tests/unit/coordinator/federation_setup.hpp"

namespace guildsum::coordinator {
namespace {

using participant::testing::AgreementRoom;
using protocol::Epoch;
using protocol::ProtocolErrc;
using testing::Applicant;

/// Runs what is due when it is told to.
class StepScheduler final : public Scheduler {
 public:
  explicit StepScheduler(ManualClock& clock) : clock_{clock} {}
  void post(std::function<void()> work) override { after({}, std::move(work)); }
  void after(std::chrono::milliseconds delay, std::function<void()> work) override {
    queue_.emplace(clock_.steady_now() + delay, std::move(work));
  }
  /// Lets time pass until the next piece and runs it. False if there is none.
  bool run_next() {
    if (queue_.empty()) return false;
    const auto first = queue_.begin();
    const auto wait =
        std::chrono::ceil<std::chrono::milliseconds>(first->first - clock_.steady_now());
    if (wait.count() > 0) clock_.advance(wait);
    const auto work = std::move(first->second);
    queue_.erase(first);
    work();
    return true;
  }
  void clear() { queue_.clear(); }

 private:
  ManualClock& clock_;
  std::multimap<Clock::Steady, std::function<void()>> queue_;
};

/// Three shops that really joined, and the service among them.
struct Setup : testing::FederationSetup {
  Setup() {
    policy.cohort_min = 3;
    for (std::uint64_t i = 0; i < 3; ++i) {
      shops.push_back(std::make_unique<Applicant>(100 + i));
      join(*shops.back(), "shop-" + std::to_string(i));
      phases.emplace(shops.back()->id(), participant::NoAgreement{});
    }
    open_service();
  }
  void open_service() {
    RoundSettings rounds;
    rounds.cohort_min = 3;
    rounds.allow_tiny_cohorts = true;
    rounds.attempts_max = 2;
    service = KeyService::open({*ledger, *membership, scheduler, changes, clock, log},
                               keys->federation(), rounds)
                  .value();
    service->on_end = [this] { ++ended; };
  }
  void restart_service() {
    service.reset();
    scheduler.clear();
    restart();
    open_service();
  }
  /// Lets these shops answer the message that waits for them; how many answered.
  std::size_t answer(std::size_t from, std::size_t to) {
    std::size_t answered = 0;
    for (std::size_t i = from; i < to; ++i) {
      const auto id = shops[i]->id();
      const auto seen = participant::seen_by(phases[id], {});
      const auto message = service->message_for(id, seen.id, seen.number);
      if (!message) continue;
      const protocol::Roster roster = membership->roster();
      const participant::AgreementContext context{
          keys->federation(), id, shops[i]->signer, roster, policy, std::nullopt};
      auto step = participant::advance(std::move(phases[id]), room.event_of(*message), context);
      phases[id] = std::move(step.next);
      for (auto& effect : step.effects) {
        if (auto* send = std::get_if<participant::SendAgreement>(&effect)) {
          GS_REQUIRE_DONE(service->submit(AgreementRoom::sent(*send)));
          ++answered;
        }
      }
    }
    return answered;
  }
  void agree() {
    for (int phase = 0; phase < 3; ++phase) BOOST_TEST(answer(0, 3) == 3u);
  }

  std::vector<std::unique_ptr<Applicant>> shops;
  std::map<ParticipantId, participant::KeyPhase> phases;
  participant::ParticipantPolicy policy;
  AgreementRoom room{3};  // For its way of reading messages.
  StepScheduler scheduler{clock};
  net::Notifier changes;
  std::unique_ptr<KeyService> service;
  int ended = 0;
};

}  // namespace

BOOST_AUTO_TEST_SUITE(key_service_test)

BOOST_AUTO_TEST_CASE(a_task_gets_the_key_that_its_shops_agree_to) {
  Setup setup;
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  setup.agree();
  while (setup.ended == 0) BOOST_REQUIRE(setup.scheduler.run_next());
  const auto key = setup.service->key_for(Epoch{1}).value();
  BOOST_REQUIRE(key.has_value());
  BOOST_TEST(!key->key.is_zero());
  BOOST_TEST(key->members.size() == 3u);
  BOOST_TEST((setup.service->known_key(Epoch{1}).value()->key == key->key));
  BOOST_TEST(!setup.service->known_key(Epoch{2}).value().has_value());
}

BOOST_AUTO_TEST_CASE(what_was_taken_survives_a_restart) {
  Setup setup;
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  for (int phase = 0; phase < 3; ++phase) {
    BOOST_TEST(setup.answer(0, 2) == 2u);
    setup.restart_service();
    BOOST_TEST(setup.answer(2, 3) == 1u);
  }
  const auto key = setup.service->key_for(Epoch{1}).value();
  BOOST_REQUIRE(key.has_value());
  setup.restart_service();
  BOOST_TEST((setup.service->key_for(Epoch{1}).value()->key == key->key));
}

BOOST_AUTO_TEST_CASE(sealed_envelopes_are_deleted_with_the_end) {
  Setup setup;
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  setup.answer(0, 3);
  const AgreementId id{Epoch{1}, {}};
  const auto stored = [&] {
    return setup.read([&](LedgerReader& rows) { return rows.agreement_events(id); }).value().size();
  };
  BOOST_TEST(stored() == 3u);
  setup.answer(0, 3);
  setup.answer(0, 3);
  BOOST_TEST(stored() == 0u);
}

BOOST_AUTO_TEST_CASE(a_failed_attempt_is_followed_by_another_until_there_are_enough) {
  Setup setup;
  for (std::uint32_t attempt = 0; attempt < 2; ++attempt) {
    BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
    setup.answer(0, 2);
    while (setup.ended == static_cast<int>(attempt)) BOOST_REQUIRE(setup.scheduler.run_next());
  }
  const auto over = setup.service->key_for(Epoch{1});
  BOOST_REQUIRE(over.has_error());
  BOOST_TEST((over.error() == ProtocolErrc::too_few));
  BOOST_TEST(over.error().detail().find("shop-2") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_second_attempt_can_succeed) {
  Setup setup;
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  setup.answer(0, 2);
  while (setup.ended == 0) BOOST_REQUIRE(setup.scheduler.run_next());
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  setup.agree();
  const auto key = setup.service->key_for(Epoch{1}).value();
  BOOST_REQUIRE(key.has_value());
  BOOST_TEST((key->id.attempt == protocol::Attempt{1}));
}

BOOST_AUTO_TEST_CASE(too_few_shops_begin_nothing) {
  Setup setup;
  GS_REQUIRE_DONE(setup.membership->revoke(setup.shops[0]->id()));
  const auto begun = setup.service->key_for(Epoch{1});
  BOOST_TEST((begun.has_error() && begun.error() == ProtocolErrc::too_few));
}

BOOST_AUTO_TEST_CASE(without_an_agreement_nothing_is_taken_or_told) {
  Setup setup;
  BOOST_TEST(!setup.service->message_for(setup.shops[0]->id(), {}, 0).has_value());
  const auto taken = setup.service->submit(AgreementDeadline{1});
  BOOST_TEST((taken.has_error() && taken.error() == ProtocolErrc::round_over));
}

BOOST_AUTO_TEST_CASE(a_write_that_fails_changes_nothing) {
  Setup setup;
  BOOST_TEST(!setup.service->key_for(Epoch{1}).value().has_value());
  setup.execute(
      "CREATE TRIGGER full BEFORE INSERT ON key_agreement_event BEGIN "
      "SELECT RAISE(ABORT, 'full'); END;");
  const auto message = setup.service->message_for(setup.shops[0]->id(), {}, 0);
  const protocol::Roster roster = setup.membership->roster();
  auto step = participant::advance(participant::NoAgreement{}, setup.room.event_of(*message),
                                   {setup.keys->federation(), setup.shops[0]->id(),
                                    setup.shops[0]->signer, roster, setup.policy, std::nullopt});
  const auto offer = AgreementRoom::sent(std::get<participant::SendAgreement>(step.effects[0]));
  BOOST_TEST(setup.service->submit(offer).has_error());
  setup.execute("DROP TRIGGER full");
  GS_REQUIRE_DONE(setup.service->submit(offer));
  GS_REQUIRE_DONE(setup.service->submit(offer));  // Again: known.
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::coordinator
