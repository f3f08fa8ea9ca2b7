#pragma once

#include "tests/property/lying_coordinator.hpp"
#include "tests/property/round_floor.hpp"

namespace guildsum::property {

/// Which U1 and which U2 every shop is shown.
class Lists {
 public:
  Lists() = default;
  /// Chooses victims and lists for a script. `genuine`: the descriptor with everybody in it.
  Lists(const Script& script, const Variant& genuine, Draw& draw);

  /// U1 for this shop; always with the shop itself.
  [[nodiscard]] Members sharers(std::size_t shop, const Variant& variant, Draw& draw) const;
  /// U2 for this shop out of its own U1; mostly with the shop itself.
  [[nodiscard]] Members survivors(std::size_t shop, const Members& own_sharers,
                                  const Variant& variant, Draw& draw) const;
  /// The shop falls silent after it dealt its shares.
  [[nodiscard]] bool drops_before_upload(std::size_t shop) const { return has(silent_, shop); }
  /// Colluders deal one message to some shops and another one to the others.
  [[nodiscard]] bool equivocates() const noexcept { return equivocates_; }

 private:
  [[nodiscard]] Members split_survivors(std::size_t shop, const Members& own_sharers,
                                        std::uint32_t s_min) const;

  Strategy strategy_ = Strategy::plain;
  Members colluders_;
  Members targets_;  ///< whose sum is to be read; one victim when U1 is split
  Members kept_;     ///< K: the victim's other peers, whose mask keys are to be opened
  Members silent_;
  std::vector<Members> sharer_lists_;
  std::vector<Members> survivor_lists_;
  bool equivocates_ = false;
  std::size_t fresh_percent_ = 20;  ///< random lists: how often a shop gets one of its own
};

}  // namespace guildsum::property
