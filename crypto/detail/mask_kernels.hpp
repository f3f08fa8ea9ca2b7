#pragma once

#include <cstddef>
#include <cstdint>

/// The kernels of `crypto/mask_expand.hpp`, one source file per instruction set.
///
/// Their files use raw pointers and internal linkage only: an inline function of the standard
/// library compiled there with wider instructions could be chosen by the linker for the whole
/// program.
namespace guildsum::crypto::detail {

inline constexpr std::size_t kAesBlockBytes = 16;

/// The 15 round keys of AES-256 in the order and byte order of the AESENC instruction.
struct alignas(64) AesSchedule {
  std::uint8_t round_keys[15 * kAesBlockBytes];
};

/// How key stream words are applied to the target.
struct WordOperation {
  std::uint8_t word_bytes;  ///< 2, 4 or 8.
  bool negative;            ///< Subtract instead of add.
};

/// target (16 * blocks bytes, any alignment) +/-= key stream blocks [first_block, first_block +
/// blocks).
using AddKeyStream = void (*)(const AesSchedule& schedule, std::uint64_t first_block,
                              std::size_t blocks, WordOperation operation, std::byte* target);

/// FIPS 197 key expansion; needs AES-NI.
void expand_key_aes_ni(const std::byte* key, AesSchedule& schedule) noexcept;

void add_key_stream_aes_ni(const AesSchedule& schedule, std::uint64_t first_block,
                           std::size_t blocks, WordOperation operation, std::byte* target) noexcept;
void add_key_stream_avx2(const AesSchedule& schedule, std::uint64_t first_block, std::size_t blocks,
                         WordOperation operation, std::byte* target) noexcept;
void add_key_stream_avx512(const AesSchedule& schedule, std::uint64_t first_block,
                           std::size_t blocks, WordOperation operation, std::byte* target) noexcept;

/// Whether the processor and this build have the kernel.
bool has_aes_ni() noexcept;
bool has_avx2() noexcept;
bool has_avx512() noexcept;

}  // namespace guildsum::crypto::detail
