#include "simulations/faults/attackers.hpp"

#include <algorithm>
#include <array>

#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {
namespace {

using protocol::MessageType;

constexpr std::array<std::string_view, kAttackKinds> kNames{
    "garbage",     "bad-dealing", "wrong-shares", "two-uploads", "equivocates",
    "late-unmask", "free-rider",  "scales",       "flips-sign"};
constexpr std::int64_t kScale = 1000;

void flip(std::byte& byte) noexcept { byte ^= std::byte{1}; }

template <class Bytes32>
void flip_first(Bytes32& bytes) noexcept {
  flip(bytes.mutable_view().front());
}

/// The message with a change, signed again by its sender.
template <class Message, class Change>
std::optional<Bytes> changed(ByteView frame, const AttackerKey& key, const Change& change) {
  auto message = protocol::decode<Message>(frame);
  if (!message) return std::nullopt;
  change(*message);
  protocol::sign(*message, key.federation, key.signer);
  return protocol::encode(*message);
}

std::optional<Bytes> second_upload(ByteView frame, const AttackerKey& key) {
  auto upload = protocol::decode<protocol::MaskedInputUpload>(frame);
  if (!upload) return std::nullopt;
  flip_first(upload->header.chunk_root);
  protocol::sign(upload->header, key.federation, key.signer);
  return protocol::encode(*upload);
}

}  // namespace

std::string_view to_string(AttackKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

std::optional<AttackKind> attack_named(std::string_view word) noexcept {
  const auto found = std::ranges::find(kNames, word);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<AttackKind>(found - kNames.begin());
}

bool must_be_refused(AttackKind kind) noexcept {
  return kind < AttackKind::free_rider && kind != AttackKind::bad_dealing;
}

std::optional<Bytes> spoilt_message(AttackKind kind, MessageType type, ByteView frame,
                                    const AttackerKey& key, Random& random) {
  if (kind == AttackKind::garbage) {
    Bytes noise(frame.size());
    random.fill(noise);
    return noise;
  }
  if (kind == AttackKind::bad_dealing && type == MessageType::share_keys) {
    return changed<protocol::ShareKeys>(frame, key, [](protocol::ShareKeys& message) {
      flip(message.shares.front().ciphertext.front());
    });
  }
  if (kind == AttackKind::wrong_shares && type == MessageType::unmask) {
    return changed<protocol::Unmask>(
        frame, key, [](protocol::Unmask& message) { flip(message.shares.front().salt.front()); });
  }
  return std::nullopt;
}

std::optional<Bytes> second_message(AttackKind kind, MessageType type, ByteView frame,
                                    const AttackerKey& key) {
  if (type == MessageType::masked_input_upload) {
    const bool sends = kind == AttackKind::two_uploads || kind == AttackKind::equivocates;
    return sends ? second_upload(frame, key) : std::nullopt;
  }
  if (kind != AttackKind::equivocates) return std::nullopt;
  switch (type) {
    case MessageType::check_in:
      return changed<protocol::CheckIn>(
          frame, key, [](protocol::CheckIn& message) { flip_first(message.self_seed_digest); });
    case MessageType::share_keys:
      return changed<protocol::ShareKeys>(frame, key, [](protocol::ShareKeys& message) {
        flip(message.shares.front().ciphertext.front());
      });
    case MessageType::survivor_signature:
      return changed<protocol::SurvivorSignature>(
          frame, key, [](protocol::SurvivorSignature& message) { flip_first(message.survivors); });
    case MessageType::unmask:
      return changed<protocol::Unmask>(
          frame, key, [](protocol::Unmask& message) { flip(message.shares.front().salt.front()); });
    case MessageType::vote:
      return changed<protocol::Vote>(frame, key, [](protocol::Vote& message) {
        message.accept = false;
        message.reason = protocol::VoteReason::model_not_reproduced;
      });
    default:
      return std::nullopt;
  }
}

void spoil_input(AttackKind kind, std::span<std::int64_t> values) {
  for (std::int64_t& value : values.first(values.size() - 2)) {
    if (kind == AttackKind::free_rider) value = 0;
    if (kind == AttackKind::scales) value *= kScale;
    if (kind == AttackKind::flips_sign) value = -value;
  }
}

}  // namespace guildsum::simulations
