#include "protocol/attempt_end.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "attempt_end_setup.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;
using P = ProtocolErrc;

const test::RoundSetup& setup() {
  static const test::RoundSetup round;
  return round;
}
const Digest& previous() { return setup().description.descriptor.previous_transcript; }

Result<EndedAttempt> read(const AttemptEnd& end, const Digest& before) {
  return read_attempt_end(end, before, setup().federation, setup().coordinator.verify_key());
}

/// The result signed anew after a change to it.
AttemptEnd with_result(const std::function<void(RoundResult&)>& change) {
  AttemptEnd end = test::opened_end(setup(), 0);
  RoundResult result = decode<RoundResult>(end.outcome).value();
  change(result);
  sign(result, setup().federation, setup().coordinator);
  end.outcome = encode(result);
  return end;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(attempt_end_test)

BOOST_AUTO_TEST_CASE(an_end_leads_to_the_hash_that_the_next_descriptor_names) {
  const AttemptEnd opened = test::opened_end(setup());
  const auto ended = read(opened, previous());
  GS_REQUIRE_OK(ended);
  BOOST_TEST((ended->rd == setup().view.rd));
  BOOST_TEST((ended->result == decode<RoundResult>(opened.outcome)->transcript));
  BOOST_TEST((ended->transcript == test::hash_after(opened, previous())));

  const AttemptEnd aborted = test::aborted_end(setup(), RoundId{9}, Attempt{2});
  const auto next = read(aborted, ended->transcript);
  GS_REQUIRE_OK(next);
  BOOST_TEST(next->rd.is_zero());
  BOOST_TEST(next->result.is_zero());
  BOOST_TEST((next->transcript == test::hash_after(aborted, ended->transcript)));
}

BOOST_AUTO_TEST_CASE(every_list_that_the_hash_covers_changes_it) {
  const AttemptEnd whole = test::opened_end(setup());
  const auto hash = read(whole, previous())->transcript;
  const auto differs = [&](const std::function<void(AttemptEnd&)>& change) {
    AttemptEnd end = whole;
    change(end);
    const auto ended = read(end, previous());
    return ended.has_value() && ended->transcript != hash;
  };
  BOOST_TEST(differs([](auto& end) { end.votes.pop_back(); }));
  BOOST_TEST(differs([](auto& end) { end.unmask_answers.pop_back(); }));
  BOOST_TEST(differs([](auto& end) { end.certificate = sample<Digest>(1); }));
}

BOOST_AUTO_TEST_CASE(a_result_that_continues_another_past_is_refused) {
  GS_CHECK_REFUSED(read(test::opened_end(setup()), sample<Digest>(1)), P::digest_mismatch);
  GS_CHECK_REFUSED(
      read(with_result([](RoundResult& r) { r.transcript = sample<Digest>(1); }), previous()),
      P::digest_mismatch);
  GS_CHECK_REFUSED(
      read(with_result([](RoundResult& r) { r.model_root = sample<BlobId>(1); }), previous()),
      P::digest_mismatch);
}

BOOST_AUTO_TEST_CASE(votes_are_signed_about_this_result_and_in_order) {
  const auto refused = [&](P code, const std::function<void(AttemptEnd&)>& change) {
    AttemptEnd end = test::opened_end(setup());
    change(end);
    GS_CHECK_REFUSED(read(end, previous()), code);
  };
  refused(P::bad_signature, [](auto& end) { end.votes[1].accept = !end.votes[1].accept; });
  refused(P::wrong_round, [](auto& end) { end.votes[0].rd = sample<RoundDigest>(1); });
  refused(P::digest_mismatch, [](auto& end) { end.votes[2].result = sample<Digest>(1); });
  refused(P::duplicate, [](auto& end) { std::swap(end.votes[0], end.votes[1]); });
  refused(P::duplicate, [](auto& end) { end.votes.push_back(end.votes.back()); });
}

BOOST_AUTO_TEST_CASE(an_outcome_is_the_coordinators_and_of_this_attempt) {
  AttemptEnd end = test::aborted_end(setup(), RoundId{9}, Attempt{2});
  end.attempt = Attempt{1};
  GS_CHECK_REFUSED(read(end, previous()), P::wrong_round);
  end = test::aborted_end(setup(), RoundId{9}, Attempt{2});
  end.certificate = sample<Digest>(1);
  GS_CHECK_REFUSED(read(end, previous()), P::malformed);
  end.outcome = encode(setup().abandon(1));
  GS_CHECK_REFUSED(read(end, previous()), P::unknown_type);
  end.outcome.clear();
  GS_CHECK_REFUSED(read(end, previous()), P::malformed);
  for (const AttemptEnd& signed_end :
       {test::opened_end(setup()), test::aborted_end(setup(), RoundId{9}, Attempt{2})}) {
    GS_CHECK_REFUSED(read_attempt_end(signed_end, previous(), setup().federation,
                                      setup().registrar.verify_key()),
                     P::bad_signature);
  }
}

BOOST_AUTO_TEST_CASE(it_is_taken_from_the_transcript_that_is_kept) {
  const AttemptEnd whole = test::opened_end(setup());
  AttemptTranscript transcript;
  transcript.round = whole.round;
  transcript.attempt = whole.attempt;
  transcript.certificate = setup().certificate(setup().survivors(5));
  transcript.unmask_answers = whole.unmask_answers;
  transcript.votes = whole.votes;
  transcript.result = whole.outcome;
  BOOST_TEST((encode(AttemptEnds{{end_of(transcript)}}) == encode(AttemptEnds{{whole}})));

  const AttemptEnd aborted = test::aborted_end(setup(), RoundId{9}, Attempt{2});
  AttemptTranscript unopened;
  unopened.round = aborted.round;
  unopened.attempt = aborted.attempt;
  unopened.aborted = aborted.outcome;
  BOOST_TEST((encode(AttemptEnds{{end_of(unopened)}}) == encode(AttemptEnds{{aborted}})));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
