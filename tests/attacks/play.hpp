#pragma once

#include <map>
#include <vector>

#include "protocol/checks.hpp"
#include "tests/attacks/adversary.hpp"
#include "tests/attacks/party.hpp"

namespace guildsum::attacks {

using Ids = std::vector<ParticipantId>;

/// One attempt of a round, played by the coordinator step by step. Every step does what an honest
/// coordinator would; a test bends one of them, or builds a message itself, and sees what the
/// members answer. A member that gave up is left out of what follows.
class Play {
 public:
  Play(Adversary& adversary, std::vector<Party*> members, protocol::RoundId round,
       std::uint32_t c = 1);

  // What the coordinator has.
  protocol::RoundDescription description;
  protocol::RoundView view;  ///< of `description`, since `describe`
  std::map<ParticipantId, protocol::ShareKeys> share_keys;
  std::map<ParticipantId, Upload> uploads;
  std::map<ParticipantId, protocol::SurvivorSignature> signatures;
  std::map<ParticipantId, protocol::Unmask> answers;

  [[nodiscard]] protocol::RoundId round() const noexcept { return round_; }
  [[nodiscard]] protocol::RoundInvitation invitation() const;
  [[nodiscard]] const std::vector<Party*>& members() const noexcept { return members_; }
  /// In cohort order.
  [[nodiscard]] Ids everybody() const;

  /// Phase 0: invites all; `description` is complete and signed.
  void check_in();
  /// Tells `description` to all and collects their shares.
  void describe();
  void collect_shares();

  /// U1 of these dealers as their own messages make it.
  [[nodiscard]] std::vector<protocol::MemberDigest> sharers(const Ids& dealers) const;
  [[nodiscard]] protocol::ShareDelivery delivery(const ParticipantId& holder,
                                                 const Ids& dealers) const;
  /// Phase 1: shows U1 = everybody who shared to all and collects the masked inputs.
  void deliver();
  void collect_uploads();

  /// U2 of these senders, by the headers they uploaded.
  [[nodiscard]] protocol::SurvivorProposal proposal(const Ids& u1, const Ids& u2) const;
  [[nodiscard]] static protocol::Survivors survivors(const protocol::SurvivorProposal& proposal);
  /// Phase 3a: proposes U2 = `u2` (empty: whoever uploaded) to all of U1 and collects signatures.
  void propose(const Ids& u2 = {});
  void collect_signatures();
  [[nodiscard]] protocol::SurvivorCertificate certificate() const;
  /// Phase 3b: shows the certificate to all and collects the answers.
  void certify();
  void collect_answers();
  /// Runs the phases up to and including the masked inputs.
  void play_to_uploads();

  /// Ends the attempt for a member that still waits: with an abandon certificate of the shops in
  /// this process, so that nothing of it counts and the step may be asked for again.
  void abort(Party& member) const;
  [[nodiscard]] std::vector<protocol::Abandon> abandon_certificate() const;

  [[nodiscard]] Ids u1() const;
  [[nodiscard]] Ids uploaders() const;

 private:
  Adversary& adversary_;
  std::vector<Party*> members_;
  protocol::RoundId round_;
  std::uint32_t c_;
};

/// `ids` without `left_out`.
[[nodiscard]] Ids without(Ids ids, const ParticipantId& left_out);

}  // namespace guildsum::attacks
