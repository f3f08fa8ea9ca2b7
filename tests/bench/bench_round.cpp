#include <sys/resource.h>

#include <benchmark/benchmark.h>

#include "simulations/in_process_round.hpp"

// One whole round in one process: all shops and the coordinator, the full graph, every signature
// checked by every shop, a tenth of the shops dropped after sharing. One thread.
namespace {

using namespace guildsum;
using namespace guildsum::simulations;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

double peak_mebibytes() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024.0;
}

void whole_round(benchmark::State& state) {
  const auto shops = static_cast<std::uint32_t>(state.range(0));
  const auto length = static_cast<std::size_t>(state.range(1));
  const std::vector<std::vector<std::int64_t>> inputs(shops, std::vector<std::int64_t>(length, 1));
  Dropouts dropouts;
  for (std::uint32_t shop = 0; shop < shops / 10; ++shop) dropouts.after_share.insert(10 * shop);

  double cpu = 0;
  std::uint64_t bytes_up = 0;
  for (auto _ : state) {
    Federation federation{shops, 1};
    const auto plan = federation.plan(length, 20);
    const double before = cpu_seconds();
    const auto outcome = run_round(federation, *plan, inputs, dropouts);
    cpu += cpu_seconds() - before;
    if (outcome.has_error() || !outcome->sum || outcome->sum->values[0] != shops - shops / 10) {
      state.SkipWithError("the sum is not exact");
      return;
    }
    bytes_up = outcome->bytes_up.back();
  }
  state.counters["cpu_seconds"] = cpu / static_cast<double>(state.iterations());
  state.counters["bytes_up_per_shop"] = static_cast<double>(bytes_up);
  state.counters["bytes_up_per_value"] =
      static_cast<double>(bytes_up) / static_cast<double>(length);
  state.counters["peak_mebibytes"] = peak_mebibytes();
}

BENCHMARK(whole_round)
    ->ArgNames({"shops", "values"})
    ->Args({10, 100'000})
    ->Args({10, 1'000'000})
    ->Args({100, 100'000})
    ->Args({100, 1'000'000})
    ->Iterations(1)
    ->Unit(benchmark::kMillisecond);

}  // namespace
