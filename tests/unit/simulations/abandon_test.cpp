#include <boost/test/unit_test.hpp>

#include "live_round.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"

// How an attempt ends without a sum, both machines together (docs/protocol.md, "Abandoning").
namespace {

using namespace guildsum;
using namespace guildsum::simulations;
using protocol::ProtocolErrc;

constexpr std::uint32_t kShops = 6;  // q = t = 4

void everybody_checks_in(LiveRound& round) {
  for (std::uint32_t i = 0; i < kShops; ++i) round.check_in(i);
}

const protocol::RoundView& view_of(LiveRound& round) {
  return std::get<coordinator::CollectingAbandons>(round.phase()).round.view;
}

/// The abandon certificate that `members` of the round would make.
protocol::RoundAborted aborted(LiveRound& round, const std::vector<std::uint32_t>& members,
                               protocol::RoundDigest rd) {
  const auto& d = round.plan().descriptor;
  protocol::RoundAborted message;
  message.round = d.round;
  message.attempt = d.attempt;
  message.rd = view_of(round).rd;
  message.reason = protocol::AbortReason::operator_abort;
  for (const std::uint32_t member : members) {
    protocol::Abandon abandon{round.federation().identity(member), rd, {}};
    protocol::sign(abandon, d.federation, round.federation().shop(member));
    message.certificate.push_back(abandon);
  }
  protocol::sign(message, d.federation, round.federation().coordinator());
  return message;
}

const participant::RoundClosed* closed(const LiveRound::Shop& shop) {
  return shop.journal.empty() ? nullptr
                              : std::get_if<participant::RoundClosed>(&shop.journal.back());
}

template <class Record>
bool has(const LiveRound::Shop& shop) {
  return std::ranges::any_of(shop.journal, [](const participant::JournalRecord& record) {
    return std::holds_alternative<Record>(record);
  });
}

/// All six uploaded, then the operator ended the attempt; nobody has been told yet.
struct EndedAfterUpload {
  LiveRound round{kShops, 5};
  EndedAfterUpload() {
    everybody_checks_in(round);
    round.deliver_until<coordinator::Certifying>();
    BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::Certifying>(round.phase()));
    round.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
    BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::CollectingAbandons>(round.phase()));
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(abandon_test)

BOOST_AUTO_TEST_CASE(q_signatures_end_the_attempt_and_free_every_contribution) {
  EndedAfterUpload ended;
  LiveRound& round = ended.round;
  for (std::uint32_t i = 0; i < 3; ++i) BOOST_TEST(round.deliver(i));
  BOOST_TEST(std::holds_alternative<coordinator::CollectingAbandons>(round.phase()));
  BOOST_TEST((closed(round.shop(0)) == nullptr));
  BOOST_TEST(has<participant::SignedAbandon>(round.shop(0)));
  round.deliver(3);
  const auto* done = std::get_if<coordinator::Aborted>(&round.phase());
  BOOST_TEST_REQUIRE((done != nullptr));
  BOOST_TEST(done->message.certificate.size() == 4);
  BOOST_TEST((done->message.reason == protocol::AbortReason::operator_abort));
  for (std::uint32_t i = 0; i < kShops; ++i) {
    while (round.deliver(i)) {
    }
    BOOST_TEST(std::holds_alternative<participant::Ended>(*round.shop(i).phase));
    BOOST_TEST_REQUIRE((closed(round.shop(i)) != nullptr));
    BOOST_TEST(!closed(round.shop(i))->counted);
    const auto end = protocol::aborted_transcript(round.plan().descriptor.previous_transcript,
                                                  done->message);
    BOOST_TEST((closed(round.shop(i))->transcript == end));
    BOOST_TEST(round.shop(i).refusals.empty());
  }
}

BOOST_AUTO_TEST_CASE(without_a_certificate_the_shop_does_not_believe_that_the_attempt_ended) {
  EndedAfterUpload ended;
  ended.round.deliver(0);
  BOOST_TEST(
      std::holds_alternative<participant::AwaitingAbandonCertificate>(*ended.round.shop(0).phase));
  ended.round.give(0, aborted(ended.round, {}, {}));
  BOOST_TEST(
      std::holds_alternative<participant::AwaitingAbandonCertificate>(*ended.round.shop(0).phase));
  BOOST_TEST((closed(ended.round.shop(0)) == nullptr));
}

BOOST_AUTO_TEST_CASE(a_forged_certificate_frees_nothing) {
  EndedAfterUpload ended;
  LiveRound& round = ended.round;
  const protocol::RoundDigest rd = view_of(round).rd;
  protocol::RoundDigest other = rd;
  other.mutable_view()[0] ^= std::byte{1};
  round.deliver(0);
  const std::vector<std::pair<protocol::RoundAborted, ProtocolErrc>> forgeries{
      {aborted(round, {1, 2, 3}, rd), ProtocolErrc::below_threshold},
      {aborted(round, {1, 2, 3, 3}, rd), ProtocolErrc::duplicate},
      {aborted(round, {1, 2, 3, 4}, other), ProtocolErrc::wrong_round},
  };
  for (const auto& [message, code] : forgeries) {
    round.shop(0).refusals.clear();
    round.give(0, message);
    BOOST_TEST(
        std::holds_alternative<participant::AwaitingAbandonCertificate>(*round.shop(0).phase));
    BOOST_TEST_REQUIRE(round.shop(0).refusals.size() == 1);
    BOOST_TEST((round.shop(0).refusals[0] == code));
  }
}

BOOST_AUTO_TEST_CASE(a_shop_that_answered_3b_never_signs_abandoned) {
  LiveRound round{kShops, 5};
  everybody_checks_in(round);
  round.deliver_until<coordinator::Unmasking>();
  round.deliver(0);
  round.deliver(0);
  BOOST_TEST_REQUIRE(std::holds_alternative<participant::AwaitingResult>(*round.shop(0).phase));
  round.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
  BOOST_TEST(round.deliver(0));
  BOOST_TEST(!has<participant::SignedAbandon>(round.shop(0)));
  BOOST_TEST(std::holds_alternative<participant::AwaitingAbandonCertificate>(*round.shop(0).phase));
}

BOOST_AUTO_TEST_CASE(a_round_that_too_many_answered_ends_at_once_and_without_a_certificate) {
  LiveRound round{kShops, 5};
  everybody_checks_in(round);
  round.deliver_until<coordinator::Unmasking>();
  for (std::uint32_t i = 0; i < 3; ++i) {
    while (!std::holds_alternative<participant::AwaitingResult>(*round.shop(i).phase)) {
      BOOST_TEST_REQUIRE(round.deliver(i));
    }
  }
  BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::Unmasking>(round.phase()));
  round.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
  const auto* done = std::get_if<coordinator::Aborted>(&round.phase());
  BOOST_TEST_REQUIRE((done != nullptr));
  BOOST_TEST(done->message.certificate.empty());
}

