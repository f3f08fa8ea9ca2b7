#pragma once

#include <concepts>
#include <memory>
#include <span>

#include "base/bytes.hpp"

struct evp_md_ctx_st;

namespace guildsum::crypto {

/// A SHA-256 value (FIPS 180-4), the only hash of the project.
using Digest = FixedBytes<struct DigestTag, 32>;
using DigestHash = FixedBytesHash<struct DigestTag, 32>;

/// SHA-256 of `message`. Thread safe.
[[nodiscard]] Digest sha256(ByteView message) noexcept;

/// SHA-256 of the concatenation of `parts`, without building it.
///
/// The parts carry no lengths: put fixed-size fields or explicit lengths into them where two splits
/// of the same bytes must not collide.
[[nodiscard]] Digest sha256(std::span<const ByteView> parts) noexcept;

/// The same with the parts as arguments: `sha256(as_bytes("share"), rd.view(), salt)`.
template <std::convertible_to<ByteView>... Parts>
  requires(sizeof...(Parts) >= 2)
[[nodiscard]] Digest sha256(const Parts&... parts) noexcept {
  const ByteView views[] = {ByteView{parts}...};
  return sha256(std::span<const ByteView>{views});
}

/// SHA-256 of a message that arrives in pieces. Move-only; one thread at a time.
class Sha256 {
 public:
  Sha256() noexcept;
  Sha256(Sha256&&) noexcept;
  Sha256& operator=(Sha256&&) noexcept;
  ~Sha256();

  void update(ByteView piece) noexcept;
  /// The digest of everything since construction or the last `finish()`; the object then starts
  /// anew.
  [[nodiscard]] Digest finish() noexcept;

 private:
  struct Free {
    void operator()(evp_md_ctx_st* context) const noexcept;
  };
  std::unique_ptr<evp_md_ctx_st, Free> context_;
};

}  // namespace guildsum::crypto
