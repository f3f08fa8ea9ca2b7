#pragma once

#include <memory>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/attacks/knowledge.hpp"
#include "tests/attacks/play.hpp"
#include "tests/attacks/victim.hpp"
#include "tests/attacks/wire.hpp"

namespace guildsum::attacks {

inline constexpr std::size_t kOtherShops = 7;

/// Honest shops in this process, on the adversary's roster.
class Shops {
 public:
  Shops(Adversary& adversary, std::size_t count);
  [[nodiscard]] LocalShop& operator[](std::size_t index) { return *shops_[index]; }
  [[nodiscard]] std::size_t size() const noexcept { return shops_.size(); }
  void join(std::vector<Party*>& members) const;
  [[nodiscard]] LocalShop& with(const ParticipantId& id);

 private:
  std::vector<std::unique_ptr<LocalShop>> shops_;
};

/// The program under attack among honest shops, and the coordinator that attacks it.
struct Scene {
  /// @param plan  what the rounds train; without one popularity
  explicit Scene(const std::string& settings = {}, std::size_t others = kOtherShops,
                 const std::optional<models::TaskPlan>& plan = std::nullopt);

  /// The next round with everybody in it.
  [[nodiscard]] Play play();
  /// The program's refusal of this round; it must not have revealed a share.
  [[nodiscard]] std::string refusal(const Play& play);

  Adversary adversary;
  Wire wire{adversary};
  Shops shops;
  Victim victim;

 private:
  std::uint64_t rounds_ = 0;
};

}  // namespace guildsum::attacks
