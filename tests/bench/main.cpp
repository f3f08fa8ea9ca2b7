#include <cstdio>
#include <iostream>
#include <memory>
#include <regex>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

#include <benchmark/benchmark.h>

#include "crypto/mask_expand.hpp"

// guildsum-bench: Google Benchmark with names that do not depend on how a benchmark is timed:
// `round/100/10/1000000`, without `/iterations:1/process_time` behind it.
namespace {

constexpr const char* kTimingSuffix = "(/iterations:1|/process_time|/real_time)*";

std::vector<benchmark::BenchmarkReporter::Run> plainly_named(
    std::vector<benchmark::BenchmarkReporter::Run> runs) {
  for (auto& run : runs) {
    run.run_name.iterations.clear();
    run.run_name.time_type.clear();
  }
  return runs;
}

template <class Reporter>
class PlainNames : public Reporter {
 public:
  using Reporter::Reporter;
  void ReportRuns(const std::vector<benchmark::BenchmarkReporter::Run>& runs) override {
    Reporter::ReportRuns(plainly_named(runs));
  }
};

void print_help() {
  std::puts(
      "guildsum-bench measures the hot paths and prints Google Benchmark JSON.\n"
      "\n"
      "  guildsum-bench                                  everything, a few minutes\n"
      "  guildsum-bench --benchmark_list_tests           the names\n"
      "  guildsum-bench --benchmark_filter=REGEX         some of it, for example\n"
      "                                                  'mask_expand|client_mask|unmask'\n"
      "  guildsum-bench --benchmark_filter=round/100     whole rounds of 100 shops\n"
      "  guildsum-bench --benchmark_format=console       a table\n"
      "  guildsum-bench --benchmark_out=FILE             JSON into a file, too\n"
      "  guildsum-bench --benchmark_repetitions=N        N times, with median and deviation\n"
      "\n"
      "Times are processor time of the process, except for what ends in _all_cores.\n"
      "What the names and counters mean: tests/bench/README.md. Targets: docs/performance.md.");
}

/// The end of a name in a filter is the end of the plain name.
std::vector<std::string> with_plain_filter(int argc, char** argv) {
  constexpr std::string_view kFilter = "--benchmark_filter=";
  std::vector<std::string> arguments(argv, argv + argc);
  for (std::string& argument : arguments) {
    if (!argument.starts_with(kFilter)) continue;
    for (auto at = argument.find('$'); at != std::string::npos;) {
      argument.insert(at, kTimingSuffix);
      at = argument.find('$', at + std::string_view{kTimingSuffix}.size() + 1);
    }
  }
  return arguments;
}

bool wants_list(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    const std::string_view option{argv[i]};
    if (option.starts_with("--benchmark_list_tests") && !option.ends_with("=false")) return true;
  }
  return false;
}

/// Google Benchmark writes the list where the reporter writes.
void list_plain_names(benchmark::BenchmarkReporter& reporter) {
  std::ostringstream names;
  reporter.SetOutputStream(&names);
  benchmark::RunSpecifiedBenchmarks(&reporter);
  const std::regex suffix{std::string{kTimingSuffix} + "\n"};
  std::cout << std::regex_replace(names.str(), suffix, "\n");
}

bool wants_console(int argc, char** argv) {
  bool console = false;
  for (int i = 1; i < argc; ++i) {
    const std::string_view option{argv[i]};
    if (option == "--benchmark_format=console") console = true;
    if (option == "--benchmark_format=json") console = false;
  }
  return console;
}

bool wants_file(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    if (std::string_view{argv[i]}.starts_with("--benchmark_out=")) return true;
  }
  return false;
}

}  // namespace

int main(int argc, char** argv) {
  const bool console = wants_console(argc, argv);
  const bool file = wants_file(argc, argv);
  const bool list = wants_list(argc, argv);
  std::vector<std::string> arguments = with_plain_filter(argc, argv);
  std::vector<char*> pointers;
  for (std::string& argument : arguments) pointers.push_back(argument.data());
  benchmark::Initialize(&argc, pointers.data(), print_help);
  if (benchmark::ReportUnrecognizedArguments(argc, pointers.data())) return 2;
  benchmark::AddCustomContext(
      "mask_kernel", std::string{guildsum::crypto::name(guildsum::crypto::best_mask_kernel())});

  std::unique_ptr<benchmark::BenchmarkReporter> display;
  if (console) {
    display = std::make_unique<PlainNames<benchmark::ConsoleReporter>>();
  } else {
    display = std::make_unique<PlainNames<benchmark::JSONReporter>>();
  }
  PlainNames<benchmark::JSONReporter> copy;
  if (list) {
    list_plain_names(*display);
  } else {
    benchmark::RunSpecifiedBenchmarks(display.get(), file ? &copy : nullptr);
  }
  benchmark::Shutdown();
  return 0;
}
