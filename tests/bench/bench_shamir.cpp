#include <cstdlib>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "crypto/shamir.hpp"

/// Sharing and opening for a cohort of n with t = floor((n + c) / 2) + 1 and c = n / 10.
namespace guildsum::bench {
namespace {

using namespace guildsum::crypto;
using SharedKey = Secret<struct SharedKeyTag, kSharedSecretBytes>;

std::size_t threshold_of(std::size_t n) { return (n + n / 10) / 2 + 1; }

std::vector<Share> deal(const SharedKey& secret, std::size_t n, SeedStream& stream) {
  auto shares = split(secret.expose(), {.threshold = threshold_of(n), .count = n}, stream);
  if (shares.has_error()) std::abort();
  return std::move(shares).value();
}

struct Sharing {
  SeededRandom random{1};
  SharedKey secret = random.secret<SharedKeyTag, kSharedSecretBytes>();
  ExpansionSeed seed = random.secret<crypto::ExpansionSeedTag, 32>();
  SeedStream stream{seed, "bench"};
};

void shamir_share(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  Sharing sharing;
  for (auto _ : state) benchmark::DoNotOptimize(deal(sharing.secret, n, sharing.stream));
}

std::vector<ShareIndex> first_holders(std::size_t count) {
  std::vector<ShareIndex> holders;
  for (std::size_t i = 0; i < count; ++i) holders.push_back(ShareIndex::of_position(i));
  return holders;
}

void shamir_weights(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  const auto holders = first_holders(threshold_of(n));
  for (auto _ : state) benchmark::DoNotOptimize(Recovery::create(holders));
}

/// The coordinator's part of a round: weights once, then one secret per shop.
void shamir_recover(benchmark::State& state) {
  const auto n = static_cast<std::size_t>(state.range(0));
  Sharing sharing;
  const auto shares = deal(sharing.secret, n, sharing.stream);
  const auto holders = first_holders(threshold_of(n));
  std::vector<const ShareLimbs*> chosen;
  for (std::size_t i = 0; i < holders.size(); ++i) chosen.push_back(&shares[i].expose());
  for (auto _ : state) {
    const auto recovery = Recovery::create(holders);
    for (std::size_t i = 0; i < n; ++i) {
      auto secret = recovery->recover<SharedKey>(chosen);
      if (secret.has_error()) state.SkipWithError("the shares do not open");
      benchmark::DoNotOptimize(secret->expose().data());
    }
  }
}

void sizes(benchmark::internal::Benchmark* benchmark) {
  benchmark->Arg(10)->Arg(100)->Arg(256)->MeasureProcessCPUTime()->Unit(benchmark::kMillisecond);
}

BENCHMARK(shamir_share)->Apply(sizes);
BENCHMARK(shamir_weights)->Apply(sizes);
BENCHMARK(shamir_recover)->Apply(sizes);

}  // namespace
}  // namespace guildsum::bench
