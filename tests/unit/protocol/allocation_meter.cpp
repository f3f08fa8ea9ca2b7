#include "allocation_meter.hpp"

#include <cstdlib>
#include <new>

namespace {

thread_local bool metering = false;
thread_local std::size_t metered_bytes = 0;

}  // namespace

void* operator new(std::size_t size) {
  if (metering) metered_bytes += size;
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }

namespace guildsum::protocol::test {

AllocationMeter::AllocationMeter() noexcept {
  metered_bytes = 0;
  metering = true;
}
AllocationMeter::~AllocationMeter() { metering = false; }
std::size_t AllocationMeter::total_bytes() const noexcept { return metered_bytes; }

}  // namespace guildsum::protocol::test
