#include "participant/past.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "remote_setup.hpp"
#include "tests/unit/protocol/attempt_end_setup.hpp"

using namespace guildsum;
using namespace guildsum::participant;
using protocol::AttemptEnd;
using protocol::Digest;
using protocol::ProtocolErrc;
using protocol::test::RoundSetup;
using protocol::test::sample;

namespace {

/// A coordinator that tells of the attempts before, two in one answer.
class PastRemote final : public testing::BlobRemote {
 public:
  Result<Bytes> ends(const AttemptId& from) override {
    ++asked_for_ends;
    if (failure) return *failure;
    protocol::AttemptEnds answer;
    for (const AttemptEnd& end : told) {
      if (AttemptId{end.round, end.attempt} >= from && answer.ends.size() < 2) {
        answer.ends.push_back(end);
      }
    }
    return protocol::encode(answer);
  }
  std::vector<AttemptEnd> told;
  int asked_for_ends = 0;
};

const RoundSetup& round() {
  static const RoundSetup setup;
  return setup;
}

/// Shop 1 took part in the sample round, saw its result and had its vote acknowledged; five more
/// attempts without it followed.
struct Setup {
  PastRemote remote;
  BoundAttempt own;
  AttemptId until;
  Digest head;

  Setup() {
    const protocol::RoundDescriptor& d = round().description.descriptor;
    const AttemptEnd opened = protocol::test::opened_end(round());
    own = {d.round, d.attempt, round().view.rd, d.previous_transcript, true, {}, true};
    own.transcript = protocol::decode<protocol::RoundResult>(opened.outcome)->transcript;
    remote.told.push_back(opened);
    protocol::RoundId number = d.round;
    for (std::uint32_t attempt = 0; attempt < 5; ++attempt) {
      if (attempt % 2 == 0) number = number.next();
      remote.told.push_back(
          protocol::test::aborted_end(round(), number, protocol::Attempt{attempt % 2}));
    }
    until = {number, protocol::Attempt{1}};
    head = d.previous_transcript;
    for (const AttemptEnd& end : remote.told) head = protocol::test::hash_after(end, head);
  }
  [[nodiscard]] Past followed() {
    return follow_past(
        own, until,
        {round().federation, round().shops[1].id(), round().coordinator.verify_key()}, remote);
  }
  [[nodiscard]] Result<Digest> follow() { return followed().transcript; }
  /// Follows once the past was changed.
  [[nodiscard]] Result<Digest> follow(const std::function<void(std::vector<AttemptEnd>&)>& change) {
    change(remote.told);
    return follow();
  }
};

}  // namespace

BOOST_AUTO_TEST_SUITE(past_test)

BOOST_AUTO_TEST_CASE(the_chain_is_followed_to_the_attempt_before_the_invitation) {
  Setup setup;
  BOOST_TEST((setup.follow().value() == setup.head));
  BOOST_TEST(setup.remote.asked_for_ends == 4);
  // What ended since the invitation does not matter.
  setup.remote.told.push_back(
      protocol::test::aborted_end(round(), setup.until.round, setup.until.attempt));
  BOOST_TEST((setup.follow().value() == setup.head));
}

BOOST_AUTO_TEST_CASE(an_end_that_was_not_seen_is_taken_as_it_is_told) {
  Setup setup;
  setup.own.opened = setup.own.vote_taken = false;
  setup.own.transcript = {};
  BOOST_TEST((setup.follow().value() == setup.head));
  // Its own vote came too late to be counted: nobody acknowledged it.
  BOOST_TEST(setup.follow([](auto& told) { told[0].votes.clear(); }).has_value());
}

BOOST_AUTO_TEST_CASE(another_end_than_the_one_seen_is_refused) {
  {
    Setup setup;
    setup.own.transcript = sample<Digest>(1);
    GS_CHECK_REFUSED(setup.follow(), ProtocolErrc::digest_mismatch);
  }
  {
    Setup setup;
    setup.own.opened = false;  // q members abandoned it, with another abort
    GS_CHECK_REFUSED(setup.follow(), ProtocolErrc::digest_mismatch);
  }
  {
    Setup setup;
    setup.own.rd = sample<protocol::RoundDigest>(1);
    GS_CHECK_REFUSED(setup.follow(), ProtocolErrc::wrong_round);
  }
  {
    Setup setup;
    setup.own.previous = sample<Digest>(1);
    GS_CHECK_REFUSED(setup.follow(), ProtocolErrc::digest_mismatch);
  }
}

BOOST_AUTO_TEST_CASE(an_acknowledged_vote_is_among_the_votes) {
  Setup setup;
  GS_CHECK_REFUSED(setup.follow([](auto& told) { std::erase_if(told[0].votes, [](const auto& vote) {
                     return vote.sender == round().shops[1].id();
                   }); }),
                   ProtocolErrc::digest_mismatch);
}

BOOST_AUTO_TEST_CASE(attempts_that_are_left_out_or_repeated_lead_elsewhere) {
  {
    Setup setup;
    GS_CHECK_REFUSED(setup.follow([](auto& told) { told.erase(told.begin()); }),
                     ProtocolErrc::wrong_round);
  }
  {
    Setup setup;
    GS_CHECK_REFUSED(setup.follow([](auto& told) { told.clear(); }), ProtocolErrc::wrong_phase);
  }
  {
    Setup setup;
    const auto head = setup.follow([](auto& told) { told.erase(told.begin() + 2); });
    BOOST_TEST((head.value() != setup.head));
  }
  {
    Setup setup;
    GS_CHECK_REFUSED(setup.follow([](auto& told) { std::swap(told[2], told[3]); }),
                     ProtocolErrc::wrong_round);
  }
}

BOOST_AUTO_TEST_CASE(evidence_is_the_one_end_that_is_signed_and_wrong) {
  {
    Setup setup;
    BOOST_TEST(setup.followed().evidence.empty());
    setup.own.rd = sample<protocol::RoundDigest>(1);
    const Bytes evidence = setup.followed().evidence;
    const auto shown = protocol::decode<protocol::AttemptEnds>(evidence).value();
    BOOST_TEST_REQUIRE(shown.ends.size() == 1U);
    BOOST_TEST((shown.ends[0].outcome == setup.remote.told[0].outcome));
  }
  {
    Setup setup;  // What anybody could have made up is none, and fills no disk.
    setup.remote.told[0].outcome.back() ^= std::byte{1};
    const Past past = setup.followed();
    BOOST_TEST(past.transcript.has_error());
    BOOST_TEST(past.evidence.empty());
  }
  {
    Setup setup;  // Neither is an innocent answer before the line went dead.
    setup.remote.failure = Error{BaseErrc::unreachable, "nobody is there"};
    BOOST_TEST(setup.followed().evidence.empty());
  }
}

BOOST_AUTO_TEST_CASE(the_remotes_error_is_passed_on) {
  Setup setup;
  setup.remote.failure = Error{BaseErrc::unreachable, "nobody is there"};
  const auto past = setup.follow();
  BOOST_TEST_REQUIRE(past.has_error());
  BOOST_TEST((past.error() == BaseErrc::unreachable));
}

BOOST_AUTO_TEST_SUITE_END()
