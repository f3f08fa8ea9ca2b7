#include "protocol/wire.hpp"

#include <algorithm>

#include <boost/test/unit_test.hpp>

#include "allocation_meter.hpp"
#include "message_samples.hpp"

namespace guildsum::protocol {
namespace {

using test::sample_message;
using AllMessages = test::AllMessages;

/// Overwrites the u32 at `offset`.
Bytes with_u32(Bytes bytes, std::size_t offset, std::uint32_t value) {
  store_le(value, MutableByteView{bytes}.subspan(offset, 4));
  return bytes;
}

Bytes with_length(Bytes frame) {
  return with_u32(frame, 8, static_cast<std::uint32_t>(frame.size() - kFrameHeaderBytes));
}

/// Whatever is accepted must re-encode to the bytes it was read from.
template <class Message>
bool refused_or_canonical(ByteView frame) {
  const auto decoded = decode<Message>(frame);
  return decoded.has_error() || std::ranges::equal(encode(*decoded), frame);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(wire_test)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_message_survives_the_wire, Message, AllMessages) {
  const Bytes frame = encode(sample_message<Message>());
  const auto decoded = decode<Message>(frame);
  GS_REQUIRE_OK(decoded);
  BOOST_TEST(to_hex(encode(*decoded)) == to_hex(frame));
  BOOST_TEST((type_of(frame).value() == MessageTraits<Message>::kType));
  BOOST_TEST(frame.size() <= frame_limit_bytes<Message>());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_truncation_is_refused, Message, AllMessages) {
  const Bytes frame = encode(sample_message<Message>());
  for (std::size_t size = 0; size < frame.size(); ++size) {
    const ByteView cut = ByteView{frame}.first(size);
    BOOST_REQUIRE(decode<Message>(cut).has_error());
    if (size < kFrameHeaderBytes) continue;
    // Also when the header tells the truth about what is left.
    BOOST_REQUIRE(decode<Message>(with_length({cut.begin(), cut.end()})).has_error());
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(every_flipped_byte_is_refused_or_is_another_message, Message,
                              AllMessages) {
  Bytes frame = encode(sample_message<Message>());
  for (std::size_t i = 0; i < frame.size(); ++i) {
    for (const unsigned flip : {0x01U, 0x80U, 0xffU}) {
      frame[i] ^= static_cast<std::byte>(flip);
      BOOST_REQUIRE_MESSAGE(refused_or_canonical<Message>(frame), "byte " << i << " ^ " << flip);
      frame[i] ^= static_cast<std::byte>(flip);
    }
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_additional_byte_is_refused, Message, AllMessages) {
  Bytes frame = encode(sample_message<Message>());
  frame.push_back(std::byte{0});
  GS_CHECK_REFUSED(decode<Message>(frame), ProtocolErrc::trailing_bytes);
  const auto inside = decode<Message>(with_length(frame));
  BOOST_TEST((test::fails_with(inside, ProtocolErrc::trailing_bytes) ||
              test::fails_with(inside, ProtocolErrc::too_large)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(hostile_counts_allocate_no_more_than_twice_the_message, Message,
                              AllMessages) {
  const Bytes frame = encode(sample_message<Message>());
  for (std::size_t offset = kFrameHeaderBytes; offset + 4 <= frame.size(); ++offset) {
    const Bytes hostile = with_u32(frame, offset, UINT32_MAX);
    const test::AllocationMeter meter;
    (void)decode<Message>(hostile);
    BOOST_REQUIRE_LE(meter.total_bytes(), 2 * frame.size() + (64U << 10));
  }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_frame_beyond_the_limit_of_its_type_is_refused_by_its_header,
                              Message, AllMessages) {
  const auto body_limit =
      static_cast<std::uint32_t>(frame_limit_bytes<Message>() - kFrameHeaderBytes);
  Bytes header = encode(sample_message<Message>());
  header.resize(kFrameHeaderBytes);
  GS_REQUIRE_OK(type_of(with_u32(header, 8, body_limit)));
  GS_CHECK_REFUSED(type_of(with_u32(header, 8, body_limit + 1)), ProtocolErrc::too_large);
  GS_CHECK_REFUSED(decode<Message>(with_u32(header, 8, UINT32_MAX)), ProtocolErrc::too_large);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_message_is_not_read_as_another_type, Message, AllMessages) {
  const Bytes frame = encode(sample_message<Message>());
  if constexpr (!std::is_same_v<Message, CheckIn>) {
    GS_CHECK_REFUSED(decode<CheckIn>(frame), ProtocolErrc::unknown_type);
  } else {
    GS_CHECK_REFUSED(decode<Vote>(frame), ProtocolErrc::unknown_type);
  }
}

BOOST_AUTO_TEST_CASE(the_header_is_magic_type_version_and_length) {
  const Bytes frame = encode(sample_message<Abandon>());
  BOOST_TEST(to_hex(ByteView{frame}.first(kFrameHeaderBytes)) ==
             "4753554d"    // "GSUM"
             "1800"        // type 24
             "0100"        // version 1
             "80000000");  // 32 + 32 + 64 bytes
}

BOOST_AUTO_TEST_CASE(another_magic_type_or_version_is_refused) {
  const Bytes frame = encode(sample_message<Abandon>());
  const auto with_byte = [&](std::size_t offset, unsigned value) {
    Bytes changed = frame;
    changed[offset] = static_cast<std::byte>(value);
    return changed;
  };
  GS_CHECK_REFUSED(type_of(with_byte(0, 'g')), ProtocolErrc::malformed);
  GS_CHECK_REFUSED(type_of(with_byte(4, 0)), ProtocolErrc::unknown_type);
  GS_CHECK_REFUSED(type_of(with_byte(5, 1)), ProtocolErrc::unknown_type);
  GS_CHECK_REFUSED(type_of(with_byte(6, 0)), ProtocolErrc::unsupported_version);
  GS_CHECK_REFUSED(type_of(with_byte(6, 2)), ProtocolErrc::unsupported_version);
  GS_CHECK_REFUSED(type_of(ByteView{frame}.first(11)), ProtocolErrc::malformed);
  GS_CHECK_REFUSED(type_of({}), ProtocolErrc::malformed);
}

BOOST_AUTO_TEST_CASE(the_numbers_of_the_types_are_fixed) {
  using enum MessageType;
  const std::pair<MessageType, int> numbers[] = {{enrol_request, 1},
                                                 {enrol_reply, 2},
                                                 {roster_update, 3},
                                                 {roster_entry, 4},
                                                 {roster_head, 5},
                                                 {round_invitation, 10},
                                                 {check_in, 11},
                                                 {round_description, 12},
                                                 {share_keys, 13},
                                                 {share_delivery, 14},
                                                 {complaint, 15},
                                                 {masked_input, 16},
                                                 {upload_status, 17},
                                                 {survivor_proposal, 18},
                                                 {survivor_signature, 19},
                                                 {survivor_certificate, 20},
                                                 {unmask, 21},
                                                 {round_result, 22},
                                                 {vote, 23},
                                                 {abandon, 24},
                                                 {round_aborted, 25},
                                                 {masked_input_upload, 26},
                                                 {unopened_round, 27},
                                                 {refusal, 28},
                                                 {attempt_ends, 29},
                                                 {roster_request, 6}};
  for (const auto& [type, number] : numbers) BOOST_TEST(static_cast<int>(type) == number);
}

BOOST_AUTO_TEST_CASE(a_share_that_is_no_field_element_is_refused) {
  const Unmask message = sample_message<Unmask>();
  Bytes frame = encode(message);
  // After sender, rd, U1, U2 and the count come dealer and kind, then the limbs.
  const std::size_t limbs = kFrameHeaderBytes + 4 * 32 + 4 + 5;
  store_le(crypto::FieldElement::kModulus, MutableByteView{frame}.subspan(limbs, 8));
  GS_CHECK_REFUSED(decode<Unmask>(frame), ProtocolErrc::bad_share);
  store_le(crypto::FieldElement::kModulus - 1, MutableByteView{frame}.subspan(limbs, 8));
  GS_REQUIRE_OK(decode<Unmask>(frame));
}

BOOST_AUTO_TEST_CASE(the_largest_cohort_fits_into_the_frames) {
  const Digest digest = test::sample<Digest>(1);
  ShareKeys keys = sample_message<ShareKeys>();
  keys.shares.assign(kCohortMax - 1, {CohortPosition{1}, Bytes(kSealedShareBytesMax)});
  keys.commitments.assign(kCohortMax, {digest, digest});
  GS_REQUIRE_OK(decode<ShareKeys>(encode(keys)));

  ShareDelivery delivery = sample_message<ShareDelivery>();
  DeliveredShare share = delivery.shares.front();
  share.ciphertext.resize(kSealedShareBytesMax);
  share.ciphertext_digests.assign(kCohortMax - 1, digest);
  share.commitments.assign(kCohortMax, {digest, digest});
  delivery.sharers.assign(kCohortMax, delivery.sharers.front());
  delivery.shares.assign(kCohortMax, share);
  GS_REQUIRE_OK(decode<ShareDelivery>(encode(delivery)));

  RoundDescription description = sample_message<RoundDescription>();
  description.check_ins.assign(kCohortMax, description.check_ins.front());
  description.layout.resize(kLayoutBytesMax);
  description.training_plan.resize(kPlanBytesMax);
  description.purpose.assign(kPurposeBytesMax, 'p');
  GS_REQUIRE_OK(decode<RoundDescription>(encode(description)));

  SurvivorProposal proposal = sample_message<SurvivorProposal>();
  proposal.sharers.assign(kCohortMax, proposal.sharers.front());
  proposal.headers.assign(kCohortMax, proposal.headers.front());
  GS_REQUIRE_OK(decode<SurvivorProposal>(encode(proposal)));

  SurvivorCertificate certificate = sample_message<SurvivorCertificate>();
  certificate.signatures.assign(kCohortMax, certificate.signatures.front());
  GS_REQUIRE_OK(decode<SurvivorCertificate>(encode(certificate)));

  Unmask unmask = sample_message<Unmask>();
  unmask.shares.assign(kCohortMax, unmask.shares.front());
  GS_REQUIRE_OK(decode<Unmask>(encode(unmask)));

  RoundResult result = sample_message<RoundResult>();
  result.secrets.assign(kCohortMax, result.secrets.front());
  GS_REQUIRE_OK(decode<RoundResult>(encode(result)));

  UnopenedRound unopened = sample_message<UnopenedRound>();
  DealerFault fault = unopened.faults.front();
  fault.dealt.ciphertext_digests.assign(kCohortMax - 1, digest);
  fault.dealt.commitments.assign(kCohortMax, {digest, digest});
  fault.shares.assign(kCohortMax, fault.shares.front());
  unopened.proposal = proposal;
  unopened.certificate = certificate;
  unopened.faults.assign(kDealerFaultsMax, fault);
  GS_REQUIRE_OK(decode<UnopenedRound>(encode(unopened)));

  RoundAborted aborted = sample_message<RoundAborted>();
  aborted.missing.assign(kCohortMax, aborted.missing.front());
  aborted.certificate.assign(kCohortMax, aborted.certificate.front());
  GS_REQUIRE_OK(decode<RoundAborted>(encode(aborted)));

  AttemptEnds ends = sample_message<AttemptEnds>();
  AttemptEnd end = ends.ends.front();
  end.outcome = encode(aborted);
  end.unmask_answers.assign(kCohortMax, end.unmask_answers.front());
  end.votes.assign(kCohortMax, end.votes.front());
  ends.ends.assign(kAttemptEndsMax, end);
  GS_REQUIRE_OK(decode<AttemptEnds>(encode(ends)));
}

BOOST_AUTO_TEST_CASE(the_longest_uploads_rosters_and_catalogues_fit_into_the_frames) {
  MaskedInputUpload upload = sample_message<MaskedInputUpload>();
  upload.chunk_digests.resize(kChunkCountMax);
  GS_REQUIRE_OK(decode<MaskedInputUpload>(encode(upload)));

  UploadStatus status = sample_message<UploadStatus>();
  status.missing_chunks.resize(kChunkCountMax);
  GS_REQUIRE_OK(decode<UploadStatus>(encode(status)));

  RosterEntry entry = sample_message<RosterEntry>();
  entry.name.assign(kNameBytesMax, 'a');
  RosterUpdate update = sample_message<RosterUpdate>();
  update.entries.assign(kRosterEntriesMax, entry);
  GS_REQUIRE_OK(decode<RosterUpdate>(encode(update)));

  EnrolReply reply = sample_message<EnrolReply>();
  reply.certificate_pem.assign(kCertificateBytesMax, 'c');
  reply.roster = update;
  reply.purpose.assign(kPurposeBytesMax, 'p');
  reply.catalogue.resize(kCatalogueBytesMax);
  GS_REQUIRE_OK(decode<EnrolReply>(encode(reply)));

  EnrolRequest request = sample_message<EnrolRequest>();
  request.csr.resize(kCertificateBytesMax);
  GS_REQUIRE_OK(decode<EnrolRequest>(encode(request)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
