#include <type_traits>

#include <boost/test/unit_test.hpp>

#include "protocol/attempt_end.hpp"
#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "protocol/unopened_round.hpp"
#include "protocol/vocabulary_checks.hpp"
#include "tests/property/round_floor.hpp"
#include "tests/unit/protocol/message_samples.hpp"
#include "tests/unit/protocol/unopened_setup.hpp"

using namespace guildsum;
using namespace guildsum::protocol;
using property::Draw;

namespace {

const test::RoundSetup& round() { return test::sample_round(); }
const Survivors& survivors() {
  static const Survivors u2 = round().survivors(5);
  return u2;
}
Digest u1() { return sharers_digest(round().sharers); }

// What the receiver of each message does with it before anything depends on it.

Result<> accept(const EnrolRequest& message) {
  const Bytes exporter = test::sample_bytes(54, kExporterBytes);
  const JoinSecret secret{test::sample<Digest>(52).view()};
  if (enrol_proof(secret, message.csr, message.identity, exporter) != message.proof) {
    return ProtocolErrc::bad_proof;
  }
  return verify(message, round().federation, exporter);
}
Result<> accept(const RosterEntry& message) {
  Roster roster{round().federation, round().registrar.verify_key()};
  const auto& entries = round().roster.entries();
  for (std::size_t k = 0; k + 1 < entries.size(); ++k) GS_CHECK(roster.append(entries[k]));
  return roster.append(message);
}
Result<> accept(const RosterHead& message) {
  Roster roster{round().federation, round().registrar.verify_key()};
  return roster.apply({round().roster.entries(), message}, 1);
}
Result<> accept(const RosterUpdate& message) {
  Roster roster{round().federation, round().registrar.verify_key()};
  return roster.apply(message, 1);
}
Result<> accept(const CheckIn& message) {
  return check_check_in(message, round().open_round(), round().roster);
}
Result<> accept(const RoundDescription& message) {
  return check_round_description(message, round().description.check_ins[2],
                                 round().federation_view(), round().policy());
}
Result<> accept(const ShareKeys& message) { return check_share_keys(message, round().view); }
Result<> accept(const ShareDelivery& message) {
  return check_share_delivery(message, round().view, round().shops[1].id(),
                              message_digest(round().share_keys[1]));
}
Result<> accept(const Complaint& message) { return check_complaint(message, round().view); }
Result<> accept(const MaskedInputUpload& message) {
  return check_masked_input(message, round().view, round().sharers);
}
Result<> accept(const MaskedInput& message) {
  return accept(MaskedInputUpload{message, round().uploads.front().chunk_digests});
}
Result<> accept(const SurvivorProposal& message) {
  const auto checked = check_survivor_proposal(message, round().view, round().sharers,
                                               round().uploads[1].header, round().policy());
  if (checked.has_error()) return checked.error();
  // A shop signs what it read; another U2 than the one sent would not be certified.
  if (checked->digest != survivors().digest) return ProtocolErrc::certificate_mismatch;
  return {};
}
Result<> accept(const SurvivorSignature& message) {
  return check_survivor_signature(message, round().view, u1(), survivors());
}
Result<> accept(const SurvivorCertificate& message) {
  return check_certificate(message, round().view, u1(), survivors());
}
Result<> accept(const Unmask& message) {
  return check_unmask(message, round().view, round().sharers, survivors(), round().commitments());
}
Result<> accept(const RoundResult& message) {
  return check_round_result(message, round().view, round().coordinator.verify_key(),
                            round().sharers, survivors());
}
Result<> accept(const Vote& message) {
  return check_vote(message, round().view, message_digest(test::sample_message<RoundResult>()));
}
Result<> accept(const Abandon& message) { return check_abandon(message, round().view); }
Result<> accept(const RoundAborted& message) {
  return check_round_aborted(message, round().view, round().coordinator.verify_key());
}

const test::AgreementSetup& agreed() { return test::sample_agreement(); }

Result<> accept(const VocabularyOffer& message) {
  return check_offer(message, agreed().terms(), agreed().roster);
}
Result<> accept(const VocabularyOffers& message) {
  return check_offers(message.offers, agreed().terms(), agreed().roster);
}
Result<> accept(const VocabularyContribution& message) {
  return check_contribution(message, agreed().offers, agreed().agreement, agreed().federation);
}
Result<> accept(const VocabularyContributions& message) {
  return check_contributions(message.contributions, agreed().offers, agreed().agreement,
                             agreed().federation);
}
Result<> accept(const VocabularyConfirmation& message) {
  return check_confirmation(message, agreed().offers, agreed().agreement, agreed().contributed,
                            agreed().federation);
}

Result<> accept(const UnopenedRound& message) {
  const auto checked = check_unopened_round(message, test::misdealt_by(round(), 1));
  return checked.has_error() ? Result<>{checked.error()} : Result<>{};
}

Result<Digest> follow(const AttemptEnds& message) {
  Digest head = round().description.descriptor.previous_transcript;
  for (const AttemptEnd& end : message.ends) {
    GS_TRY(const auto ended, read_attempt_end(end, head, round().federation,
                                              round().coordinator.verify_key()));
    head = ended.transcript;
  }
  return head;
}
/// As a shop follows the chain: from its own attempt to the hash that the next descriptor names.
Result<> accept(const AttemptEnds& message) {
  static const Digest named = follow(test::sample_message<AttemptEnds>()).value();
  GS_TRY(const Digest head, follow(message));
  if (head != named) return ProtocolErrc::digest_mismatch;
  const RoundDescriptor& own = round().description.descriptor;
  const AttemptEnd& first = message.ends.front();
  if (first.round != own.round || first.attempt != own.attempt) return ProtocolErrc::wrong_round;
  return {};
}

template <class Message>
Result<> receive(ByteView frame) {
  GS_TRY(const Message message, decode<Message>(frame));
  return accept(message);
}

/// Every message that binds somebody. Left out: RoundInvitation, UploadStatus and
/// VocabularyInvitation, which commit nobody to anything, and EnrolReply, which comes over a
/// connection whose root is pinned.
using BindingMessages =
    std::tuple<EnrolRequest, RosterUpdate, RosterEntry, RosterHead, CheckIn, RoundDescription,
               ShareKeys, ShareDelivery, Complaint, MaskedInput, MaskedInputUpload,
               SurvivorProposal, SurvivorSignature, SurvivorCertificate, Unmask, RoundResult, Vote,
               Abandon, RoundAborted, VocabularyOffer, VocabularyOffers, VocabularyContribution,
               VocabularyContributions, VocabularyConfirmation, UnopenedRound,
               AttemptEnds>;

}  // namespace

