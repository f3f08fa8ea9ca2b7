#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>

#include "crypto/ed25519.hpp"
#include "participant/remote/remote.hpp"
#include "protocol/messages.hpp"

/// A coordinator that shows shops something else than its round machine says, signed with its key.
/// Behind it the production machine goes on; what it would not take from a shop it does not take.
namespace guildsum::simulations {

enum class CoordinatorLie : std::uint8_t {
  another_past,    ///< a description that continues another chain of transcripts
  drops_input,     ///< the list of survivors without the last of them, to everybody
  splits_views,    ///< the same, to every second shop only
  asks_twice,      ///< after the certificate another one, for a second unmasking
  lies_on_result,  ///< the address of another sum
};
inline constexpr std::size_t kCoordinatorLies = 5;
[[nodiscard]] std::string_view to_string(CoordinatorLie lie) noexcept;
[[nodiscard]] std::optional<CoordinatorLie> lie_named(std::string_view word) noexcept;

/// Tells one lie whenever it can, and watches whether a shop is taken in.
class LyingCoordinator {
 public:
  /// Both must outlive it.
  LyingCoordinator(CoordinatorLie lie, const protocol::FederationId& federation,
                   const crypto::Signer& key) noexcept
      : lie_{lie}, federation_{federation}, key_{key} {}

  /// What `shop` is shown in place of `honest`, the next phase message after number `after`, or of
  /// nothing.
  [[nodiscard]] std::optional<participant::PhaseMessage> shown(
      std::uint32_t shop, std::uint32_t after, std::optional<participant::PhaseMessage> honest);
  /// What a shop sends. @return how it was taken in, if it was.
  [[nodiscard]] std::optional<std::string> taken_in(std::uint32_t shop,
                                                    protocol::MessageType type, ByteView frame);
  [[nodiscard]] CoordinatorLie lie() const noexcept { return lie_; }
  /// Messages that were not the machine's.
  [[nodiscard]] std::uint64_t told() const noexcept { return told_; }

 private:
  [[nodiscard]] std::optional<Bytes> description(ByteView frame);
  [[nodiscard]] std::optional<Bytes> proposal(ByteView frame);
  [[nodiscard]] std::optional<Bytes> result(ByteView frame);
  [[nodiscard]] std::optional<participant::PhaseMessage> second_certificate(std::uint32_t shop);

  CoordinatorLie lie_;
  const protocol::FederationId& federation_;
  const crypto::Signer& key_;
  std::uint64_t told_ = 0;
  std::set<protocol::RoundDigest> forged_;  // Of descriptions that nobody may take part in.
  std::map<protocol::RoundDigest, protocol::ParticipantId> dropped_;
  std::set<protocol::RoundDigest> false_results_;
  std::map<std::uint32_t, Bytes> certificates_;  // By shop: shown, and not yet asked about again.
  std::map<std::uint32_t, std::map<protocol::RoundDigest, Bytes>> unmasked_;  // What it revealed.
};

}  // namespace guildsum::simulations
