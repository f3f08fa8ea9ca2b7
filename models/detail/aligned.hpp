#pragma once

#include <cstddef>
#include <new>
#include <vector>

namespace guildsum::models::detail {

/// Memory on a multiple of 64 bytes: rows lie alike in every run, and no vector of a padded row
/// crosses a cache line. Vectorised sums start where an address is aligned, and their last bits
/// with it.
template <class Value>
struct AlignedAllocator {
  using value_type = Value;
  static constexpr std::align_val_t kAlignment{64};
  AlignedAllocator() = default;
  template <class Other>
  explicit AlignedAllocator(const AlignedAllocator<Other>&) noexcept {}
  Value* allocate(std::size_t count) {
    return static_cast<Value*>(::operator new(count * sizeof(Value), kAlignment));
  }
  void deallocate(Value* values, std::size_t) noexcept { ::operator delete(values, kAlignment); }
  friend bool operator==(const AlignedAllocator&, const AlignedAllocator&) { return true; }
};
using AlignedFloats = std::vector<float, AlignedAllocator<float>>;

}  // namespace guildsum::models::detail
