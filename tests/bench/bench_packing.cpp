#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "crypto/ring.hpp"
#include "interleaved.hpp"

/// Packing and the coordinator's addition of packed chunks. The reference moves the same number of
/// values as whole 32-bit words: `a[i] += b[i]` for the addition, a copy for packing.
namespace guildsum::bench {
namespace {

using namespace guildsum::crypto;

constexpr std::size_t kInMemory = 16'000'000;  ///< Values: beyond any cache.
constexpr std::size_t kInCache = 32'768;

RingVector sample_vector(RingBits bits, std::size_t count) {
  RingVector vector{bits, count};
  Bytes packed(packed_bytes(bits, count));
  SeededRandom{1}.fill(packed);
  if (packed_bytes(bits, count) * 8 != count * bits.value()) packed.back() = std::byte{0};
  if (vector.add_packed(0, count, packed).has_error()) std::abort();
  return vector;
}

void add_packed(benchmark::State& state, RingBits bits, std::size_t count) {
  const Bytes packed = sample_vector(bits, count).pack(0, count);
  RingVector sum{bits, count};
  // A few words apart: sums and addends at the same place of their pages collide in the first-level
  // cache.
  std::vector<std::uint32_t> a(count + 48);
  std::vector<std::uint32_t> b(count, 7);
  compare(
      state, static_cast<double>(packed.size()),
      [&] {
        if (sum.add_packed(0, count, packed).has_error()) std::abort();
      },
      [&] {
        std::uint32_t* words = a.data() + 48;
        for (std::size_t i = 0; i < count; ++i) words[i] += b[i];
        benchmark::DoNotOptimize(words);
        benchmark::ClobberMemory();
      });
  state.counters["values_per_ns"] = state.counters["GB_per_s"] * 8 / bits.value();
}

void pack(benchmark::State& state, RingBits bits, std::size_t count) {
  const RingVector vector = sample_vector(bits, count);
  Bytes packed(packed_bytes(bits, count));
  const std::vector<std::uint32_t> from(count, 7);
  std::vector<std::uint32_t> to(count);
  compare(
      state, static_cast<double>(packed.size()), [&] { vector.pack_into(0, count, packed); },
      [&] {
        std::copy(from.begin(), from.end(), to.begin());
        benchmark::DoNotOptimize(to.data());
        benchmark::ClobberMemory();
      });
}

bool registered = [] {
  for (const std::size_t count : {kInCache, kInMemory}) {
    for (const unsigned r : {16U, 17U, 24U, 27U, 31U, 32U, 33U, 40U, 48U, 63U, 64U}) {
      const RingBits bits = RingBits::parse(r).value();
      const std::string size =
          "/R:" + std::to_string(r) + (count == kInCache ? "/in_cache" : "/in_memory");
      benchmark::RegisterBenchmark(("add_packed" + size).c_str(), add_packed, bits, count)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
      benchmark::RegisterBenchmark(("pack" + size).c_str(), pack, bits, count)
          ->UseManualTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace guildsum::bench