BOOST_AUTO_TEST_SUITE(messages_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(the_message_as_sent_is_accepted, Message, BindingMessages) {
  const auto received = receive<Message>(encode(test::sample_message<Message>()));
  BOOST_TEST(received.has_value(), (received.has_error() ? received.error().message() : ""));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(each_byte_flipped_is_refused, Message, BindingMessages) {
  Bytes frame = encode(test::sample_message<Message>());
  Draw draw{frame.size()};
  for (std::size_t at = 0; at < frame.size(); ++at) {
    // One bit, and all of them.
    for (const std::size_t flip : {std::size_t{1} << draw.below(8), std::size_t{0xff}}) {
      frame[at] ^= static_cast<std::byte>(flip);
      BOOST_TEST_REQUIRE(receive<Message>(frame).has_error(),
                         "byte " << at << " of " << frame.size() << " ^ " << flip);
      frame[at] ^= static_cast<std::byte>(flip);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_bit_of_a_small_message_matters, Message, BindingMessages) {
  Bytes frame = encode(test::sample_message<Message>());
  if (frame.size() > 600) return;  // The large ones consist of these, and of lists of digests.
  for (std::size_t bit = 0; bit < 8 * frame.size(); ++bit) {
    frame[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
    BOOST_TEST_REQUIRE(receive<Message>(frame).has_error(), "bit " << bit);
    frame[bit / 8] ^= static_cast<std::byte>(1U << (bit % 8));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_truncation_is_refused, Message, test::AllMessages) {
  const Bytes frame = encode(test::sample_message<Message>());
  for (std::size_t size = 0; size < frame.size(); ++size) {
    Bytes cut{frame.begin(), frame.begin() + static_cast<std::ptrdiff_t>(size)};
    BOOST_TEST_REQUIRE(decode<Message>(cut).has_error(), "cut to " << size);
    if (size < kFrameHeaderBytes) continue;
    // Also when the header tells the truth about what is left.
    store_le(static_cast<std::uint32_t>(size - kFrameHeaderBytes),
             MutableByteView{cut}.subspan(8, 4));
    BOOST_TEST_REQUIRE(decode<Message>(cut).has_error(), "rewritten to " << size);
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(bytes_exchanged_between_messages_are_refused, Message,
                              BindingMessages) {
  // Splices of the message with random bytes and with itself moved: thousands of near misses.
  const Bytes frame = encode(test::sample_message<Message>());
  Draw draw{frame.size() + 7};
  for (int trial = 0; trial < 100; ++trial) {
    Bytes spliced = frame;
    const std::size_t length = 1 + draw.below(std::min<std::size_t>(40, frame.size()));
    const std::size_t from = draw.below(frame.size() - length + 1);
    const std::size_t to = draw.below(frame.size() - length + 1);
    std::copy_n(frame.begin() + static_cast<std::ptrdiff_t>(from), length,
                spliced.begin() + static_cast<std::ptrdiff_t>(to));
    if (spliced == frame) continue;
    BOOST_TEST_REQUIRE(receive<Message>(spliced).has_error(), "trial " << trial);
  }
}

BOOST_AUTO_TEST_SUITE_END()
