#include <cstring>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>
#include <openssl/evp.h>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "crypto/mask_expand.hpp"
#include "interleaved.hpp"

/// Mask expansion. The reference is what OpenSSL alone gives: `EVP_EncryptUpdate` of zeros into a
/// buffer of one cache block and a vectorised addition of the words, for the same blocks and seeds.
namespace guildsum::bench {
namespace {

using namespace guildsum::crypto;

constexpr std::size_t kDimension = 1'000'000;
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

void expansion(benchmark::State& state, MaskKernel kernel, RingBits bits, std::size_t seeds) {
  const Masks masks{seeds};
  RingVector subject{bits, kDimension};
  RingVector reference{bits, kDimension};
  const double bytes = static_cast<double>(seeds * kDimension * bits.word_bytes());
  compare(
      state, bytes, [&] { expand_and_add(masks.seeds, 0, subject.all(), {.kernel = kernel}); },
      [&] { reference_expand(masks, reference.all()); });
  if (!(subject == reference)) state.SkipWithError("the kernel and OpenSSL differ");
}

/// What one party computes in a round, with the best kernel, single-threaded or on all processors.
void round_share(benchmark::State& state, std::size_t seeds, bool pooled) {
  const Masks masks{seeds};
  RingVector vector{RingBits::of<32>(), kDimension};
  ThreadPool pool;
  for (auto _ : state) {
    expand_and_add(masks.seeds, 0, vector.all(), {.pool = pooled ? &pool : nullptr});
    benchmark::DoNotOptimize(vector.at(0));
  }
  state.counters["seeds"] = static_cast<double>(seeds);
}

bool registered = [] {
  for (const MaskKernel kernel :
       {MaskKernel::avx512, MaskKernel::avx2, MaskKernel::aes_ni, MaskKernel::evp}) {
    if (!is_supported(kernel)) continue;
    for (const RingBits bits : {RingBits::of<16>(), RingBits::of<32>(), RingBits::of<64>()}) {
      const std::string title = "mask_expansion/" + std::string{name(kernel)} +
                                "/R:" + std::to_string(bits.value()) + "/seeds:64/d:1000000";
      benchmark::RegisterBenchmark(title.c_str(), expansion, kernel, bits, std::size_t{64})
          ->UseManualTime()
          ->Unit(benchmark::kMillisecond);
    }
  }
  struct Case {
    const char* title;
    std::size_t seeds;
  };
  // A shop has one mask per peer and its own; the coordinator removes the self masks of 90
  // survivors and the pairwise masks between each of them and 10 dropped shops (or their neighbours
  // among 60).
  for (const Case& one : {Case{"client_masking/peers:99/d:1000000", 100},
                          Case{"client_masking/peers:60/d:1000000", 61},
                          Case{"unmasking/n:100/dropped:10/d:1000000", 90 + 10 * 90},
                          Case{"unmasking/n:100/peers:60/dropped:10/d:1000000", 90 + 10 * 54}}) {
    for (const bool pooled : {false, true}) {
      const std::string title = std::string{one.title} + (pooled ? "/all_cores" : "/one_core");
      auto* one_case = benchmark::RegisterBenchmark(title.c_str(), round_share, one.seeds, pooled);
      one_case->Unit(benchmark::kMillisecond);
      if (pooled) one_case->UseRealTime();  // Processor time of one thread says nothing there.
    }
  }
  return true;
}();

}  // namespace
}  // namespace guildsum::bench
