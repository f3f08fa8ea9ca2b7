#include <algorithm>
#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include "tests/support/scripted_shop.hpp"
#include "tests/support/shop_data.hpp"
#include "tests/support/temp_dir.hpp"

// guildsum-bench-memory [SHOPS...]: the peak memory of a real guildsum-coordinator over one round
// of about a million values with so many shops over TLS (8 and 200 unless told otherwise), beside
// the bound of docs/performance.md. Reports; fails only if the round does.
namespace {

using namespace guildsum;
using namespace guildsum::test;
using protocol::MessageType;

constexpr std::uint32_t kItems = 1413;  ///< A Gram matrix of 999,000 values.
constexpr std::size_t kUploadsAtOnce = 8;
constexpr double kMiB = 1024.0 * 1024.0;

/// A line of /proc/PID/status in MiB, or 0.
double status_mib(pid_t process, std::string_view key) {
  std::ifstream status{"/proc/" + std::to_string(process) + "/status"};
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(key)) return std::stod(line.substr(key.size())) / 1024.0;
  }
  return 0;
}

/// Calls `work(shop)` for every shop, on a few threads.
template <class Work>
void for_all(std::vector<std::unique_ptr<ScriptedShop>>& shops, const Work& work) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (std::size_t thread = 0; thread < kUploadsAtOnce; ++thread) {
    threads.emplace_back([&] {
      for (std::size_t i = next++; i < shops.size(); i = next++) work(*shops[i]);
    });
  }
}

/// @return the packed size of one shop's vector.
std::size_t play(std::vector<std::unique_ptr<ScriptedShop>>& shops) {
  std::atomic<std::size_t> vector_bytes = 0;
  for_all(shops, [](auto& shop) { shop.deliver(MessageType::check_in, shop.open_round()); });
  for_all(shops,
          [](auto& shop) { shop.deliver(MessageType::share_keys, shop.take_description()); });
  for_all(shops, [&](auto& shop) {
    (void)shop.take_shares();
    std::size_t size = 0;
    for (const Bytes& chunk : shop.chunks()) size += chunk.size();
    vector_bytes = size;
    shop.upload();
    shop.forget_input();
  });
  // Late answers are refused once there are enough of them.
  for_all(shops, [](auto& shop) {
    (void)shop.try_to_deliver(MessageType::survivor_signature, shop.take_proposal());
  });
  for_all(shops, [](auto& shop) {
    (void)shop.try_to_deliver(MessageType::unmask, shop.take_certificate());
  });
  for_all(shops,
          [](auto& shop) { (void)shop.try_to_deliver(MessageType::vote, shop.take_result()); });
  return vector_bytes;
}

void measure(std::uint32_t count) {
  const TempDir directory;
  write_catalogue(directory / "items.csv", kItems);
  CoordinatorProcess coordinator{directory / "coordinator",
                                 directory / "items.csv",
                                 {{"deadlines.check_in", "1h"},
                                  {"deadlines.share", "1h"},
                                  {"deadlines.masked_input", "1h"},
                                  {"deadlines.certify", "1h"},
                                  {"deadlines.unmask", "1h"},
                                  {"deadlines.vote", "1h"}}};
  coordinator.start();
  std::vector<std::unique_ptr<ScriptedShop>> shops;
  for (std::uint32_t i = 0; i < count; ++i) {
    const std::string name = "shop-" + std::to_string(i);
    shops.push_back(std::make_unique<ScriptedShop>(coordinator, name, directory / name,
                                                   std::vector<std::int64_t>{1, 2, 3}));
  }
  const double idle = status_mib(coordinator.process().pid(), "VmRSS:");
  (void)coordinator.start_task("ease");
  const auto packed = static_cast<double>(play(shops));
  (void)coordinator.await_phase(1, "completed");
  const double peak = status_mib(coordinator.process().pid(), "VmHWM:");
  const double bound = 3 * packed / kMiB + 64 + count * 96.0 / 1024.0;
  std::printf(
      "{\"shops\": %u, \"vector_mib\": %.2f, \"idle_rss_mib\": %.1f, \"peak_rss_mib\": %.1f, "
      "\"bound_mib\": %.1f}\n",
      count, packed / kMiB, idle, peak, bound);
  std::fflush(stdout);
  (void)coordinator.stop();
}

}  // namespace

int main(int argc, char** argv) {
  std::vector<std::uint32_t> counts;
  for (int i = 1; i < argc; ++i) counts.push_back(static_cast<std::uint32_t>(std::atoi(argv[i])));
  if (counts.empty()) counts = {8, 200};
  for (const std::uint32_t count : counts) {
    if (count < 5 || count > 256) {
      std::fputs("usage: guildsum-bench-memory [SHOPS...], each 5 to 256\n", stderr);
      return 2;
    }
  }
  for (const std::uint32_t count : counts) measure(count);
  return 0;
}
