#include "crypto/mask_expand.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <vector>

#include <openssl/crypto.h>

#include "base/assert.hpp"
#include "base/thread_pool.hpp"
#include "crypto/detail/mask_kernels.hpp"

namespace guildsum::crypto {
namespace {

/// Target bytes that are visited with every seed before the next ones: half a first-level cache.
constexpr std::size_t kCacheBlockBytes = 16 * 1024;
constexpr std::size_t kAesBlockBytes = detail::kAesBlockBytes;

/// target +/-= stream, word by word.
template <class Word, bool negative>
void apply(const std::byte* stream, std::size_t size, std::byte* target) noexcept {
  for (std::size_t at = 0; at < size; at += sizeof(Word)) {
    Word sum;
    Word addend;
    std::memcpy(&sum, target + at, sizeof(Word));
    std::memcpy(&addend, stream + at, sizeof(Word));
    sum = static_cast<Word>(negative ? sum - addend : sum + addend);
    std::memcpy(target + at, &sum, sizeof(Word));
  }
}

template <bool negative>
void apply_words(const std::byte* stream, std::size_t word_bytes, std::size_t size,
                 std::byte* target) noexcept {
  switch (word_bytes) {
    case 2:
      return apply<std::uint16_t, negative>(stream, size, target);
    case 4:
      return apply<std::uint32_t, negative>(stream, size, target);
    default:
      return apply<std::uint64_t, negative>(stream, size, target);
  }
}

void apply_words(const std::byte* stream, detail::WordOperation operation, std::size_t size,
                 std::byte* target) noexcept {
  if (operation.negative) return apply_words<true>(stream, operation.word_bytes, size, target);
  apply_words<false>(stream, operation.word_bytes, size, target);
}

/// A run of target bytes and its place in the masks.
struct ByteRun {
  std::uint64_t stream_offset;
  std::byte* target;
  std::size_t size;
};

/// Portable: OpenSSL writes the stream of a block into a buffer that stays in cache.
void expand_evp(std::span<const SignedSeed> seeds, std::uint8_t word_bytes, ByteRun run) {
  std::vector<MaskStream> streams;
  streams.reserve(seeds.size());
  for (const SignedSeed& seed : seeds) streams.emplace_back(*seed.seed);
  alignas(64) std::array<std::byte, kCacheBlockBytes> buffer;
  for (std::size_t done = 0; done < run.size; done += kCacheBlockBytes) {
    const std::size_t size = std::min(kCacheBlockBytes, run.size - done);
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      streams[i].fill(run.stream_offset + done, std::span{buffer}.first(size));
      apply_words(buffer.data(), {word_bytes, seeds[i].negative}, size, run.target + done);
    }
  }
  OPENSSL_cleanse(buffer.data(), buffer.size());
}

/// Key schedules of all seeds, computed once and wiped.
class Schedules {
 public:
  explicit Schedules(std::span<const SignedSeed> seeds) : schedules_(seeds.size()) {
    for (std::size_t i = 0; i < seeds.size(); ++i) {
      detail::expand_key_aes_ni(seeds[i].seed->expose().data(), schedules_[i]);
    }
  }
  Schedules(const Schedules&) = delete;
  Schedules& operator=(const Schedules&) = delete;
  ~Schedules() {
    OPENSSL_cleanse(schedules_.data(), schedules_.size() * sizeof(detail::AesSchedule));
  }
  const detail::AesSchedule& operator[](std::size_t i) const noexcept { return schedules_[i]; }

 private:
  std::vector<detail::AesSchedule> schedules_;
};

detail::AddKeyStream fused_kernel(MaskKernel kernel) noexcept {
  if (kernel == MaskKernel::avx512) return detail::add_key_stream_avx512;
  if (kernel == MaskKernel::avx2) return detail::add_key_stream_avx2;
  return detail::add_key_stream_aes_ni;
}

/// Adds the masks to a run with a kernel that works on whole AES blocks.
class FusedExpansion {
 public:
  FusedExpansion(std::span<const SignedSeed> seeds, const Schedules& schedules,
                 detail::AddKeyStream kernel, std::uint8_t word_bytes) noexcept
      : seeds_{seeds}, schedules_{schedules}, kernel_{kernel}, word_bytes_{word_bytes} {}

