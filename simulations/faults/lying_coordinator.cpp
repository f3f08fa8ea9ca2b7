#include "simulations/faults/lying_coordinator.hpp"

#include <algorithm>
#include <array>
#include <utility>

#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {
namespace {

using protocol::MessageType;

constexpr std::array<std::string_view, kCoordinatorLies> kNames{
    "another-past", "drops-input", "splits-views", "asks-twice", "lies-on-result"};

// Numbers of phase messages, docs/protocol.md section 4.
constexpr std::uint32_t kDescription = 1;
constexpr std::uint32_t kProposal = 3;
constexpr std::uint32_t kCertificate = 4;
constexpr std::uint32_t kResult = 5;

template <class Bytes32>
void flip_first(Bytes32& bytes) noexcept {
  bytes.mutable_view().front() ^= std::byte{1};
}

}  // namespace

std::string_view to_string(CoordinatorLie lie) noexcept {
  return kNames[static_cast<std::size_t>(lie)];
}

std::optional<CoordinatorLie> lie_named(std::string_view word) noexcept {
  const auto found = std::ranges::find(kNames, word);
  if (found == kNames.end()) return std::nullopt;
  return static_cast<CoordinatorLie>(found - kNames.begin());
}

std::optional<participant::PhaseMessage> LyingCoordinator::shown(
    std::uint32_t shop, std::uint32_t after, std::optional<participant::PhaseMessage> honest) {
  std::optional<Bytes> lie;
  if (!honest) {
    if (lie_ == CoordinatorLie::asks_twice && after == kCertificate) {
      return second_certificate(shop);
    }
    return std::nullopt;
  }
  if (honest->number == kCertificate) certificates_[shop] = honest->frame;
  const bool splits = lie_ == CoordinatorLie::splits_views && shop % 2 == 1;
  const bool about_survivors = splits || lie_ == CoordinatorLie::drops_input;
  if (honest->number == kDescription && lie_ == CoordinatorLie::another_past) {
    lie = description(honest->frame);
  } else if (honest->number == kProposal && about_survivors) {
    lie = proposal(honest->frame);
  } else if (honest->number == kResult && lie_ == CoordinatorLie::lies_on_result) {
    lie = result(honest->frame);
  }
  if (!lie) return honest;
  ++told_;
  return participant::PhaseMessage{honest->number, *std::move(lie)};
}

/// The first round of a federation has no past that a shop could know.
std::optional<Bytes> LyingCoordinator::description(ByteView frame) {
  auto message = protocol::decode<protocol::RoundDescription>(frame);
  if (!message || message->descriptor.round == protocol::RoundId{1}) return std::nullopt;
  flip_first(message->descriptor.previous_transcript);
  protocol::sign(*message, key_);
  forged_.insert(protocol::round_digest(message->descriptor));
  return protocol::encode(*message);
}

std::optional<Bytes> LyingCoordinator::proposal(ByteView frame) {
  auto message = protocol::decode<protocol::SurvivorProposal>(frame);
  if (!message || message->headers.empty()) return std::nullopt;
  dropped_[message->rd] = message->headers.back().sender;
  message->headers.pop_back();
  return protocol::encode(*message);
}

/// A certificate of other signers, over the same list: what a second unmasking would begin with.
std::optional<participant::PhaseMessage> LyingCoordinator::second_certificate(std::uint32_t shop) {
  const auto known = certificates_.find(shop);
  if (known == certificates_.end()) return std::nullopt;
  auto message = protocol::decode<protocol::SurvivorCertificate>(known->second);
  certificates_.erase(known);
  if (!message || message->signatures.size() < 2) return std::nullopt;
  for (auto& signature : message->signatures) flip_first(signature.survivors);
  ++told_;
  return participant::PhaseMessage{kCertificate, protocol::encode(*message)};
}

std::optional<Bytes> LyingCoordinator::result(ByteView frame) {
  auto message = protocol::decode<protocol::RoundResult>(frame);
  if (!message) return std::nullopt;
  flip_first(message->sum);
  protocol::sign(*message, federation_, key_);
  false_results_.insert(message->rd);
  return protocol::encode(*message);
}

std::optional<std::string> LyingCoordinator::taken_in(std::uint32_t shop, MessageType type,
                                                      ByteView frame) {
  if (type == MessageType::share_keys) {
    const auto message = protocol::decode<protocol::ShareKeys>(frame);
    if (message && forged_.contains(message->rd)) return "shared keys under a forged past";
  }
  if (type == MessageType::survivor_signature) {
    const auto message = protocol::decode<protocol::SurvivorSignature>(frame);
    const auto left_out = message ? dropped_.find(message->rd) : dropped_.end();
    const bool tells_all = lie_ == CoordinatorLie::drops_input;
    if (tells_all && left_out != dropped_.end() && left_out->second == message->sender) {
      return "signed a list of survivors that leaves it out";
    }
  }
  if (type == MessageType::unmask) {
    const auto message = protocol::decode<protocol::Unmask>(frame);
    if (message) {
      const auto [known, fresh] =
          unmasked_[shop].try_emplace(message->rd, Bytes{frame.begin(), frame.end()});
      if (!fresh && !std::ranges::equal(known->second, frame)) return "unmasked twice";
      if (lie_ == CoordinatorLie::splits_views && dropped_.contains(message->rd)) {
        return "unmasked a round whose views were split";
      }
    }
  }
  if (type == MessageType::vote) {
    const auto message = protocol::decode<protocol::Vote>(frame);
    if (message && message->accept && false_results_.contains(message->rd)) {
      return "accepted the address of another sum";
    }
  }
  return std::nullopt;
}

}  // namespace guildsum::simulations
