#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include <openssl/crypto.h>

#include "base/secret_memory.hpp"

namespace guildsum {

/// N secret bytes with a purpose, in secret memory (`secret_memory.hpp`). Move-only; wiped on
/// destruction and on assignment; what was moved from is all zero. No comparison, no stream
/// operator, no serialiser. Read only through `expose()`, whose view must not outlive the object.
template <class Tag, std::size_t N>
class Secret {
 public:
  static constexpr std::size_t kSize = N;
  explicit Secret(std::span<const std::byte, N> in) noexcept
      : bytes_{static_cast<std::byte*>(allocate_secret(N))} {
    std::ranges::copy(in, bytes_);
  }
  Secret(Secret&& other) noexcept : bytes_{std::exchange(other.bytes_, nullptr)} {}
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      free_secret(bytes_, N);
      bytes_ = std::exchange(other.bytes_, nullptr);
    }
    return *this;
  }
  Secret(const Secret&) = delete;
  Secret& operator=(const Secret&) = delete;
  ~Secret() { free_secret(bytes_, N); }

  [[nodiscard]] std::span<const std::byte, N> expose() const noexcept {
    return std::span<const std::byte, N>{bytes_ == nullptr ? kGone.data() : bytes_, N};
  }
  /// A second holder of the same secret, spelled out because copies are otherwise impossible.
  [[nodiscard]] Secret duplicate() const noexcept { return Secret{expose()}; }

 private:
  static constexpr std::array<std::byte, N> kGone{};  // What a moved-from secret exposes.
  std::byte* bytes_;
};

/// Secret text of any length: a private key in PEM, a bearer token. Move-only; wiped on destruction
/// and on move; no comparison, no stream operator. The string it is made from is wiped, too.
class SecretText {
 public:
  SecretText() = default;
  explicit SecretText(std::string&& text) noexcept : text_{text} { cleanse(text); }
  SecretText(SecretText&& other) noexcept : text_{other.text_} { other.wipe(); }
  SecretText& operator=(SecretText&& other) noexcept {
    if (this != &other) {
      wipe();
      text_ = other.text_;
      other.wipe();
    }
    return *this;
  }
  SecretText(const SecretText&) = delete;
  SecretText& operator=(const SecretText&) = delete;
  ~SecretText() { wipe(); }

  [[nodiscard]] std::string_view expose() const noexcept { return text_; }
  [[nodiscard]] bool empty() const noexcept { return text_.empty(); }
  [[nodiscard]] SecretText duplicate() const { return SecretText{std::string{text_}}; }

 private:
  static void cleanse(std::string& text) noexcept {
    OPENSSL_cleanse(text.data(), text.size());
    text.clear();
  }
  void wipe() noexcept { cleanse(text_); }
  std::string text_;
};

}  // namespace guildsum
