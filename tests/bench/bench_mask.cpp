#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include "base/random.hpp"
#include "crypto/mask_expand.hpp"
#include "interleaved.hpp"

/// Mask expansion. The reference is what OpenSSL alone gives: `EVP_EncryptUpdate` of zeros into a
/// buffer of one cache block and a vectorised addition of the words, for the same blocks and seeds.
namespace guildsum::bench {
namespace {

using namespace guildsum::crypto;

constexpr std::size_t kSeeds = 64;
constexpr std::size_t kCacheBlockBytes = 16 * 1024;

struct Masks {
  std::vector<MaskSeed> keys;
  std::vector<SignedSeed> seeds;
  explicit Masks(std::size_t count) {
    SeededRandom random{1};
    for (std::size_t i = 0; i < count; ++i)
      keys.push_back(random.secret<crypto::MaskSeedTag, 32>());
    for (std::size_t i = 0; i < count; ++i) seeds.push_back({&keys[i], i % 2 == 1});
  }
};

template <class Word>
void add_words(const std::byte* stream, bool negative, std::size_t size, std::byte* target) {
  auto* sum = reinterpret_cast<Word*>(target);
  const auto* addend = reinterpret_cast<const Word*>(stream);
  const std::size_t count = size / sizeof(Word);
  if (negative) {
    for (std::size_t i = 0; i < count; ++i) sum[i] = static_cast<Word>(sum[i] - addend[i]);
  } else {
    for (std::size_t i = 0; i < count; ++i) sum[i] = static_cast<Word>(sum[i] + addend[i]);
  }
}

/// EVP fill and add, written against OpenSSL directly; offsets start at zero.
void reference_expand(const Masks& masks, RingSlice target) {
  std::vector<EVP_CIPHER_CTX*> contexts;
  const unsigned char iv[16] = {};
  for (const SignedSeed& seed : masks.seeds) {
    contexts.push_back(EVP_CIPHER_CTX_new());
    EVP_EncryptInit_ex(contexts.back(), EVP_aes_256_ctr(), nullptr,
                       reinterpret_cast<const unsigned char*>(seed.seed->expose().data()), iv);
  }
  static const unsigned char kZeros[kCacheBlockBytes] = {};
  alignas(64) std::byte buffer[kCacheBlockBytes];
  const std::size_t word_bytes = target.bits.word_bytes();
  const std::size_t size = target.count * word_bytes;
  for (std::size_t done = 0; done < size; done += kCacheBlockBytes) {
    const std::size_t part = std::min(kCacheBlockBytes, size - done);
    for (std::size_t i = 0; i < contexts.size(); ++i) {
      int written = 0;
      EVP_EncryptUpdate(contexts[i], reinterpret_cast<unsigned char*>(buffer), &written, kZeros,
                        static_cast<int>(part));
      const bool negative = masks.seeds[i].negative;
      if (word_bytes == 2) add_words<std::uint16_t>(buffer, negative, part, target.words + done);
      if (word_bytes == 4) add_words<std::uint32_t>(buffer, negative, part, target.words + done);
      if (word_bytes == 8) add_words<std::uint64_t>(buffer, negative, part, target.words + done);
    }
  }
  for (EVP_CIPHER_CTX* context : contexts) EVP_CIPHER_CTX_free(context);
}

void expansion(benchmark::State& state, MaskKernel kernel, RingBits bits) {
  const auto count = static_cast<std::size_t>(state.range(0));
  const Masks masks{kSeeds};
  RingVector subject{bits, count};
  RingVector reference{bits, count};
  const double bytes = static_cast<double>(kSeeds * count * bits.word_bytes());
  compare(
      state, bytes, [&] { expand_and_add(masks.seeds, 0, subject.all(), {.kernel = kernel}); },
      [&] { reference_expand(masks, reference.all()); });
  if (!(subject == reference)) state.SkipWithError("the kernel and OpenSSL differ");
}

void each_dimension(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(100'000)->Arg(1'000'000)->MeasureProcessCPUTime();
  benchmark->Unit(benchmark::kMillisecond);
}

bool registered = [] {
  struct Kernel {
    MaskKernel kernel;
    const char* title;
  };
  // `vaes` is the widest form of the instruction; a processor may have only the narrow one.
  const bool wide = is_supported(MaskKernel::avx512);
  for (const Kernel& one : {Kernel{MaskKernel::evp, "evp"}, Kernel{MaskKernel::aes_ni, "aesni"},
                            Kernel{MaskKernel::avx2, wide ? "vaes_avx2" : "vaes"},
                            Kernel{MaskKernel::avx512, "vaes"}}) {
    if (!is_supported(one.kernel)) continue;
    const std::string title = std::string{"mask_expand/"} + one.title;
    benchmark::RegisterBenchmark(title.c_str(), expansion, one.kernel, RingBits::of<32>())
        ->Apply(each_dimension);
    for (const RingBits bits : {RingBits::of<16>(), RingBits::of<64>()}) {
      const std::string other = title + "/R:" + std::to_string(bits.value());
      benchmark::RegisterBenchmark(other.c_str(), expansion, one.kernel, bits)
          ->Apply(each_dimension);
    }
  }
  return true;
}();

}  // namespace
}  // namespace guildsum::bench
