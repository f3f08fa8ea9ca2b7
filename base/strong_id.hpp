#pragma once

#include <compare>
#include <cstdint>
#include <functional>

namespace guildsum {

/// An integer that cannot be mixed with another one: `using RoundId = StrongId<struct RoundIdTag>;`
template <class Tag, class Integer = std::uint64_t>
class StrongId {
 public:
  using Value = Integer;
  constexpr StrongId() noexcept = default;
  constexpr explicit StrongId(Integer value) noexcept : value_{value} {}
  [[nodiscard]] constexpr Integer value() const noexcept { return value_; }
  [[nodiscard]] constexpr StrongId next() const noexcept {
    return StrongId{static_cast<Integer>(value_ + 1)};
  }
  friend constexpr auto operator<=>(StrongId, StrongId) noexcept = default;

 private:
  Integer value_ = 0;
};

}  // namespace guildsum

template <class Tag, class Integer>
struct std::hash<guildsum::StrongId<Tag, Integer>> {
  std::size_t operator()(guildsum::StrongId<Tag, Integer> id) const noexcept {
    return std::hash<Integer>{}(id.value());
  }
};
