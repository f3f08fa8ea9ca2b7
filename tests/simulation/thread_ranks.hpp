#pragma once

#include <algorithm>
#include <barrier>
#include <functional>
#include <thread>
#include <vector>

#include "simulations/faults/ranks.hpp"

namespace guildsum::simulations::test {

/// Runs `work` on so many ranks that are threads of this process.
inline void on_thread_ranks(std::uint32_t size, const std::function<void(Ranks&)>& work) {
  struct Shared {
    explicit Shared(std::uint32_t count) : given(count), meet{static_cast<std::ptrdiff_t>(count)} {}
    std::vector<Bytes> given;
    std::barrier<> meet;
  };
  class ThreadRanks final : public Ranks {
   public:
    ThreadRanks(Shared& shared, std::uint32_t rank) : shared_{shared}, rank_{rank} {}
    [[nodiscard]] std::uint32_t rank() const noexcept override { return rank_; }
    [[nodiscard]] std::uint32_t size() const noexcept override {
      return static_cast<std::uint32_t>(shared_.given.size());
    }
    void add_up(std::span<std::uint64_t> values) override {
      const auto bytes = std::as_bytes(values);
      const auto all = gather(Bytes{bytes.begin(), bytes.end()});
      std::ranges::fill(values, 0);
      for (const Bytes& one : all) {
        for (std::size_t k = 0; k < values.size(); ++k) {
          values[k] += load_le<std::uint64_t>(ByteView{one}.subspan(8 * k, 8));
        }
      }
    }
    [[nodiscard]] std::vector<Bytes> gather(const Bytes& own) override {
      shared_.given[rank_] = own;
      shared_.meet.arrive_and_wait();
      std::vector<Bytes> all = shared_.given;
      shared_.meet.arrive_and_wait();
      return all;
    }

   private:
    Shared& shared_;
    std::uint32_t rank_;
  };

  Shared shared{size};
  std::vector<std::thread> threads;
  for (std::uint32_t rank = 0; rank < size; ++rank) {
    threads.emplace_back([&shared, &work, rank] {
      ThreadRanks ranks{shared, rank};
      work(ranks);
    });
  }
  for (std::thread& thread : threads) thread.join();
}

}  // namespace guildsum::simulations::test
