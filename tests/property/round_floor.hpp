#pragma once

#include <algorithm>
#include <map>
#include <memory>
#include <optional>
#include <vector>

#include "protocol/messages.hpp"
#include "simulations/in_process_round.hpp"

/// What a lying coordinator works with: the shops' machines, the descriptors it has made up, and
/// every message that it was sent.
namespace guildsum::property {

/// Numbers from a seed.
class Draw {
 public:
  explicit Draw(std::uint64_t seed) : random_{seed} {}
  std::size_t below(std::size_t limit) {
    std::array<std::byte, 8> raw;
    random_.fill(raw);
    return static_cast<std::size_t>(load_le<std::uint64_t>(raw) % limit);
  }
  bool chance(std::size_t percent) { return below(100) < percent; }
  template <class T>
  void shuffle(std::vector<T>& values) {
    for (std::size_t k = values.size(); k > 1; --k) std::swap(values[k - 1], values[below(k)]);
  }

 private:
  SeededRandom random_;
};

/// Members by their number in the federation; the colluders are the last ones.
using Members = std::vector<std::size_t>;
inline bool has(const Members& members, std::size_t member) {
  return std::ranges::find(members, member) != members.end();
}

/// One descriptor, and what was dealt under it.
struct Variant {
  protocol::RoundDescription description;
  protocol::RoundView view;
  Members members;
  /// By dealer: one message of an honest shop, two different ones of a colluder.
  std::map<std::size_t, std::vector<protocol::ShareKeys>> dealt;
};

/// An honest shop as the coordinator sees it.
struct Shop {
  std::size_t number = 0;
  participant::RoundContext context;
  std::optional<participant::Phase> phase;
  protocol::CheckIn check_in;
  std::optional<std::size_t> variant;           ///< the descriptor under which it dealt
  std::vector<protocol::MemberDigest> sharers;  ///< U1 as it was shown
  std::optional<protocol::MaskedInput> header;
  std::vector<participant::MaskTerm> masks;
  bool wants_masks = false;  ///< asked to encode, not answered yet
};

/// Which values a 3a signature is about.
struct CertifiedValues {
  protocol::RoundDigest rd;
  protocol::Digest sharers;
  protocol::Digest survivors;
  auto operator<=>(const CertifiedValues&) const = default;
};

/// Whose share of which secret.
struct SecretName {
  std::size_t variant = 0;
  std::size_t dealer = 0;
  protocol::ShareKind kind = protocol::ShareKind::self_seed;
  auto operator<=>(const SecretName&) const = default;
};

/// The descriptors of a script: the first is what an honest coordinator would send, the others
/// change a field or leave a member out.
[[nodiscard]] std::vector<Variant> make_variants(simulations::Federation& federation,
                                                 const coordinator::RoundPlan& plan,
                                                 const std::vector<protocol::CheckIn>& check_ins,
                                                 std::size_t count);

/// The delivery of `messages` (one per member of U1, any order) to `holder`.
[[nodiscard]] protocol::ShareDelivery delivery_for(const Variant& variant,
                                                   std::vector<protocol::ShareKeys> messages,
                                                   const protocol::ParticipantId& holder);

}  // namespace guildsum::property
