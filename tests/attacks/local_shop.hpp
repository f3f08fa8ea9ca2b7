#pragma once

#include <memory>
#include <string>
#include <vector>

#include "participant/round/round_machine.hpp"
#include "tests/attacks/adversary.hpp"
#include "tests/attacks/party.hpp"

namespace guildsum::attacks {

/// An honest shop in this process: the production round machine, codec and masks, with a spool in
/// memory. A colluding one is the same shop whose secrets the coordinator may read.
class LocalShop final : public Party {
 public:
  /// Joins the adversary's roster under `name`; `values` is what it adds to the sum.
  LocalShop(Adversary& adversary, const std::string& name, std::vector<std::int64_t> values);

  [[nodiscard]] protocol::ParticipantId id() const override;
  void invite(const protocol::RoundInvitation& invitation) override;
  void tell(PhaseNumber number, Bytes frame) override;
  [[nodiscard]] std::optional<Bytes> sent(protocol::MessageType type) override;
  [[nodiscard]] std::vector<Bytes> all_sent(protocol::MessageType type) override;
  [[nodiscard]] std::optional<Upload> uploaded() override;
  [[nodiscard]] std::string refusal() override { return refusal_; }

  [[nodiscard]] const std::vector<std::int64_t>& values() const noexcept { return values_; }
  void set_values(std::vector<std::int64_t> values) { values_ = std::move(values); }
  /// From here on it holds rounds against this private vocabulary.
  void keep(participant::VocabularyView view) {
    view_ = std::move(view);
    context_.vocabulary = &view_;
  }
  /// What it saw of an evaluation's first sum.
  void remember(participant::FirstSum first) {
    context_.first_sum = [first = std::move(first)](const auto&) {
      return Result<participant::FirstSum>{first};
    };
  }
  [[nodiscard]] const crypto::Signer& signer() const noexcept { return signer_; }
  [[nodiscard]] participant::ParticipantPolicy& policy() noexcept { return policy_; }
  [[nodiscard]] const participant::Phase& phase() const { return *phase_; }
  /// The shares that it holds of others, in U1's order: what a colluder gives away. Empty before
  /// U1 is frozen.
  [[nodiscard]] const participant::HeldShares* held() const;
  [[nodiscard]] const std::vector<protocol::MemberDigest>& frozen_sharers() const {
    return frozen_;
  }
  /// The secrets of its check-in, while the machine has them.
  [[nodiscard]] const participant::RoundSecrets* secrets() const;

 private:
  void perform(participant::Step step);
  void mask(const participant::MaskInput& job);
  template <class Message>
  void receive(ByteView frame);

  Adversary& adversary_;
  crypto::Signer signer_;
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  participant::VocabularyView view_;
  participant::RoundContext context_;
  std::vector<std::int64_t> values_;
  std::uint64_t counter_ = 0;
  std::optional<participant::Phase> phase_;
  std::optional<protocol::RoundDescriptor> descriptor_;
  std::vector<participant::Send> outbox_;
  std::vector<protocol::MemberDigest> frozen_;
  std::optional<Upload> upload_;
  std::string refusal_;
};

}  // namespace guildsum::attacks
