#pragma once

#include <functional>
#include <map>
#include <optional>

#include "protocol/messages.hpp"
#include "tests/attacks/adversary.hpp"

namespace guildsum::attacks {

/// What the adversary tells of the attempts before: the ends of the rounds that it described, each
/// in agreement with what it told and was sent, unless a test bends one. Not thread safe.
class ToldPast {
 public:
  explicit ToldPast(const Adversary& adversary) : adversary_{adversary} {}

  /// A frame that the shop is told; the first descriptor and the first outcome of a round stand.
  void told(protocol::RoundId round, ByteView frame);
  void voted(protocol::RoundId round, const protocol::Vote& vote);

  /// Ends the round described last, where it has no end yet. The chain hash at the end.
  protocol::Digest end_last();
  /// Another end in place of the last one, continuing the same. The chain hash after it.
  protocol::Digest end_otherwise(const std::function<void(protocol::AttemptEnd&)>& bend);
  /// From this attempt on.
  [[nodiscard]] protocol::AttemptEnds since(protocol::RoundId round,
                                            protocol::Attempt attempt) const;

 private:
  struct Told {
    protocol::RoundDescriptor descriptor;
    std::optional<Bytes> outcome;
    std::vector<protocol::Vote> votes;
  };
  [[nodiscard]] protocol::AttemptEnd end_of(const Told& told) const;
  protocol::Digest put(protocol::AttemptEnd end);

  const Adversary& adversary_;
  std::map<protocol::RoundId, Told> told_;  ///< without an end yet
  std::vector<protocol::AttemptEnd> ends_;
  protocol::Digest before_;  ///< the chain hash that the last end continues
  protocol::Digest head_;
};

}  // namespace guildsum::attacks