  void operator()(ByteRun run) const noexcept {
    const std::size_t inside = run.stream_offset % kAesBlockBytes;
    if (inside != 0) run = partial_block(run, std::min(run.size, kAesBlockBytes - inside));
    while (run.size >= kAesBlockBytes) {
      const std::size_t size =
          std::min(kCacheBlockBytes, run.size / kAesBlockBytes * kAesBlockBytes);
      for (std::size_t i = 0; i < seeds_.size(); ++i) {
        kernel_(schedules_[i], run.stream_offset / kAesBlockBytes, size / kAesBlockBytes,
                operation(i), run.target);
      }
      run = rest(run, size);
    }
    if (run.size != 0) partial_block(run, run.size);
  }

 private:
  static ByteRun rest(ByteRun run, std::size_t done) noexcept {
    return {run.stream_offset + done, run.target + done, run.size - done};
  }
  detail::WordOperation operation(std::size_t i) const noexcept {
    return {word_bytes_, seeds_[i].negative};
  }
  /// The first `size` bytes of the run, inside one AES block; returns what follows.
  ByteRun partial_block(ByteRun run, std::size_t size) const noexcept {
    std::byte sum[kAesBlockBytes] = {};
    for (std::size_t i = 0; i < seeds_.size(); ++i) {
      kernel_(schedules_[i], run.stream_offset / kAesBlockBytes, 1, operation(i), sum);
    }
    const std::byte* first = sum + run.stream_offset % kAesBlockBytes;
    apply_words(first, {word_bytes_, false}, size, run.target);
    OPENSSL_cleanse(sum, sizeof(sum));
    return rest(run, size);
  }

  std::span<const SignedSeed> seeds_;
  const Schedules& schedules_;
  detail::AddKeyStream kernel_;
  std::uint8_t word_bytes_;
};

/// Calls `body` for the whole target, or for pieces of it on the pool's threads.
template <class Body>
void for_each_run(std::uint64_t value_offset, RingSlice target, ThreadPool* pool,
                  const Body& body) {
  const std::size_t word_bytes = target.bits.word_bytes();
  const auto run = [&](std::size_t first, std::size_t last) {
    body(ByteRun{(value_offset + first) * word_bytes, target.words + first * word_bytes,
                 (last - first) * word_bytes});
  };
  const std::size_t block_values = kCacheBlockBytes / word_bytes;
  if (pool == nullptr || target.count <= block_values) return run(0, target.count);
  // A few pieces per thread even out their speeds; each piece is whole cache blocks.
  const std::size_t pieces = 4 * (pool->size() + 1);
  const std::size_t blocks = (target.count / block_values + pieces) / pieces;
  pool->parallel_for(0, target.count, blocks * block_values, run);
}

}  // namespace

std::string_view name(MaskKernel kernel) noexcept {
  switch (kernel) {
    case MaskKernel::evp:
      return "evp";
    case MaskKernel::aes_ni:
      return "aes_ni";
    case MaskKernel::avx2:
      return "avx2";
    case MaskKernel::avx512:
      return "avx512";
  }
  return "unknown";
}

bool is_supported(MaskKernel kernel) noexcept {
  switch (kernel) {
    case MaskKernel::evp:
      return true;
    case MaskKernel::aes_ni:
      return detail::has_aes_ni();
    case MaskKernel::avx2:
      return detail::has_aes_ni() && detail::has_avx2();
    case MaskKernel::avx512:
      return detail::has_aes_ni() && detail::has_avx512();
  }
  return false;
}

MaskKernel best_mask_kernel() noexcept {
  static const MaskKernel best = [] {
    for (const MaskKernel kernel : {MaskKernel::avx512, MaskKernel::avx2, MaskKernel::aes_ni}) {
      if (is_supported(kernel)) return kernel;
    }
    return MaskKernel::evp;
  }();
  return best;
}

void expand_and_add(std::span<const SignedSeed> seeds, std::uint64_t value_offset, RingSlice target,
                    const ExpandOptions& options) {
  const MaskKernel kernel = options.kernel.value_or(best_mask_kernel());
  GS_ASSERT(is_supported(kernel));
  if (seeds.empty() || target.count == 0) return;
  const auto word_bytes = static_cast<std::uint8_t>(target.bits.word_bytes());
  if (kernel == MaskKernel::evp) {
    for_each_run(value_offset, target, options.pool,
                 [&](ByteRun run) { expand_evp(seeds, word_bytes, run); });
    return;
  }
  const Schedules schedules{seeds};
  for_each_run(value_offset, target, options.pool,
               FusedExpansion{seeds, schedules, fused_kernel(kernel), word_bytes});
}

}  // namespace guildsum::crypto
