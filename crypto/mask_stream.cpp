#include "crypto/mask_stream.hpp"

#include <algorithm>
#include <array>

#include <openssl/crypto.h>

#include "crypto/detail/evp.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::size_t kBlockBytes = 16;
/// What is encrypted: reading zeros that stay in cache is cheaper than writing them first.
constexpr std::array<std::byte, 16 * 1024> kZeros{};

evp_cipher_ctx_st* new_context(const MaskSeed& seed, const CounterBlock& first) noexcept {
  static const detail::EvpCipher cipher{EVP_CIPHER_fetch(nullptr, "AES-256-CTR", nullptr)};
  EVP_CIPHER_CTX* context = EVP_CIPHER_CTX_new();
  GS_ASSERT(cipher != nullptr && context != nullptr);
  GS_OPENSSL(EVP_EncryptInit_ex2(context, cipher.get(), detail::uchars(seed.expose()),
                                 detail::uchars(first.view()), nullptr));
  return context;
}

/// `first` + `blocks` mod 2^128, big-endian.
CounterBlock advanced(const CounterBlock& first, std::uint64_t blocks) noexcept {
  CounterBlock counter = first;
  auto bytes = counter.mutable_view();
  unsigned carry = 0;
  for (std::size_t i = 0; i < kBlockBytes; ++i) {
    const std::size_t at = kBlockBytes - 1 - i;
    const unsigned addend = i < 8 ? static_cast<unsigned>(blocks >> (8 * i)) & 0xff : 0;
    const unsigned sum = std::to_integer<unsigned>(bytes[at]) + addend + carry;
    bytes[at] = static_cast<std::byte>(sum & 0xff);
    carry = sum >> 8;
  }
  return counter;
}

/// Encrypts zeros, which gives the key stream itself.
void write_stream(EVP_CIPHER_CTX* context, MutableByteView out) noexcept {
  while (!out.empty()) {
    const std::size_t size = std::min(out.size(), kZeros.size());
    int written = 0;
    GS_OPENSSL(EVP_EncryptUpdate(context, detail::writable(out), &written, detail::uchars(kZeros),
                                 static_cast<int>(size)));
    out = out.subspan(size);
  }
}

}  // namespace

void MaskStream::Free::operator()(evp_cipher_ctx_st* context) const noexcept {
  EVP_CIPHER_CTX_free(context);
}
MaskStream::MaskStream(const MaskSeed& seed) noexcept : MaskStream{seed, CounterBlock{}} {}
MaskStream::MaskStream(const MaskSeed& seed, const CounterBlock& first) noexcept
    : context_{new_context(seed, first)}, first_{first} {}
MaskStream::MaskStream(MaskStream&&) noexcept = default;
MaskStream& MaskStream::operator=(MaskStream&&) noexcept = default;
MaskStream::~MaskStream() = default;

void MaskStream::seek(std::uint64_t byte_offset) noexcept {
  const CounterBlock counter = advanced(first_, byte_offset / kBlockBytes);
  GS_OPENSSL(EVP_EncryptInit_ex2(context_.get(), nullptr, nullptr, detail::uchars(counter.view()),
                                 nullptr));
  std::array<std::byte, kBlockBytes> skipped;
  const std::size_t skip = byte_offset % kBlockBytes;
  if (skip != 0) write_stream(context_.get(), std::span{skipped}.first(skip));
  OPENSSL_cleanse(skipped.data(), skip);
  position_ = byte_offset;
}

void MaskStream::fill(std::uint64_t byte_offset, MutableByteView out) noexcept {
  if (out.empty()) return;
  if (byte_offset != position_) seek(byte_offset);
  position_ += out.size();
  write_stream(context_.get(), out);
}

}  // namespace guildsum::crypto
