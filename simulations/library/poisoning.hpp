#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "models/interactions.hpp"
#include "simulations/federation.hpp"

/// Shops that follow the protocol and contribute what is not so: what secure aggregation hides from
/// everybody, and what only the model can resist.
namespace guildsum::simulations {

enum class PoisonKind : std::uint8_t {
  promotes_item,  ///< invents customers who bought one item beside what sells best
  scales,         ///< its contribution many times
  flips_sign,     ///< its contribution negated
  free_rider,     ///< nothing, and takes the model
};
[[nodiscard]] std::string_view to_string(PoisonKind kind) noexcept;
[[nodiscard]] std::optional<PoisonKind> poison_named(std::string_view word) noexcept;

struct Poison {
  PoisonKind kind = PoisonKind::promotes_item;
  std::uint32_t shop = 0;
  std::optional<models::ItemIndex> item;  ///< promoted, or only watched
  std::uint32_t customers = 0;            ///< invented
  double factor = 1;                      ///< of everything that it contributes
};

/// "promotes-item, 100 customers, x10": kind and strength for people.
[[nodiscard]] std::string label_of(const Poison& poison);

/// The bandwagon attack (Mobasher et al. 2007) on a shop's own data: `customers` more rows, each
/// with the item and 20 others drawn from the 200 that sell best there. Everything follows from
/// `seed`.
[[nodiscard]] models::Interactions with_invented_customers(const models::Interactions& purchases,
                                                           models::ItemIndex item,
                                                           std::uint32_t customers,
                                                           std::uint64_t seed);

/// Multiplies one shop's contributions by its factor before they are summed. What the segment's
/// bound does not allow is cut off: a larger value would show as an overflow.
class PoisonedSum final : public SecureSum {
 public:
  /// Both must outlive it.
  PoisonedSum(SecureSum& behind, const Poison& poison) : behind_{behind}, poison_{poison} {}
  [[nodiscard]] Result<std::vector<std::int64_t>> sum(
      const models::TaskPlan& plan, const models::SumRequest& request,
      std::span<const std::vector<std::int64_t>> contributions) override;
  [[nodiscard]] std::vector<bool> counted() const override { return behind_.counted(); }

 private:
  SecureSum& behind_;
  const Poison& poison_;
};

}  // namespace guildsum::simulations
