#include "base/thread_pool.hpp"

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "base/assert.hpp"

namespace guildsum {
namespace {

/// The pieces of one parallel_for. Helpers may start after the call has returned: they then find no
/// piece left and never touch `body`.
struct Loop {
  std::size_t begin = 0;
  std::size_t end = 0;
  std::size_t grain = 1;
  std::size_t pieces = 0;
  const std::function<void(std::size_t, std::size_t)>* body = nullptr;

  std::mutex mutex{};
  std::condition_variable all_done{};
  std::size_t next = 0;
  std::size_t done = 0;

  /// Works until no piece is left to start.
  void work() noexcept {
    while (true) {
      std::size_t piece = 0;
      {
        const std::scoped_lock lock{mutex};
        if (next == pieces) return;
        piece = next++;
      }
      const std::size_t first = begin + piece * grain;
      const std::size_t last = piece + 1 == pieces ? end : first + grain;
      (*body)(first, last);
      const std::scoped_lock lock{mutex};
      if (++done == pieces) all_done.notify_all();
    }
  }
};

}  // namespace

struct ThreadPool::Impl {
  std::mutex mutex{};
  std::condition_variable changed{};
  std::deque<std::function<void()>> tasks{};
  bool stopping = false;
  std::vector<std::thread> threads{};

  /// One thread's life. `noexcept`: a task that throws is a bug and ends the process.
  void run() noexcept {
    std::unique_lock lock{mutex};
    while (true) {
      changed.wait(lock, [this] { return stopping || !tasks.empty(); });
      if (tasks.empty()) return;
      auto task = std::move(tasks.front());
      tasks.pop_front();
      lock.unlock();
      task();
      task = nullptr;
      lock.lock();
    }
  }
};

ThreadPool::ThreadPool(std::size_t threads)
    : size_{threads != 0 ? threads : std::max(1U, std::thread::hardware_concurrency())},
      impl_{std::make_unique<Impl>()} {
  impl_->threads.reserve(size_);
  for (std::size_t i = 0; i < size_; ++i) {
    impl_->threads.emplace_back([impl = impl_.get()] { impl->run(); });
  }
}

ThreadPool::~ThreadPool() {
  {
    const std::scoped_lock lock{impl_->mutex};
    impl_->stopping = true;
  }
  impl_->changed.notify_all();
  for (std::thread& thread : impl_->threads) thread.join();
}

void ThreadPool::submit(std::function<void()> task) {
  {
    const std::scoped_lock lock{impl_->mutex};
    impl_->tasks.push_back(std::move(task));
  }
  impl_->changed.notify_one();
}

void ThreadPool::parallel_for(std::size_t begin, std::size_t end, std::size_t grain,
                              const std::function<void(std::size_t, std::size_t)>& body) {
  GS_ASSERT(grain > 0);
  if (begin >= end) return;
  const auto loop = std::make_shared<Loop>();
  loop->begin = begin;
  loop->end = end;
  loop->grain = grain;
  loop->pieces = (end - begin - 1) / grain + 1;
  loop->body = &body;

  const std::size_t helpers = std::min(size_, loop->pieces - 1);
  for (std::size_t i = 0; i < helpers; ++i) submit([loop] { loop->work(); });
  loop->work();
  std::unique_lock lock{loop->mutex};
  loop->all_done.wait(lock, [&] { return loop->done == loop->pieces; });
}

}  // namespace guildsum
