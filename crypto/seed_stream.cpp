#include "crypto/seed_stream.hpp"

#include "crypto/hkdf.hpp"

namespace guildsum::crypto {
namespace {

MaskSeed stream_key(const ExpansionSeed& seed, std::string_view label) {
  constexpr std::string_view kPurpose{"guildsum/v1/seed-stream\0", 24};
  Bytes info = to_bytes(kPurpose);
  append(info, as_bytes(label));
  return derive<MaskSeed>(seed.expose(), Digest{}, info);
}

}  // namespace

SeedStream::SeedStream(const ExpansionSeed& seed, std::string_view label) noexcept
    : stream_{stream_key(seed, label)} {}

void SeedStream::fill(std::span<std::byte> out) noexcept {
  stream_.fill(position_, out);
  position_ += out.size();
}

FieldElement SeedStream::field_element() noexcept {
  while (true) {
    std::array<std::byte, 8> bytes;
    fill(bytes);
    const std::uint64_t drawn = load_le<std::uint64_t>(bytes) & FieldElement::kModulus;
    OPENSSL_cleanse(bytes.data(), bytes.size());
    // Only p itself is out of range. Rejecting reveals that a discarded draw was p, nothing else.
    if (drawn != FieldElement::kModulus) return FieldElement::reduce(drawn);
  }
}

}  // namespace guildsum::crypto
