#pragma once

#include <cstddef>

namespace guildsum::protocol::test {

/// Counts what this thread asks of `operator new` while it lives; one at a time.
/// The test program replaces the global operators in `allocation_meter.cpp`.
class AllocationMeter {
 public:
  AllocationMeter() noexcept;
  AllocationMeter(const AllocationMeter&) = delete;
  AllocationMeter& operator=(const AllocationMeter&) = delete;
  ~AllocationMeter();
  /// Bytes asked for since construction, given back or not.
  [[nodiscard]] std::size_t total_bytes() const noexcept;
};

}  // namespace guildsum::protocol::test
