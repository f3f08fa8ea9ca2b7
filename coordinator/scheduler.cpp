#include "coordinator/scheduler.hpp"

#include <condition_variable>
#include <map>
#include <mutex>
#include <thread>

namespace guildsum::coordinator {

using SteadyClock = std::chrono::steady_clock;

struct ThreadScheduler::Impl {
  std::mutex mutex;
  std::condition_variable wake;
  /// By time; pieces of the same time run in the order of insertion.
  std::multimap<SteadyClock::time_point, std::function<void()>> queue;
  bool stopping = false;
  std::thread thread;

  void add(SteadyClock::time_point when, std::function<void()> work) {
    const std::scoped_lock lock{mutex};
    if (stopping) return;
    queue.emplace(when, std::move(work));
    wake.notify_one();
  }

  void run() {
    std::unique_lock lock{mutex};
    while (!stopping) {
      if (queue.empty()) {
        wake.wait(lock);
        continue;
      }
      const auto first = queue.begin();
      // A copy: while this waits, `stop` empties the queue.
      const SteadyClock::time_point due = first->first;
      if (due > SteadyClock::now()) {
        wake.wait_until(lock, due);
        continue;
      }
      auto work = std::move(first->second);
      queue.erase(first);
      lock.unlock();
      work();
      work = nullptr;
      lock.lock();
    }
  }
};

ThreadScheduler::ThreadScheduler() : impl_{std::make_unique<Impl>()} {
  impl_->thread = std::thread{[impl = impl_.get()] { impl->run(); }};
}

ThreadScheduler::~ThreadScheduler() { stop(); }

void ThreadScheduler::stop() {
  {
    const std::scoped_lock lock{impl_->mutex};
    impl_->stopping = true;
    impl_->queue.clear();
  }
  impl_->wake.notify_one();
  if (impl_->thread.joinable()) impl_->thread.join();
}

void ThreadScheduler::post(std::function<void()> work) {
  impl_->add(SteadyClock::now(), std::move(work));
}

void ThreadScheduler::after(std::chrono::milliseconds delay, std::function<void()> work) {
  impl_->add(SteadyClock::now() + delay, std::move(work));
}

}  // namespace guildsum::coordinator
