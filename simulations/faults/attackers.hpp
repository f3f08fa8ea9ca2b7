#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

#include "base/random.hpp"
#include "crypto/ed25519.hpp"
#include "protocol/messages.hpp"

/// Shops that do not follow the protocol. Each runs the production machine and has its own key, and
/// then sends something else, signed.
namespace guildsum::simulations {

enum class AttackKind : std::uint8_t {
  garbage,       ///< random bytes in place of every message
  bad_dealing,   ///< a key share that its holder cannot open
  wrong_shares,  ///< an unmasking answer whose shares do not open their commitments
  two_uploads,   ///< a second masked input under the same round
  equivocates,   ///< after each message another one under the same id
  late_unmask,   ///< the unmasking answer after its deadline
  free_rider,    ///< an input of zeros
  scales,        ///< its input a thousand times
  flips_sign,    ///< its input negated
};
inline constexpr std::size_t kAttackKinds = 9;
[[nodiscard]] std::string_view to_string(AttackKind kind) noexcept;
[[nodiscard]] std::optional<AttackKind> attack_named(std::string_view word) noexcept;
/// Whether the coordinator must refuse each of its messages. A share that does not open shows only
/// at its holder, and an input nobody sees.
[[nodiscard]] bool must_be_refused(AttackKind kind) noexcept;

struct Attacker {
  std::uint32_t shop = 0;
  AttackKind kind = AttackKind::garbage;
};

/// What an attack came to.
struct AttackTally {
  std::uint64_t tried = 0;    ///< messages sent
  std::uint64_t refused = 0;  ///< of them, by the coordinator
};

/// How an attacker signs.
struct AttackerKey {
  const protocol::FederationId& federation;
  const crypto::Signer& signer;
};

/// What goes out in place of `frame`; nothing where the attack leaves it alone.
[[nodiscard]] std::optional<Bytes> spoilt_message(AttackKind kind, protocol::MessageType type,
                                                  ByteView frame, const AttackerKey& key,
                                                  Random& random);
/// What goes out after `frame` was acknowledged, under the same id; nothing for most.
[[nodiscard]] std::optional<Bytes> second_message(AttackKind kind, protocol::MessageType type,
                                                  ByteView frame, const AttackerKey& key);
/// Changes an input [d], whose last two values are counts.
void spoil_input(AttackKind kind, std::span<std::int64_t> values);

}  // namespace guildsum::simulations
