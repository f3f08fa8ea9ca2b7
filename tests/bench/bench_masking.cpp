#include <cstdlib>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "crypto/mask_expand.hpp"
#include "participant/contribution.hpp"
#include "protocol/key_schedule.hpp"
#include "protocol/overflow.hpp"

/// What one party computes over a whole vector: a shop its masked input, the coordinator the masks
/// that it has to remove.
namespace guildsum::bench {
namespace {

using crypto::X25519KeyPair;

constexpr std::uint8_t kValueBits = 20;
constexpr std::uint32_t kChunkValues = 32'768;

protocol::CodecParameters codec_for(std::uint32_t shops, std::size_t length) {
  protocol::CodecParameters codec;
  codec.value_bits = kValueBits;
  codec.ring_bits = protocol::smallest_ring({shops, 1, kValueBits, 0}).value().ring_bits;
  codec.vector_length = length;
  codec.chunk_values = kChunkValues;
  return codec;
}

/// The production path of a shop: bounds, masks of all peers and its own, packing, chunk hashes.
void client_mask(benchmark::State& state) {
  const auto codec = codec_for(static_cast<std::uint32_t>(state.range(0)),
                               static_cast<std::size_t>(state.range(2)));
  SeededRandom random{1};
  std::vector<participant::MaskTerm> masks;
  for (std::int64_t i = 0; i <= state.range(1); ++i) {
    masks.push_back({random.secret<crypto::MaskSeedTag, 32>(), i % 2 == 1});
  }
  const std::vector<std::int64_t> values(codec.vector_length, 3);
  const auto sink = [](ByteView chunk) -> Result<> {
    benchmark::DoNotOptimize(chunk.data());
    return {};
  };
  for (auto _ : state) {
    if (participant::mask_input(values, codec, masks, sink).has_error()) std::abort();
  }
  state.counters["mask_bytes_per_second"] =
      benchmark::Counter(static_cast<double>(masks.size() * codec.vector_length * 4),
                         benchmark::Counter::kIsIterationInvariantRate);
}

/// Who is removed from the sum: the self seeds of the survivors, and the mask keys of the dropped.
struct Opened {
  protocol::RoundDigest rd;
  std::vector<protocol::SelfSeed> self_seeds;
  std::vector<protocol::PairEnd> survivors;
  std::vector<X25519KeyPair> dropped_keys;
  std::vector<protocol::ParticipantId> dropped_ids;

  Opened(std::size_t shops, std::size_t dropped) {
    SeededRandom random{1};
    for (std::size_t i = 0; i < shops; ++i) {
      protocol::ParticipantId id;
      random.fill(id.mutable_view());
      X25519KeyPair key{crypto::generate_x25519_key(random)};
      if (i < dropped) {
        dropped_ids.push_back(id);
        dropped_keys.push_back(std::move(key));
      } else {
        self_seeds.push_back(random.secret<protocol::SelfSeed>());
        survivors.push_back({id, key.public_key()});
      }
    }
  }
};

/// The seeds of everything to be removed: one agreement per pair of a survivor and a dropped shop.
std::vector<crypto::MaskSeed> leftover_seeds(const Opened& opened) {
  std::vector<crypto::MaskSeed> seeds;
  for (std::size_t i = 0; i < opened.survivors.size(); ++i) {
    seeds.push_back(
        protocol::self_mask_seed(opened.self_seeds[i], opened.rd, opened.survivors[i].id));
  }
  for (std::size_t i = 0; i < opened.dropped_keys.size(); ++i) {
    for (const protocol::PairEnd& survivor : opened.survivors) {
      auto seed = protocol::pair_mask_seed(opened.dropped_keys[i], opened.rd,
                                           opened.dropped_ids[i], survivor);
      if (seed.has_error()) std::abort();
      seeds.push_back(std::move(*seed));
    }
  }
  return seeds;
}

void remove_masks(benchmark::State& state, ThreadPool* pool) {
  const Opened opened{static_cast<std::size_t>(state.range(0)),
                      static_cast<std::size_t>(state.range(1))};
  crypto::RingVector sum{crypto::RingBits::of<32>(), static_cast<std::size_t>(state.range(2))};
  std::size_t removed = 0;
  for (auto _ : state) {
    const std::vector<crypto::MaskSeed> seeds = leftover_seeds(opened);
    std::vector<crypto::SignedSeed> terms;
    for (const crypto::MaskSeed& seed : seeds) terms.push_back({&seed, true});
    crypto::expand_and_add(terms, 0, sum.all(), {.pool = pool});
    removed = seeds.size();
  }
  state.counters["seeds"] = static_cast<double>(removed);
  state.counters["mask_bytes_per_second"] =
      benchmark::Counter(static_cast<double>(removed * sum.size() * 4),
                         benchmark::Counter::kIsIterationInvariantRate);
}

void unmask(benchmark::State& state) { remove_masks(state, nullptr); }
/// Time on the clock, not of processors: how much the threads help.
void unmask_all_cores(benchmark::State& state) {
  ThreadPool pool;
  remove_masks(state, &pool);
}

void unmask_sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Args({100, 10, 1'000'000})->Args({100, 10, 100'000});
  benchmark->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(client_mask)
    ->Args({100, 99, 1'000'000})
    ->Args({100, 60, 1'000'000})
    ->Args({10, 9, 1'000'000})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);
BENCHMARK(unmask)->Apply(unmask_sizes);
BENCHMARK(unmask_all_cores)->Apply(unmask_sizes)->UseRealTime();

}  // namespace
}  // namespace guildsum::bench
