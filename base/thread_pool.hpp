#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace guildsum {

/// A fixed number of threads for heavy work. All members are thread safe.
///
/// Tasks must not throw: an escaping exception ends the process.
class ThreadPool {
 public:
  /// `threads` = 0 means one per processor.
  explicit ThreadPool(std::size_t threads = 0);
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;
  /// Runs what was submitted, then joins the threads.
  ~ThreadPool();

  [[nodiscard]] std::size_t size() const noexcept { return size_; }

  /// Runs `task` soon on one of the threads.
  void submit(std::function<void()> task);

  /// Calls `body(first, last)` for pieces of at most `grain` indices that together cover [begin,
  /// end) exactly once, and returns when all are done. The caller works too, so that calls may be
  /// nested and made from pool threads. The pieces depend on `grain` only, not on the number of
  /// threads.
  void parallel_for(std::size_t begin, std::size_t end, std::size_t grain,
                    const std::function<void(std::size_t first, std::size_t last)>& body);

 private:
  struct Impl;
  std::size_t size_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace guildsum
