// Events as the ledger stores them: one tag byte, then a frame or little-endian fields.
#include "coordinator/round/round_machine.hpp"
#include "protocol/errors.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator {
namespace {

using protocol::ProtocolErrc;

constexpr std::byte tag_of(std::size_t alternative) {
  return static_cast<std::byte>(alternative + 1);
}

template <class Integer>
void append_le(Bytes& out, Integer value) {
  std::array<std::byte, sizeof(Integer)> bytes;
  store_le(value, bytes);
  append(out, bytes);
}

template <protocol::Framed Message>
Bytes body_of(const Message& message) {
  return protocol::encode(message);
}
Bytes body_of(const InputBegun& event) { return protocol::encode(event.upload); }
Bytes body_of(const InputCompleted& event) {
  return {event.sender.view().begin(), event.sender.view().end()};
}
Bytes body_of(const SumOpened& event) {
  Bytes out;
  append(out, event.sum.view());
  append(out, event.model_root.view());
  append_le(out, event.model_version.value());
  return out;
}
Bytes body_of(const OpeningFailed& event) { return {static_cast<std::byte>(event.reason)}; }
Bytes body_of(const AbortRequested& event) { return {static_cast<std::byte>(event.reason)}; }
Bytes body_of(const DeadlinePassed& event) {
  Bytes out;
  append_le(out, event.phase);
  return out;
}

template <protocol::Framed Message>
Result<Event> read(ByteView body, const Message*) {
  GS_TRY(Message message, protocol::decode<Message>(body));
  return Event{std::move(message)};
}
Result<Event> read(ByteView body, const InputBegun*) {
  GS_TRY(auto upload, protocol::decode<protocol::MaskedInputUpload>(body));
  return Event{InputBegun{std::move(upload)}};
}
Result<Event> read(ByteView body, const InputCompleted*) {
  GS_TRY(const auto sender, protocol::ParticipantId::parse(body));
  return Event{InputCompleted{sender}};
}
Result<Event> read(ByteView body, const SumOpened*) {
  if (body.size() != 72) return ProtocolErrc::malformed;
  GS_TRY(const auto sum, protocol::BlobId::parse(body.first(32)));
  GS_TRY(const auto root, protocol::BlobId::parse(body.subspan(32, 32)));
  return Event{
      SumOpened{sum, root, protocol::ModelVersion{load_le<std::uint64_t>(body.subspan(64))}}};
}
Result<protocol::AbortReason> read_reason(ByteView body) {
  if (body.size() != 1) return ProtocolErrc::malformed;
  const auto value = std::to_integer<std::uint8_t>(body[0]);
  if (value < 1 || value > static_cast<std::uint8_t>(protocol::AbortReason::storage_failed)) {
    return ProtocolErrc::malformed;
  }
  return static_cast<protocol::AbortReason>(value);
}
Result<Event> read(ByteView body, const OpeningFailed*) {
  GS_TRY(const auto reason, read_reason(body));
  return Event{OpeningFailed{reason}};
}
Result<Event> read(ByteView body, const AbortRequested*) {
  GS_TRY(const auto reason, read_reason(body));
  return Event{AbortRequested{reason}};
}
Result<Event> read(ByteView body, const DeadlinePassed*) {
  if (body.size() != sizeof(std::uint32_t)) return ProtocolErrc::malformed;
  return Event{DeadlinePassed{load_le<std::uint32_t>(body)}};
}

template <std::size_t I = 0>
Result<Event> read_alternative(std::size_t alternative, ByteView body) {
  if constexpr (I < std::variant_size_v<Event>) {
    if (alternative == I)
      return read(body, static_cast<const std::variant_alternative_t<I, Event>*>(nullptr));
    return read_alternative<I + 1>(alternative, body);
  } else {
    return Error{ProtocolErrc::unknown_type, "event tag"};
  }
}

}  // namespace

Bytes encode_event(const Event& event) {
  Bytes out{tag_of(event.index())};
  append(out, std::visit([](const auto& content) { return body_of(content); }, event));
  return out;
}

Result<Event> decode_event(ByteView bytes) {
  if (bytes.empty()) return ProtocolErrc::malformed;
  const auto tag = std::to_integer<std::size_t>(bytes[0]);
  return read_alternative(tag - 1, bytes.subspan(1));
}

}  // namespace guildsum::coordinator
