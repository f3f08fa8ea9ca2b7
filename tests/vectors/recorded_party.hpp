#pragma once

#include <optional>
#include <vector>

#include <boost/json.hpp>

#include "coordinator/round/round_machine.hpp"
#include "crypto/ed25519.hpp"
#include "participant/round/round_machine.hpp"

namespace guildsum::vectors {

inline constexpr std::uint32_t kShops = 6;
inline constexpr std::size_t kLength = 70;  ///< Two chunks, the second one short.
inline constexpr std::uint8_t kValueBits = 12;

/// A signing key whose seed is written into the vectors.
struct KnownSigner {
  Bytes seed;
  crypto::Signer signer;
  explicit KnownSigner(Random& random);

 private:
  explicit KnownSigner(Bytes bytes);
};

/// Copies of the secrets of one attempt, before the machine takes them.
struct KnownSecrets {
  Bytes mask_key;
  Bytes share_key;
  Bytes self_seed;
  explicit KnownSecrets(const participant::RoundSecrets& secrets);
};

/// One shop: its machine and what the vectors tell about it.
struct RecordedShop {
  const KnownSigner& key;
  participant::RoundContext context;
  KnownSecrets secrets;
  std::vector<std::int64_t> input;
  std::optional<participant::Phase> phase;
  std::vector<participant::MaskTerm> masks;
  std::vector<Bytes> chunks;
  participant::HeldShares held;  ///< in U1's order
  bool silent = false;
};

[[nodiscard]] boost::json::object described(const RecordedShop& shop);
[[nodiscard]] boost::json::array hex_list(const std::vector<Bytes>& values);

}  // namespace guildsum::vectors
