#include "simulations/faults/virtual_time.hpp"

namespace guildsum::simulations {

void EventQueue::after(Duration delay, std::function<void()> work) {
  events_.emplace(std::pair{now_ + delay, asked_++}, std::move(work));
}

bool EventQueue::run_next() {
  if (events_.empty()) return false;
  auto next = events_.extract(events_.begin());
  now_ = next.key().first;
  ++done_;
  next.mapped()();
  return true;
}

}  // namespace guildsum::simulations
