#include <boost/test/unit_test.hpp>

#include "protocol/wire.hpp"
#include "simulations/in_process_round.hpp"

// A participant that restarts in the middle of a round of the real machines.
namespace {

using namespace guildsum;
using namespace guildsum::simulations;
using namespace guildsum::participant;

/// A completed round of six shops, and what shop 0 would have in its journal.
struct Restarted {
  Federation federation{6, 21};
  coordinator::RoundPlan plan = *federation.plan(16, 20);
  RoundOutcome outcome =
      *run_round(federation, plan, std::vector(6, std::vector<std::int64_t>(16, 3)));
  ParticipantPolicy policy;
  ContributionHistory history;
  coordinator::RoundContext coordinator_context{plan, federation.roster(),
                                                federation.coordinator()};
  RoundContext context{federation.id(),
                       federation.identity(0),
                       federation.shop(0),
                       federation.coordinator().verify_key(),
                       federation.roster(),
                       policy,
                       history};

  Restarted() { policy.purpose = plan.descriptor.purpose; }

  template <class Message>
  Message message(std::uint32_t after) const {
    const auto found =
        coordinator::message_for(outcome.phase, context.self, after, coordinator_context);
    return *protocol::decode<Message>(found->frame);
  }
  const coordinator::ProposedRound& proposed() const {
    return std::get<coordinator::Completed>(outcome.phase).round.certified.proposed;
  }
  std::vector<JournalRecord> records(bool spooled) const {
    const auto& view = proposed().shared.described.view;
    std::vector<JournalRecord> all{
        CheckedIn{view.descriptor.epoch, view.descriptor.round, view.descriptor.attempt, 1},
        BoundToDescriptor{view.rd, protocol::canonical_bytes(view.descriptor)}};
    if (!spooled) return all;
    all.emplace_back(FrozenSharers{view.rd, proposed().shared.sharers});
    for (const auto& header : proposed().headers) {
      if (header.sender == context.self) {
        all.emplace_back(SpooledInput{view.rd, protocol::encode(header)});
      }
    }
    return all;
  }
};

const Send* sent(const Step& step, protocol::MessageType type) {
  for (const Effect& effect : step.effects) {
    const auto* send = std::get_if<Send>(&effect);
    if (send != nullptr && send->type == type) return send;
  }
  return nullptr;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(resume_test)

BOOST_AUTO_TEST_CASE(without_a_spooled_input_the_attempt_is_abandoned_and_journalled_first) {
  const Restarted restarted;
  const Step step = resume(restarted.records(false),
                           restarted.message<protocol::RoundDescription>(0), restarted.context);
  BOOST_TEST(std::holds_alternative<Abandoned>(step.next));
  BOOST_TEST_REQUIRE(step.effects.size() >= 2);
  const auto* journal = std::get_if<WriteJournal>(&step.effects[0]);
  BOOST_TEST_REQUIRE((journal != nullptr));
  BOOST_TEST(std::holds_alternative<SignedAbandon>(journal->record));
  BOOST_TEST((sent(step, protocol::MessageType::abandon) != nullptr));
}

BOOST_AUTO_TEST_CASE(an_abandon_is_repeated_byte_for_byte) {
  const Restarted restarted;
  auto records = restarted.records(false);
  const Bytes message = to_bytes("the frame as it was sent");
  records.emplace_back(SignedAbandon{restarted.proposed().shared.described.view.rd, message});
  const Step step = resume(records, std::nullopt, restarted.context);
  BOOST_TEST_REQUIRE((sent(step, protocol::MessageType::abandon) != nullptr));
  BOOST_TEST((sent(step, protocol::MessageType::abandon)->frame == message));
}

BOOST_AUTO_TEST_CASE(a_round_described_differently_than_before_is_refused) {
  const Restarted restarted;
  auto description = restarted.message<protocol::RoundDescription>(0);
  description.descriptor.state.step_number += 1;
  const Step step = resume(restarted.records(true), description, restarted.context);
  BOOST_TEST(std::holds_alternative<Abandoned>(step.next));
}

BOOST_AUTO_TEST_CASE(a_spooled_input_is_finished_and_certified_but_never_unmasked) {
  const Restarted restarted;
  Step step = resume(restarted.records(true), restarted.message<protocol::RoundDescription>(0),
                     restarted.context);
  BOOST_TEST_REQUIRE(std::holds_alternative<Uploading>(step.next));
  step = advance(std::move(step.next), restarted.message<protocol::SurvivorProposal>(2),
                 restarted.context);
  BOOST_TEST((sent(step, protocol::MessageType::survivor_signature) != nullptr));
  step = advance(std::move(step.next), restarted.message<protocol::SurvivorCertificate>(3),
                 restarted.context);
  BOOST_TEST_REQUIRE(std::holds_alternative<AwaitingResult>(step.next));
  BOOST_TEST(!std::get<AwaitingResult>(step.next).round.answered);
  BOOST_TEST((sent(step, protocol::MessageType::unmask) == nullptr));
}

BOOST_AUTO_TEST_CASE(another_u2_than_the_one_signed_before_the_restart_is_not_signed) {
  const Restarted restarted;
  auto records = restarted.records(true);
  records.emplace_back(SignedSurvivors{restarted.proposed().shared.described.view.rd,
                                       to_bytes("another signature")});
  Step step = resume(records, restarted.message<protocol::RoundDescription>(0), restarted.context);
  step = advance(std::move(step.next), restarted.message<protocol::SurvivorProposal>(2),
                 restarted.context);
  BOOST_TEST(std::holds_alternative<AwaitingAbandonCertificate>(step.next));
  BOOST_TEST((sent(step, protocol::MessageType::survivor_signature) == nullptr));
  BOOST_TEST((sent(step, protocol::MessageType::abandon) != nullptr));
}

BOOST_AUTO_TEST_CASE(whoever_answered_3b_before_the_restart_signs_nothing_more) {
  const Restarted restarted;
  auto records = restarted.records(true);
  records.emplace_back(AnsweredUnmask{restarted.proposed().shared.described.view.rd, {}});
  const Step step =
      resume(records, restarted.message<protocol::RoundDescription>(0), restarted.context);
  BOOST_TEST(std::holds_alternative<AwaitingAbandonCertificate>(step.next));
  BOOST_TEST(step.effects.empty());
}

BOOST_AUTO_TEST_CASE(a_spooled_input_whose_round_is_gone_stays_counted) {
  const Restarted restarted;
  const Step step = resume(restarted.records(true), std::nullopt, restarted.context);
  BOOST_TEST(std::holds_alternative<Abandoned>(step.next));
  const auto* closed = std::get_if<WriteJournal>(&step.effects[step.effects.size() - 2]);
  BOOST_TEST_REQUIRE((closed != nullptr));
  BOOST_TEST(std::get<RoundClosed>(closed->record).counted);
}

BOOST_AUTO_TEST_SUITE_END()
