#include "protocol/evidence.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "round_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using namespace guildsum::protocol::test;

namespace {

FederationKeys keys_of(const RoundSetup& round) {
  return {round.federation, round.coordinator.verify_key(), round.registrar.verify_key()};
}

/// Two versions of one message of shop 0, each signed, and what they prove.
template <class Message, class Change>
Result<Equivocation> two(const RoundSetup& round, const Message& message, Change change) {
  Message other = message;
  change(other);
  sign(other, round.federation, round.shops[0].signer);
  return prove_equivocation(encode(message), encode(other), keys_of(round));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(evidence_test)

BOOST_AUTO_TEST_CASE(two_descriptors_for_one_attempt_prove_the_coordinator_guilty) {
  RoundSetup round;
  const Bytes first = encode(round.description);
  round.description.descriptor.state.step_number += 1;
  round.seal_description();
  const Bytes second = encode(round.description);
  for (const auto& proven : {prove_equivocation(first, second, keys_of(round)),
                             prove_equivocation(second, first, keys_of(round))}) {
    BOOST_TEST_REQUIRE(proven.has_value());
    BOOST_TEST((proven->signatory == Signatory::coordinator));
    BOOST_TEST((proven->signer == identity_of(round.coordinator.verify_key())));
    BOOST_TEST(proven->statement == "two descriptors");
  }
}

BOOST_AUTO_TEST_CASE(the_same_statement_twice_proves_nothing) {
  const RoundSetup round;
  const Bytes frame = encode(round.description);
  BOOST_TEST(fails_with(prove_equivocation(frame, frame, keys_of(round)), ProtocolErrc::duplicate));
}

BOOST_AUTO_TEST_CASE(descriptors_of_two_attempts_prove_nothing) {
  RoundSetup round;
  const Bytes first = encode(round.description);
  round.description.descriptor.attempt = Attempt{9};
  round.seal_description();
  BOOST_TEST(fails_with(prove_equivocation(first, encode(round.description), keys_of(round)),
                        ProtocolErrc::wrong_round));
}

BOOST_AUTO_TEST_CASE(a_forged_statement_proves_nothing) {
  RoundSetup round;
  const Bytes first = encode(round.description);
  round.description.descriptor.state.step_number += 1;  // not signed again
  BOOST_TEST(fails_with(prove_equivocation(first, encode(round.description), keys_of(round)),
                        ProtocolErrc::bad_signature));
  FederationKeys others = keys_of(round);
  others.coordinator = round.registrar.verify_key();
  BOOST_TEST(fails_with(prove_equivocation(first, first, others), ProtocolErrc::bad_signature));
  others.federation = sample<FederationId>(99);
  BOOST_TEST(fails_with(prove_equivocation(first, first, others), ProtocolErrc::wrong_federation));
}

BOOST_AUTO_TEST_CASE(two_versions_of_every_message_of_a_shop_prove_the_shop_guilty) {
  const RoundSetup round;
  const Survivors all = round.survivors(round.size());
  const RoundResult result = round.result(all);
  const std::vector<Result<Equivocation>> proofs{
      two(round, round.description.check_ins[0], [](CheckIn& m) { ++m.counter; }),
      two(round, round.share_keys[0],
          [](ShareKeys& m) { m.shares[0].ciphertext[0] ^= std::byte{1}; }),
      two(round, round.uploads[0].header, [](MaskedInput& m) { m.chunk_root = {}; }),
      two(round, round.survivor_signature(0, all), [](SurvivorSignature& m) { m.survivors = {}; }),
      two(round, round.unmask(0, all), [](Unmask& m) { m.shares[0].salt[0] ^= std::byte{1}; }),
      two(round, round.vote(0, result), [](Vote& m) { m.result = {}; })};
  for (const auto& proof : proofs) {
    BOOST_TEST_REQUIRE(proof.has_value());
    BOOST_TEST((proof->signatory == Signatory::shop));
    BOOST_TEST((proof->signer == round.shops[0].id()));
  }
}

BOOST_AUTO_TEST_CASE(an_unmask_answer_beside_an_abandon_proves_the_shop_guilty) {
  const RoundSetup round;
  const Bytes answer = encode(round.unmask(0, round.survivors(round.size())));
  const auto proven = prove_equivocation(answer, encode(round.abandon(0)), keys_of(round));
  BOOST_TEST_REQUIRE(proven.has_value());
  BOOST_TEST((proven->signer == round.shops[0].id()));
  BOOST_TEST(fails_with(prove_equivocation(answer, encode(round.abandon(1)), keys_of(round)),
                        ProtocolErrc::unknown_sender));
}

BOOST_AUTO_TEST_CASE(two_results_of_one_rd_prove_the_coordinator_guilty) {
  const RoundSetup round;
  const RoundResult first = round.result(round.survivors(round.size()));
  RoundResult second = first;
  second.model_root = sample<BlobId>(77);
  sign(second, round.federation, round.coordinator);
  const auto proven = prove_equivocation(encode(first), encode(second), keys_of(round));
  BOOST_TEST_REQUIRE(proven.has_value());
  BOOST_TEST(proven->statement == "two results");
}

BOOST_AUTO_TEST_CASE(roster_heads_of_one_length_must_name_one_chain) {
  const RoundSetup round;
  const RosterHead head = sign_roster_head(round.roster, round.federation, 1000, round.registrar);
  const RosterHead renewed =
      sign_roster_head(round.roster, round.federation, 2000, round.registrar);
  BOOST_TEST(fails_with(prove_equivocation(encode(head), encode(renewed), keys_of(round)),
                        ProtocolErrc::duplicate));
  RosterHead fork = head;
  fork.head = sample<Digest>(5);
  sign(fork, round.federation, round.registrar);
  const auto proven = prove_equivocation(encode(head), encode(fork), keys_of(round));
  BOOST_TEST_REQUIRE(proven.has_value());
  BOOST_TEST((proven->signatory == Signatory::registrar));
}

BOOST_AUTO_TEST_CASE(one_step_in_two_states_proves_the_coordinator_guilty) {
  RoundSetup round;
  const Bytes first = encode(round.description);
  round.description.descriptor.round = RoundId{99};
  round.description.descriptor.state.public_inputs.mutable_view()[0] ^= std::byte{1};
  round.seal_description();
  const auto proven = prove_equivocation(first, encode(round.description), keys_of(round));
  BOOST_TEST_REQUIRE(proven.has_value());
  BOOST_TEST(proven->statement == "two states of one step");
  BOOST_TEST((proven->signatory == Signatory::coordinator));
  // Another step of the same lineage is in another state, of course.
  round.description.descriptor.state.step_number += 1;
  round.seal_description();
  BOOST_TEST(fails_with(prove_equivocation(first, encode(round.description), keys_of(round)),
                        ProtocolErrc::wrong_round));
}

BOOST_AUTO_TEST_CASE(statements_of_different_kinds_and_unsigned_messages_prove_nothing) {
  const RoundSetup round;
  const Survivors all = round.survivors(round.size());
  BOOST_TEST(fails_with(
      prove_equivocation(encode(round.description), encode(round.result(all)), keys_of(round)),
      ProtocolErrc::unknown_type));
  const Bytes proposal = encode(round.proposal(round.size()));
  BOOST_TEST(fails_with(prove_equivocation(proposal, proposal, keys_of(round)),
                        ProtocolErrc::unknown_type));
}

BOOST_AUTO_TEST_SUITE_END()
