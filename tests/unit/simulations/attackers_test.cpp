#include "simulations/faults/attackers.hpp"

#include <boost/test/unit_test.hpp>

#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {

namespace {

using protocol::MessageType;

struct AttackingShop {
  [[nodiscard]] AttackerKey key() const { return {federation, signer}; }
  [[nodiscard]] Bytes vote() const {
    protocol::Vote message;
    message.sender = protocol::identity_of(signer.verify_key());
    message.accept = true;
    protocol::sign(message, federation, signer);
    return protocol::encode(message);
  }
  SeededRandom random{1};
  protocol::FederationId federation;
  crypto::Signer signer{crypto::generate_signing_key(random)};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(attackers_test)

BOOST_AUTO_TEST_CASE(each_kind_has_a_word_that_names_it) {
  for (std::size_t k = 0; k < kAttackKinds; ++k) {
    const auto kind = static_cast<AttackKind>(k);
    BOOST_TEST((attack_named(to_string(kind)) == kind));
  }
  BOOST_TEST(!attack_named("nothing").has_value());
}

BOOST_FIXTURE_TEST_CASE(garbage_is_as_long_as_the_message_and_is_none, AttackingShop) {
  const Bytes frame = vote();
  const auto noise = spoilt_message(AttackKind::garbage, MessageType::vote, frame, key(), random);
  BOOST_REQUIRE(noise.has_value());
  BOOST_TEST(noise->size() == frame.size());
  BOOST_TEST(protocol::decode<protocol::Vote>(*noise).has_error());
}

BOOST_FIXTURE_TEST_CASE(a_second_vote_is_another_one_and_signed, AttackingShop) {
  const Bytes frame = vote();
  const auto second = second_message(AttackKind::equivocates, MessageType::vote, frame, key());
  BOOST_REQUIRE(second.has_value());
  BOOST_TEST((*second != frame));
  const auto message = protocol::decode<protocol::Vote>(*second);
  BOOST_REQUIRE(message.has_value());
  BOOST_TEST(!message->accept);
  BOOST_TEST(protocol::verify(*message, federation).has_value());
  BOOST_TEST(!second_message(AttackKind::scales, MessageType::vote, frame, key()).has_value());
}

BOOST_FIXTURE_TEST_CASE(attacks_of_one_phase_leave_the_other_messages_alone, AttackingShop) {
  const Bytes frame = vote();
  for (const auto kind : {AttackKind::bad_dealing, AttackKind::wrong_shares,
                          AttackKind::two_uploads, AttackKind::flips_sign}) {
    BOOST_TEST(!spoilt_message(kind, MessageType::vote, frame, key(), random).has_value());
  }
}

BOOST_AUTO_TEST_CASE(inputs_are_spoilt_but_for_their_counts) {
  const std::vector<std::int64_t> input{1, -2, 3, 1, 0};
  const auto spoilt = [&](AttackKind kind) {
    auto values = input;
    spoil_input(kind, values);
    return values;
  };
  BOOST_TEST((spoilt(AttackKind::free_rider) == std::vector<std::int64_t>{0, 0, 0, 1, 0}));
  BOOST_TEST((spoilt(AttackKind::scales) == std::vector<std::int64_t>{1000, -2000, 3000, 1, 0}));
  BOOST_TEST((spoilt(AttackKind::flips_sign) == std::vector<std::int64_t>{-1, 2, -3, 1, 0}));
  BOOST_TEST((spoilt(AttackKind::equivocates) == input));
}

BOOST_AUTO_TEST_CASE(only_what_the_coordinator_can_see_must_be_refused) {
  BOOST_TEST(must_be_refused(AttackKind::equivocates));
  BOOST_TEST(must_be_refused(AttackKind::late_unmask));
  BOOST_TEST(!must_be_refused(AttackKind::bad_dealing));
  BOOST_TEST(!must_be_refused(AttackKind::scales));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
