#include <algorithm>
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
  state.counters["values_per_ns"] =
      state.counters["median_bytes_per_second"] * 8e-9 / bits.value();
}

/// One submission after the other into one sum, R = 32, in chunks as they are spooled. There are
/// more submissions than any cache holds.
void server_add(benchmark::State& state) {
  constexpr std::size_t kChunkValues = 32'768;
  constexpr std::size_t kSubmissionBytesTotal = std::size_t{256} << 20;
  const RingBits bits = RingBits::of<32>();
  const auto count = static_cast<std::size_t>(state.range(0));
  const Bytes packed = sample_vector(bits, count).pack(0, count);
  const std::vector<Bytes> submissions(kSubmissionBytesTotal / packed.size() + 1, packed);
  RingVector sum{bits, count};
  std::size_t next = 0;
  for (auto _ : state) {
    const ByteView submission = submissions[next++ % submissions.size()];
    for (std::size_t first = 0; first < count; first += kChunkValues) {
      const std::size_t values = std::min(kChunkValues, count - first);
      const auto chunk = submission.subspan(first * 4, values * 4);
      if (sum.add_packed(first, values, chunk).has_error()) std::abort();
    }
  }
  state.SetBytesProcessed(static_cast<std::int64_t>(packed.size()) * state.iterations());
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

BENCHMARK(server_add)
    ->Arg(100'000)
    ->Arg(1'000'000)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

bool registered = [] {
  for (const std::size_t count : {kInCache, kInMemory}) {
    for (const unsigned r : {16U, 17U, 24U, 27U, 31U, 32U, 33U, 40U, 48U, 63U, 64U}) {
      const RingBits bits = RingBits::parse(r).value();
      const std::string size =
          "/R:" + std::to_string(r) + (count == kInCache ? "/in_cache" : "/in_memory");
      benchmark::RegisterBenchmark(("add_packed" + size).c_str(), add_packed, bits, count)
          ->MeasureProcessCPUTime()
          ->Unit(benchmark::kMicrosecond);
      benchmark::RegisterBenchmark(("pack" + size).c_str(), pack, bits, count)
          ->MeasureProcessCPUTime()
          ->Unit(benchmark::kMicrosecond);
    }
  }
  return true;
}();

}  // namespace
}  // namespace guildsum::bench
