#include <malloc.h>

#include <fstream>
#include <span>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "simulations/in_process_round.hpp"

/// One whole round in one process: all shops and the coordinator, the full graph, shops that drop
/// out after sharing, one thread. Every shop checks every signature itself; nothing that one party
/// verified or derived is used by another.
namespace guildsum::bench {
namespace {

using simulations::Dropouts;
using simulations::Federation;

constexpr std::uint8_t kValueBits = 20;

/// Forgets what other benchmarks used. Where the kernel does not allow it, the peak is that of the
/// whole process.
void reset_peak() {
  malloc_trim(0);
  std::ofstream{"/proc/self/clear_refs"} << 5;
}

double peak_mib() {
  std::ifstream status{"/proc/self/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024.0;
  }
  return 0;
}

/// Shops that fall silent after sharing, spread over the cohort.
Dropouts dropped_after_sharing(std::uint32_t shops, std::uint32_t dropped) {
  Dropouts dropouts;
  for (std::uint32_t i = 0; i < dropped; ++i) dropouts.after_share.insert(i * shops / dropped);
  return dropouts;
}

void round_in_process(benchmark::State& state) {
  const auto shops = static_cast<std::uint32_t>(state.range(0));
  const auto dropped = static_cast<std::uint32_t>(state.range(1));
  const std::vector<std::int64_t> input(static_cast<std::size_t>(state.range(2)), 1);
  const Dropouts dropouts = dropped_after_sharing(shops, dropped);
  simulations::RoundCosts costs;
  std::uint64_t bytes_up = 0;
  reset_peak();
  for (auto _ : state) {
    state.PauseTiming();  // Identities and the roster exist before a round.
    Federation federation{shops, 1};
    const auto plan = federation.plan(input.size(), kValueBits);
    state.ResumeTiming();
    const auto outcome = simulations::run_round(
        federation, *plan, [&](std::uint32_t) { return std::span{input}; }, dropouts);
    if (outcome.has_error() || !outcome->sum || outcome->sum->values[0] != shops - dropped) {
      state.SkipWithError("the sum is not exact");
      return;
    }
    costs = outcome->costs;
    bytes_up = outcome->bytes_up.back();
  }
  state.counters["shop_ms"] = 1e3 * costs.shops / shops;
  state.counters["coordinator_ms"] = 1e3 * costs.coordinator;
  state.counters["bytes_up_per_shop"] = static_cast<double>(bytes_up);
  state.counters["bytes_up_per_value"] =
      static_cast<double>(bytes_up) / static_cast<double>(input.size());
  state.counters["peak_rss_mib"] = peak_mib();
}

// A vector of 64 values shows the control cost: everything that does not grow with the vector.
BENCHMARK(round_in_process)
    ->Name("round")
    ->Args({10, 1, 100'000})
    ->Args({10, 1, 1'000'000})
    ->Args({100, 10, 64})
    ->Args({100, 10, 100'000})
    ->Args({100, 10, 1'000'000})
    ->Iterations(1)
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace guildsum::bench
