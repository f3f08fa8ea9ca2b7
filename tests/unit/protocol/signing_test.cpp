#include "protocol/signing.hpp"

#include <algorithm>
#include <set>

#include <boost/test/unit_test.hpp>

#include "message_samples.hpp"
#include "protocol/digests.hpp"

namespace guildsum::protocol {
namespace {

using test::sample;
using test::sample_message;
using test::sample_round;

/// The signed messages, each with the way in which it is verified.
template <class Message>
Result<> verified(const Message& message, const FederationId& federation) {
  if constexpr (std::is_same_v<Message, RoundDescription>) {
    RoundDescription moved = message;
    moved.descriptor.federation = federation;
    return verify(moved, sample_round().coordinator.verify_key());
  } else if constexpr (std::is_same_v<Message, RoundResult> ||
                       std::is_same_v<Message, RoundAborted>) {
    return verify(message, federation, sample_round().coordinator.verify_key());
  } else if constexpr (std::is_same_v<Message, RosterEntry> ||
                       std::is_same_v<Message, RosterHead>) {
    return verify(message, federation, sample_round().registrar.verify_key());
  } else if constexpr (std::is_same_v<Message, EnrolRequest>) {
    return verify(message, federation, test::sample_bytes(54, kExporterBytes));
  } else {
    return verify(message, federation);
  }
}

/// Bytes of the frame that the signature does not cover: the share message's ciphertexts are
/// covered by their digests and its holders' positions by their order, which `check_share_keys`
/// demands; the description's parts by digests in the descriptor; the enrolment proof has a key of
/// its own.
template <class Message>
bool covers_all_bytes() {
  return !std::is_same_v<Message, ShareKeys> && !std::is_same_v<Message, RoundDescription> &&
         !std::is_same_v<Message, EnrolRequest>;
}

using ShopMessages = std::tuple<CheckIn, ShareKeys, Complaint, MaskedInput, SurvivorSignature,
                                Unmask, Vote, Abandon, Refusal>;
using SignedMessages =
    std::tuple<CheckIn, ShareKeys, Complaint, MaskedInput, SurvivorSignature, Unmask, Vote, Abandon,
               Refusal, RoundDescription, RoundResult, RoundAborted, RosterEntry, RosterHead,
               EnrolRequest>;

constexpr std::string_view kLabels[] = {
    label::kCheckIn,     label::kDescriptor, label::kShareKeys, label::kComplaint,
    label::kMaskedInput, label::kSurvivors,  label::kUnmask,    label::kResult,
    label::kVote,        label::kAbandoned,  label::kAborted,   label::kRosterEntry,
    label::kRosterHead,  label::kEnrol,      label::kRefusal};

}  // namespace

BOOST_AUTO_TEST_SUITE(signing_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signed_message_verifies, Message, SignedMessages) {
  GS_REQUIRE_OK(verified(sample_message<Message>(), sample_round().federation));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signature_is_of_no_use_in_another_federation, Message,
                              SignedMessages) {
  BOOST_TEST(verified(sample_message<Message>(), sample<FederationId>(99)).has_error());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signature_is_of_no_use_in_another_round, Message, SignedMessages) {
  Message message = sample_message<Message>();
  if constexpr (requires { message.rd; }) {
    message.rd = sample<RoundDigest>(99);
    GS_CHECK_REFUSED(verified(message, sample_round().federation), ProtocolErrc::bad_signature);
  }
  if constexpr (requires { message.round; }) {
    message = sample_message<Message>();
    message.round = message.round.next();
    GS_CHECK_REFUSED(verified(message, sample_round().federation), ProtocolErrc::bad_signature);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_signature_is_of_no_use_to_another_shop, Message, ShopMessages) {
  Message message = sample_message<Message>();
  message.sender = sample_round().shops[5].id();
  GS_CHECK_REFUSED(verified(message, sample_round().federation), ProtocolErrc::bad_signature);
  // Nor is a message that one shop signs in the name of another.
  message = sample_message<Message>();
  sign(message, sample_round().federation, sample_round().shops[5].signer);
  GS_CHECK_REFUSED(verified(message, sample_round().federation), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_byte_is_under_the_signature, Message, SignedMessages) {
  if (!covers_all_bytes<Message>()) return;
  Bytes frame = encode(sample_message<Message>());
  std::size_t decoded_count = 0;
  for (std::size_t i = kFrameHeaderBytes; i < frame.size(); ++i) {
    frame[i] ^= std::byte{1};
    const auto changed = decode<Message>(frame);
    frame[i] ^= std::byte{1};
    if (changed.has_error()) continue;
    ++decoded_count;
    BOOST_REQUIRE_MESSAGE(verified(*changed, sample_round().federation).has_error(),
                          "byte " << i << " may be changed");
  }
  BOOST_TEST(decoded_count > 64U);
}

BOOST_AUTO_TEST_CASE(a_share_message_is_signed_over_ciphertexts_and_commitments) {
  const auto& round = sample_round();
  ShareKeys message = sample_message<ShareKeys>();
  message.shares[2].ciphertext[7] ^= std::byte{1};
  GS_CHECK_REFUSED(verify(message, round.federation), ProtocolErrc::bad_signature);
  message = sample_message<ShareKeys>();
  std::swap(message.shares[0].ciphertext, message.shares[1].ciphertext);
  GS_CHECK_REFUSED(verify(message, round.federation), ProtocolErrc::bad_signature);
  message = sample_message<ShareKeys>();
  std::swap(message.commitments[0], message.commitments[1]);
  GS_CHECK_REFUSED(verify(message, round.federation), ProtocolErrc::bad_signature);
  message = sample_message<ShareKeys>();
  message.shares.pop_back();
  GS_CHECK_REFUSED(verify(message, round.federation), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(a_delivered_share_carries_its_dealers_signature) {
  const auto& round = sample_round();
  ShareDelivery delivery = round.delivery(1);
  for (std::uint32_t i = 0; i < round.size(); ++i) {
    GS_REQUIRE_OK(verify(delivery.shares[i], delivery.rd, round.shops[i].id(), round.federation));
  }
  GS_CHECK_REFUSED(verify(delivery.shares[0], delivery.rd, round.shops[1].id(), round.federation),
                   ProtocolErrc::bad_signature);
  delivery.shares[0].ciphertext_digests[3] = sample<Digest>(99);
  GS_CHECK_REFUSED(verify(delivery.shares[0], delivery.rd, round.shops[0].id(), round.federation),
                   ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(a_description_is_signed_over_its_descriptor) {
  RoundDescription description = sample_message<RoundDescription>();
  const auto& key = sample_round().coordinator.verify_key();
  description.descriptor.c += 1;
  GS_CHECK_REFUSED(verify(description, key), ProtocolErrc::bad_signature);
  description.descriptor.c -= 1;
  GS_REQUIRE_OK(verify(description, key));
  GS_CHECK_REFUSED(verify(description, sample_round().registrar.verify_key()),
                   ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(an_enrolment_is_bound_to_its_connection_token_name_and_request) {
  const EnrolRequest request = sample_message<EnrolRequest>();
  const FederationId& federation = sample_round().federation;
  const Bytes exporter = test::sample_bytes(54, kExporterBytes);
  GS_REQUIRE_OK(verify(request, federation, exporter));
  GS_CHECK_REFUSED(verify(request, federation, test::sample_bytes(55, kExporterBytes)),
                   ProtocolErrc::bad_signature);
  EnrolRequest changed = request;
  changed.name = "other-shop";
  GS_CHECK_REFUSED(verify(changed, federation, exporter), ProtocolErrc::bad_signature);
  changed = request;
  changed.token_id[0] ^= std::byte{1};
  GS_CHECK_REFUSED(verify(changed, federation, exporter), ProtocolErrc::bad_signature);
  changed = request;
  changed.csr[0] ^= std::byte{1};
  GS_CHECK_REFUSED(verify(changed, federation, exporter), ProtocolErrc::bad_signature);
  changed = request;
  changed.identity = sample_round().shops[1].id();
  GS_CHECK_REFUSED(verify(changed, federation, exporter), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_CASE(the_registrars_statements_are_refused_as_the_rosters) {
  RosterEntry entry = sample_message<RosterEntry>();
  entry.name = "evil";
  GS_CHECK_REFUSED(verified(entry, sample_round().federation), ProtocolErrc::roster_bad_signature);
  RosterHead head = sample_message<RosterHead>();
  head.expires_unix_ms += 1;
  GS_CHECK_REFUSED(verified(head, sample_round().federation), ProtocolErrc::roster_bad_signature);
}

BOOST_AUTO_TEST_CASE(signed_bytes_are_label_zero_federation_round_sender_body) {
  const auto federation = sample<FederationId>(1);
  const auto rd = sample<RoundDigest>(2);
  const auto sender = sample<ParticipantId>(3);
  const Bytes body = from_hex("0102").value();
  BOOST_TEST(to_hex(signed_bytes("vote", federation, rd, sender, body)) ==
             to_hex(as_bytes("vote")) + "00" + federation.hex() + rd.hex() + sender.hex() + "0102");
}

BOOST_AUTO_TEST_CASE(no_label_is_another_one_or_contains_its_end) {
  const std::set<std::string_view> distinct{std::begin(kLabels), std::end(kLabels)};
  BOOST_TEST(distinct.size() == std::size(kLabels));
  for (const auto text : kLabels) {
    BOOST_TEST(!text.empty());
    BOOST_TEST((text.find('\0') == std::string_view::npos));
  }
}

BOOST_AUTO_TEST_CASE(the_same_bytes_under_another_label_do_not_verify) {
  const auto& shop = sample_round().shops[0];
  const auto rd = sample<RoundDigest>(2);
  const Bytes body = test::sample_bytes(3, 64);
  for (const auto made : kLabels) {
    const auto signature =
        shop.signer.sign(signed_bytes(made, sample_round().federation, rd, shop.id(), body));
    for (const auto read : kLabels) {
      const bool verifies = crypto::verify(
          verify_key(shop.id()), signed_bytes(read, sample_round().federation, rd, shop.id(), body),
          signature);
      BOOST_TEST(verifies == (made == read));
    }
  }
}

BOOST_AUTO_TEST_CASE(abandoning_and_voting_with_equal_fields_have_different_signatures) {
  // Abandon's body is a prefix of every other message of a shop: only the label keeps them apart.
  const auto& round = sample_round();
  const Abandon abandon = round.abandon(0);
  Vote vote = round.vote(0, sample_message<RoundResult>());
  vote.signature = abandon.signature;
  GS_CHECK_REFUSED(verify(vote, round.federation), ProtocolErrc::bad_signature);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
