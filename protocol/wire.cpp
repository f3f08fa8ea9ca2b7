#include "protocol/wire.hpp"

#include <optional>

#include "protocol/detail/fields.hpp"

namespace guildsum::protocol {
namespace {

constexpr std::string_view kMagic = "GSUM";

/// Largest body of each type. Generous by a factor below two over what the limits of its fields
/// allow, and the first thing that is checked.
constexpr std::optional<std::size_t> body_limit(MessageType type) noexcept {
  constexpr std::size_t kSmall = 512;
  constexpr std::size_t kKiB = 1024;
  switch (type) {
    case MessageType::round_invitation:
    case MessageType::check_in:
    case MessageType::complaint:
    case MessageType::masked_input:
    case MessageType::survivor_signature:
    case MessageType::vote:
    case MessageType::abandon:
    case MessageType::refusal:
    case MessageType::roster_entry:
    case MessageType::roster_head:
    case MessageType::vocabulary_invitation:
    case MessageType::vocabulary_offer:
    case MessageType::vocabulary_confirmation:
      return kSmall;
    case MessageType::roster_request:
      return 160 * kKiB;
    case MessageType::enrol_request:
    case MessageType::round_result:
    case MessageType::vocabulary_contribution:
      return 32 * kKiB;
    case MessageType::unmask:
      return 32 * kKiB;
    case MessageType::survivor_certificate:
    case MessageType::round_aborted:
    case MessageType::vocabulary_offers:
      return 64 * kKiB;
    case MessageType::survivor_proposal:
      return 128 * kKiB;
    case MessageType::round_description:
    case MessageType::share_keys:
    case MessageType::upload_status:
      return 320 * kKiB;
    case MessageType::masked_input_upload:
      return 3 * kKiB * kKiB;
    case MessageType::roster_update:
    case MessageType::vocabulary_contributions:
    case MessageType::attempt_ends:
      return 4 * kKiB * kKiB;
    case MessageType::enrol_reply:
    case MessageType::share_delivery:
    case MessageType::unopened_round:
      return kMessageBytesMax - kFrameHeaderBytes;
  }
  return std::nullopt;
}

struct FrameHeader {
  MessageType type;
  std::size_t body_bytes;
};

Result<FrameHeader> read_header(ByteView frame) {
  if (frame.size() < kFrameHeaderBytes || as_text(frame.first(kMagic.size())) != kMagic) {
    return Error{ProtocolErrc::malformed, "no frame header"};
  }
  const auto type = static_cast<MessageType>(load_le<std::uint16_t>(frame.subspan(4, 2)));
  const auto version = load_le<std::uint16_t>(frame.subspan(6, 2));
  const std::size_t length = load_le<std::uint32_t>(frame.subspan(8, 4));
  const auto limit = body_limit(type);
  if (!limit) return Error{ProtocolErrc::unknown_type, std::to_string(static_cast<int>(type))};
  if (version != kProtocolVersion) {
    return Error{ProtocolErrc::unsupported_version, "version " + std::to_string(version)};
  }
  if (length > *limit) {
    return Error{ProtocolErrc::too_large, std::to_string(length) + " bytes in a frame of type " +
                                              std::to_string(static_cast<int>(type))};
  }
  return FrameHeader{type, length};
}

}  // namespace

Result<MessageType> type_of(ByteView frame) {
  GS_TRY(const FrameHeader header, read_header(frame));
  return header.type;
}

std::size_t frame_limit_bytes(MessageType type) noexcept {
  return body_limit(type).value_or(0) + kFrameHeaderBytes;
}

template <Framed Message>
Bytes encode(const Message& message) {
  constexpr MessageType kType = MessageTraits<Message>::kType;
  Bytes frame = to_bytes(kMagic);
  CanonicalOut out{frame};
  out(static_cast<std::uint16_t>(kType), kProtocolVersion, std::uint32_t{0});
  out(message);
  const std::size_t body_bytes = frame.size() - kFrameHeaderBytes;
  GS_ASSERT(body_bytes <= *body_limit(kType));
  store_le(static_cast<std::uint32_t>(body_bytes), MutableByteView{frame}.subspan(8, 4));
  return frame;
}

template <Framed Message>
Result<Message> decode(ByteView frame) {
  GS_TRY(const FrameHeader header, read_header(frame));
  if (header.type != MessageTraits<Message>::kType) {
    return Error{ProtocolErrc::unknown_type, "another message type was expected"};
  }
  const ByteView body_view = frame.subspan(kFrameHeaderBytes);
  if (body_view.size() < header.body_bytes) {
    return Error{ProtocolErrc::malformed, "the frame is cut off"};
  }
  if (body_view.size() > header.body_bytes) {
    return Error{ProtocolErrc::trailing_bytes, "bytes follow the frame"};
  }
  return from_canonical<Message>(body_view);
}

#define GS_DEFINE_WIRE(type)          \
  template Bytes encode(const type&); \
  template Result<type> decode(ByteView);
GS_DEFINE_WIRE(EnrolRequest)
GS_DEFINE_WIRE(EnrolReply)
GS_DEFINE_WIRE(RosterUpdate)
GS_DEFINE_WIRE(RosterEntry)
GS_DEFINE_WIRE(RosterHead)
GS_DEFINE_WIRE(RosterRequest)
GS_DEFINE_WIRE(RoundInvitation)
GS_DEFINE_WIRE(CheckIn)
GS_DEFINE_WIRE(RoundDescription)
GS_DEFINE_WIRE(ShareKeys)
GS_DEFINE_WIRE(ShareDelivery)
GS_DEFINE_WIRE(Complaint)
GS_DEFINE_WIRE(MaskedInput)
GS_DEFINE_WIRE(MaskedInputUpload)
GS_DEFINE_WIRE(UploadStatus)
GS_DEFINE_WIRE(SurvivorProposal)
GS_DEFINE_WIRE(SurvivorSignature)
GS_DEFINE_WIRE(SurvivorCertificate)
GS_DEFINE_WIRE(Unmask)
GS_DEFINE_WIRE(RoundResult)
GS_DEFINE_WIRE(Vote)
GS_DEFINE_WIRE(Abandon)
GS_DEFINE_WIRE(RoundAborted)
GS_DEFINE_WIRE(Refusal)
GS_DEFINE_WIRE(VocabularyInvitation)
GS_DEFINE_WIRE(VocabularyOffer)
GS_DEFINE_WIRE(VocabularyOffers)
GS_DEFINE_WIRE(VocabularyContribution)
GS_DEFINE_WIRE(VocabularyContributions)
GS_DEFINE_WIRE(VocabularyConfirmation)
GS_DEFINE_WIRE(UnopenedRound)
GS_DEFINE_WIRE(AttemptEnds)
#undef GS_DEFINE_WIRE

}  // namespace guildsum::protocol
