#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "models/presence.hpp"
#include "models/released.hpp"
#include "participant/vocabulary/key_machine.hpp"
#include "tests/attacks/scene.hpp"

namespace guildsum::attacks {

inline constexpr std::uint32_t kSlots = 4096;

/// A plan that counts which items the shops hold.
[[nodiscard]] models::TaskPlan vocabulary_plan(std::uint32_t holders_min);

/// Shops whose item list nobody publishes, and the coordinator that relays their key agreement.
/// With the program it is one of the members; without, all of them live in this process.
class PrivateScene {
 public:
  explicit PrivateScene(bool with_program, std::size_t others = kOtherShops);

  /// Changes the contributions as one member is shown them.
  using Bend = std::function<void(const ParticipantId& shown_to,
                                  std::vector<protocol::VocabularyContribution>&)>;
  /// A whole agreement; the digests that the members confirmed, by member. One that gave up is
  /// not in it.
  std::map<ParticipantId, protocol::Digest> agree(const Bend& bend = {});
  /// A contribution of shop `index` with another r, sealed and signed as the rules want it.
  [[nodiscard]] protocol::VocabularyContribution another_contribution(std::size_t index);

  /// The next round with everybody in it.
  [[nodiscard]] Play play(std::uint32_t c = 1);
  /// The one under attack: the program, else the first shop.
  [[nodiscard]] Party& target();
  /// The refusal of this round, before anything was shared; empty where key shares came instead.
  [[nodiscard]] std::string refusal(Play& play);
  /// The shops in this process have verified a histogram with this outcome.
  void share(const models::VocabularyModel& model, const protocol::BlobId& root);
  /// Where the shops in this process count an item under the key they agreed to.
  [[nodiscard]] models::HeldItem place_of(std::string_view item) const;

  Adversary adversary;
  Wire wire{adversary};
  std::optional<Shops> shops;
  std::unique_ptr<Victim> victim;

 private:
  [[nodiscard]] bool program_confirms();
  [[nodiscard]] participant::AgreementContext context_of(LocalShop& shop);
  [[nodiscard]] std::optional<Bytes> tell(LocalShop& shop, participant::KeyPhase& phase,
                                          participant::KeyEvent event);

  participant::ParticipantPolicy policy_;
  std::uint64_t epoch_ = 0;
  std::uint64_t rounds_ = 0;
  std::map<ParticipantId, participant::KeyPhase> phases_;
  std::vector<protocol::VocabularyOffer> offers_;
  std::optional<participant::HeldKey> held_;
};

}  // namespace guildsum::attacks
