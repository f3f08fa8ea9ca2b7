#pragma once

#include <cstdint>
#include <type_traits>

#include "base/bytes.hpp"
#include "base/result.hpp"
#include "protocol/enrolment.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/messages.hpp"
#include "protocol/vocabulary_messages.hpp"

/// Frames: `"GSUM" | u16 type | u16 version | u32 body length | body`, little-endian.
///
/// The encoding is canonical: equal messages have equal bytes, and whatever `decode` accepts
/// re-encodes to the bytes it was read from. So a message may be identified by the hash of its
/// bytes.
namespace guildsum::protocol {

/// The message types that travel or are stored in a frame, with their number.
template <class Message>
struct MessageTraits;
#define GS_MESSAGE(type, number)                              \
  template <>                                                 \
  struct MessageTraits<type> {                                \
    static constexpr MessageType kType = MessageType::number; \
  };
GS_MESSAGE(EnrolRequest, enrol_request)
GS_MESSAGE(EnrolReply, enrol_reply)
GS_MESSAGE(RosterUpdate, roster_update)
GS_MESSAGE(RosterEntry, roster_entry)
GS_MESSAGE(RosterHead, roster_head)
GS_MESSAGE(RosterRequest, roster_request)
GS_MESSAGE(RoundInvitation, round_invitation)
GS_MESSAGE(CheckIn, check_in)
GS_MESSAGE(RoundDescription, round_description)
GS_MESSAGE(ShareKeys, share_keys)
GS_MESSAGE(ShareDelivery, share_delivery)
GS_MESSAGE(Complaint, complaint)
GS_MESSAGE(MaskedInput, masked_input)
GS_MESSAGE(MaskedInputUpload, masked_input_upload)
GS_MESSAGE(UploadStatus, upload_status)
GS_MESSAGE(SurvivorProposal, survivor_proposal)
GS_MESSAGE(SurvivorSignature, survivor_signature)
GS_MESSAGE(SurvivorCertificate, survivor_certificate)
GS_MESSAGE(Unmask, unmask)
GS_MESSAGE(RoundResult, round_result)
GS_MESSAGE(Vote, vote)
GS_MESSAGE(Abandon, abandon)
GS_MESSAGE(RoundAborted, round_aborted)
GS_MESSAGE(Refusal, refusal)
GS_MESSAGE(VocabularyInvitation, vocabulary_invitation)
GS_MESSAGE(VocabularyOffer, vocabulary_offer)
GS_MESSAGE(VocabularyOffers, vocabulary_offers)
GS_MESSAGE(VocabularyContribution, vocabulary_contribution)
GS_MESSAGE(VocabularyContributions, vocabulary_contributions)
GS_MESSAGE(VocabularyConfirmation, vocabulary_confirmation)
GS_MESSAGE(UnopenedRound, unopened_round)
GS_MESSAGE(AttemptEnds, attempt_ends)
#undef GS_MESSAGE

/// A type that has a frame.
template <class Message>
concept Framed = requires { MessageTraits<Message>::kType; };

/// The framed message. Its content must be within limits.hpp, which is so for everything that was
/// decoded or built by this project; a larger one is a bug and ends the process.
template <Framed Message>
[[nodiscard]] Bytes encode(const Message& message);

/// Reads exactly one frame of this type. Allocates at most about twice the size of `frame`,
/// whatever the counts inside claim.
/// @return ProtocolErrc::malformed, too_large, unknown_type, unsupported_version or trailing_bytes.
template <Framed Message>
[[nodiscard]] Result<Message> decode(ByteView frame);

/// What the header says, after magic, version and length were checked; looks at 12 bytes only.
/// @return ProtocolErrc::malformed, unknown_type, unsupported_version, too_large.
[[nodiscard]] Result<MessageType> type_of(ByteView frame);

/// The largest frame of this type, header included: a request body limit.
[[nodiscard]] std::size_t frame_limit_bytes(MessageType type) noexcept;
template <Framed Message>
[[nodiscard]] std::size_t frame_limit_bytes() noexcept {
  return frame_limit_bytes(MessageTraits<Message>::kType);
}

#define GS_DECLARE_WIRE(type)                \
  extern template Bytes encode(const type&); \
  extern template Result<type> decode(ByteView);
GS_DECLARE_WIRE(EnrolRequest)
GS_DECLARE_WIRE(EnrolReply)
GS_DECLARE_WIRE(RosterUpdate)
GS_DECLARE_WIRE(RosterEntry)
GS_DECLARE_WIRE(RosterHead)
GS_DECLARE_WIRE(RosterRequest)
GS_DECLARE_WIRE(RoundInvitation)
GS_DECLARE_WIRE(CheckIn)
GS_DECLARE_WIRE(RoundDescription)
GS_DECLARE_WIRE(ShareKeys)
GS_DECLARE_WIRE(ShareDelivery)
GS_DECLARE_WIRE(Complaint)
GS_DECLARE_WIRE(MaskedInput)
GS_DECLARE_WIRE(MaskedInputUpload)
GS_DECLARE_WIRE(UploadStatus)
GS_DECLARE_WIRE(SurvivorProposal)
GS_DECLARE_WIRE(SurvivorSignature)
GS_DECLARE_WIRE(SurvivorCertificate)
GS_DECLARE_WIRE(Unmask)
GS_DECLARE_WIRE(RoundResult)
GS_DECLARE_WIRE(Vote)
GS_DECLARE_WIRE(Abandon)
GS_DECLARE_WIRE(RoundAborted)
GS_DECLARE_WIRE(Refusal)
GS_DECLARE_WIRE(VocabularyInvitation)
GS_DECLARE_WIRE(VocabularyOffer)
GS_DECLARE_WIRE(VocabularyOffers)
GS_DECLARE_WIRE(VocabularyContribution)
GS_DECLARE_WIRE(VocabularyContributions)
GS_DECLARE_WIRE(VocabularyConfirmation)
GS_DECLARE_WIRE(UnopenedRound)
GS_DECLARE_WIRE(AttemptEnds)
#undef GS_DECLARE_WIRE

}  // namespace guildsum::protocol