BOOST_AUTO_TEST_CASE(before_the_first_byte_the_contribution_is_free_and_holders_still_sign) {
  LiveRound round{kShops, 5};
  everybody_checks_in(round);
  for (std::uint32_t i = 0; i < kShops; ++i) round.deliver(i);
  BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::CollectingMaskedInputs>(round.phase()));
  round.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
  BOOST_TEST_REQUIRE(std::holds_alternative<coordinator::CollectingAbandons>(round.phase()));
  BOOST_TEST(round.deliver(0));  // still waits for its shares
  BOOST_TEST(std::holds_alternative<participant::Ended>(*round.shop(0).phase));
  BOOST_TEST(!closed(round.shop(0))->counted);
}

BOOST_AUTO_TEST_CASE(a_result_after_leaving_counts) {
  LiveRound round{kShops, 5};
  everybody_checks_in(round);
  round.deliver_until<coordinator::Certifying>();
  round.give(0, participant::AbandonRequested{Error{ProtocolErrc::round_over, "the owner"}});
  BOOST_TEST_REQUIRE(
      std::holds_alternative<participant::AwaitingAbandonCertificate>(*round.shop(0).phase));
  protocol::RoundResult result;
  result.rd = std::get<coordinator::Certifying>(round.phase()).round.shared.described.view.rd;
  round.give(0, result);  // unsigned
  BOOST_TEST(round.shop(0).refusals.size() == 2);
  protocol::sign(result, round.plan().descriptor.federation, round.federation().coordinator());
  round.give(0, result);
  BOOST_TEST_REQUIRE((closed(round.shop(0)) != nullptr));
  BOOST_TEST(closed(round.shop(0))->opened);
  BOOST_TEST(closed(round.shop(0))->counted);
}

BOOST_AUTO_TEST_CASE(the_deadline_ends_it_without_a_certificate) {
  EndedAfterUpload ended;
  ended.round.deliver(0);
  ended.round.submit(
      coordinator::DeadlinePassed{static_cast<std::uint32_t>(ended.round.phase().index())});
  const auto* done = std::get_if<coordinator::Aborted>(&ended.round.phase());
  BOOST_TEST_REQUIRE((done != nullptr));
  BOOST_TEST(done->message.certificate.empty());
  BOOST_TEST(!ended.round.deliver(0));  // nothing new for who was told
}

BOOST_AUTO_TEST_SUITE_END()
