#pragma once

#include <algorithm>
#include <cstdint>
#include <ctime>
#include <vector>

#include <benchmark/benchmark.h>

namespace guildsum::bench {

/// Seconds of processor time that `work` takes on this thread.
template <class Work>
double cpu_seconds(const Work& work) {
  const auto now = [] {
    timespec time{};
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) + 1e-9 * static_cast<double>(time.tv_nsec);
  };
  const double start = now();
  work();
  return now() - start;
}

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

struct Medians {
  double subject_seconds = 0;
  double reference_seconds = 0;
};

/// Runs `subject` and `reference` in turn, so that both meet the same noise of a shared machine.
/// Only `subject` counts as the benchmark's time. Counter `ratio`: the median over the turns of
/// reference time / subject time (above 1: faster).
template <class Subject, class Reference>
Medians compare_times(benchmark::State& state, const Subject& subject, const Reference& reference) {
  std::vector<double> subject_times;
  std::vector<double> reference_times;
  std::vector<double> ratios;
  for (auto _ : state) {
    state.PauseTiming();
    reference_times.push_back(cpu_seconds(reference));
    state.ResumeTiming();
    subject_times.push_back(cpu_seconds(subject));
    ratios.push_back(reference_times.back() / subject_times.back());
  }
  state.counters["ratio"] = median(ratios);
  return {median(subject_times), median(reference_times)};
}

/// As `compare_times`, with the rates of both in bytes per second over `bytes` (medians).
template <class Subject, class Reference>
void compare(benchmark::State& state, double bytes, const Subject& subject,
             const Reference& reference) {
  const Medians medians = compare_times(state, subject, reference);
  state.SetBytesProcessed(static_cast<std::int64_t>(bytes) * state.iterations());
  state.counters["median_bytes_per_second"] = bytes / medians.subject_seconds;
  state.counters["reference_bytes_per_second"] = bytes / medians.reference_seconds;
}

}  // namespace guildsum::bench
