#pragma once

#include <filesystem>
#include <mutex>
#include <string_view>

#include "base/random.hpp"
#include "base/result.hpp"
#include "crypto/hmac.hpp"

namespace guildsum::participant {

/// What the store knows a customer by: HMAC-SHA256 of her id under the shop's own key. Without the
/// key nobody can test whether an id is in the store.
using Pseudonym = FixedBytes<struct PseudonymTag, 32>;

/// Turns the shop's customer ids and order numbers into pseudonyms. Thread safe.
class Pseudonymizer {
 public:
  explicit Pseudonymizer(ByteView key) noexcept : mac_{key} {}
  /// Loads the key, or makes one on first use (mode 0600).
  [[nodiscard]] static Result<std::unique_ptr<Pseudonymizer>> load(
      const std::filesystem::path& key_file, Random& random);

  [[nodiscard]] Pseudonym customer(std::string_view id);
  /// Eight bytes are enough to tell one customer's orders apart.
  [[nodiscard]] Bytes order_tag(std::string_view order);

 private:
  [[nodiscard]] crypto::Digest tagged(std::string_view label, std::string_view text);
  std::mutex mutex_;
  crypto::HmacSha256 mac_;
};

}  // namespace guildsum::participant
