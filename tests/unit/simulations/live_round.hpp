#pragma once

#include <memory>
#include <vector>

#include "participant/contribution.hpp"
#include "protocol/wire.hpp"
#include "simulations/in_process_round.hpp"

/// One round of the production machines, stepped by hand: the test decides who gets which message.
namespace guildsum::simulations {

class LiveRound {
 public:
  struct Shop {
    participant::RoundContext context;
    std::optional<participant::Phase> phase;
    std::vector<participant::JournalRecord> journal;
    std::vector<Error> refusals;
    std::vector<Bytes> chunks;
    std::vector<protocol::Digest> chunk_digests;
    bool uploads = true;  ///< else the input is spooled and never sent
  };

  LiveRound(std::uint32_t shops, std::uint64_t seed)
      : federation_{shops, seed}, plan_{*federation_.plan(8, 20)} {
    policy_.purpose = plan_.descriptor.purpose;
    for (std::uint32_t i = 0; i < shops; ++i) {
      histories_.push_back(std::make_unique<participant::ContributionHistory>());
      shops_.push_back(
          std::make_unique<Shop>(Shop{context_of(i, *histories_.back()), {}, {}, {}, {}, {}}));
    }
    take(coordinator::begin(context_));
  }

  [[nodiscard]] Shop& shop(std::uint32_t index) { return *shops_.at(index); }
  /// What the shop's journal says of the past.
  [[nodiscard]] participant::ContributionHistory& history(std::uint32_t index) {
    return *histories_.at(index);
  }
  [[nodiscard]] coordinator::Phase& phase() { return *phase_; }
  [[nodiscard]] participant::ParticipantPolicy& policy() { return policy_; }
  [[nodiscard]] coordinator::RoundPlan& plan() { return plan_; }
  [[nodiscard]] Federation& federation() { return federation_; }

  void check_in(std::uint32_t index) {
    const protocol::RoundDescriptor& d = plan_.descriptor;
    const protocol::RoundInvitation invitation{d.federation, d.epoch,       d.round, d.attempt,
                                               d.task_kind,  d.roster_head, 0};
    perform(
        shop(index),
        participant::begin(invitation, 1, participant::RoundSecrets::generate(federation_.random()),
                           shop(index).context));
  }
  /// The shop's next message from the coordinator; false if there is none.
  bool deliver(std::uint32_t index) {
    Shop& shop = *shops_.at(index);
    if (participant::is_over(*shop.phase)) return false;
    const auto message = coordinator::message_for(*phase_, shop.context.self,
                                                  participant::phase_number(*shop.phase), context_);
    if (!message) return false;
    tell(index, *message);
    return true;
  }
  /// Delivers to all until nobody has a message, or the coordinator's phase is `Until`.
  template <class Until>
  void deliver_until() {
    bool moved = true;
    while (moved && !std::holds_alternative<Until>(*phase_)) {
      moved = false;
      for (std::uint32_t i = 0; i < shops_.size() && !std::holds_alternative<Until>(*phase_); ++i) {
        moved = deliver(i) || moved;
      }
    }
  }
  void tell(std::uint32_t index, const coordinator::PhaseMessage& message) {
    switch (message.number) {
      case 1:
        return give(index, *protocol::decode<protocol::RoundDescription>(message.frame));
      case 2:
        return give(index, *protocol::decode<protocol::ShareDelivery>(message.frame));
      case 3:
        return give(index, *protocol::decode<protocol::SurvivorProposal>(message.frame));
      case 4:
        return give(index, *protocol::decode<protocol::SurvivorCertificate>(message.frame));
      case 5:
        return give(index, *protocol::decode<protocol::RoundResult>(message.frame));
      default:
        return give(index, *protocol::decode<protocol::RoundAborted>(message.frame));
    }
  }
  void give(std::uint32_t index, participant::Event event) {
    Shop& shop = *shops_.at(index);
    perform(shop, participant::advance(std::move(*shop.phase), std::move(event), shop.context));
  }
  void submit(coordinator::Event event) {
    take(coordinator::advance(std::move(*phase_), std::move(event), context_));
  }

 private:
  participant::RoundContext context_of(std::uint32_t index,
                                       const participant::ContributionHistory& history) {
    return {federation_.id(),
            federation_.identity(index),
            federation_.shop(index),
            federation_.coordinator().verify_key(),
            federation_.roster(),
            policy_,
            history};
  }
  void take(coordinator::Step step) { phase_ = std::move(step.next); }

  void perform(Shop& shop, participant::Step step) {
    shop.phase = std::move(step.next);
    for (participant::Effect& effect : step.effects) {
      if (auto* write = std::get_if<participant::WriteJournal>(&effect)) {
        shop.journal.push_back(std::move(write->record));
      } else if (auto* refused = std::get_if<participant::Refused>(&effect)) {
        shop.refusals.push_back(std::move(refused->reason));
      } else if (auto* send = std::get_if<participant::Send>(&effect)) {
        forward(*send);
      } else if (auto* mask = std::get_if<participant::MaskInput>(&effect)) {
        return spool(shop, *mask);
      } else if (auto* upload = std::get_if<participant::UploadInput>(&effect)) {
        return this->upload(shop, upload->header);
      }
    }
  }
  void forward(const participant::Send& send) {
    using protocol::MessageType;
    if (send.type == MessageType::check_in) {
      submit(*protocol::decode<protocol::CheckIn>(send.frame));
    }
    if (send.type == MessageType::share_keys) {
      submit(*protocol::decode<protocol::ShareKeys>(send.frame));
    }
    if (send.type == MessageType::survivor_signature) {
      submit(*protocol::decode<protocol::SurvivorSignature>(send.frame));
    }
    if (send.type == MessageType::unmask) submit(*protocol::decode<protocol::Unmask>(send.frame));
    if (send.type == MessageType::abandon) submit(*protocol::decode<protocol::Abandon>(send.frame));
  }
  void spool(Shop& shop, const participant::MaskInput& job) {
    const auto sink = [&shop](ByteView chunk) -> Result<> {
      shop.chunks.emplace_back(chunk.begin(), chunk.end());
      return {};
    };
    const std::vector<std::int64_t> input(plan_.descriptor.codec.vector_length, 3);
    auto chunks = *participant::mask_input(input, plan_.descriptor.codec, job.masks, sink, nullptr);
    shop.chunk_digests = std::move(chunks.chunk_digests);
    const participant::MaskedInputSpooled spooled{
        chunks.chunk_root, static_cast<std::uint32_t>(shop.chunk_digests.size())};
    perform(shop, participant::advance(std::move(*shop.phase), spooled, shop.context));
  }
  void upload(Shop& shop, const protocol::MaskedInput& header) {
    if (!shop.uploads) return;
    submit(coordinator::InputBegun{{header, shop.chunk_digests}});
    perform(shop, participant::advance(std::move(*shop.phase), participant::UploadCompleted{},
                                       shop.context));
    submit(coordinator::InputCompleted{header.sender});
  }

  Federation federation_;
  coordinator::RoundPlan plan_;
  participant::ParticipantPolicy policy_;
  std::vector<std::unique_ptr<participant::ContributionHistory>> histories_;
  std::vector<std::unique_ptr<Shop>> shops_;
  std::optional<coordinator::Phase> phase_;
  coordinator::RoundContext context_{plan_, federation_.roster(), federation_.coordinator()};
};

}  // namespace guildsum::simulations
