#include "tests/attacks/local_shop.hpp"

#include "participant/contribution.hpp"
#include "participant/errors.hpp"
#include "protocol/digests.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::attacks {

LocalShop::LocalShop(Adversary& adversary, const std::string& name,
                     std::vector<std::int64_t> values)
    : adversary_{adversary},
      signer_{crypto::generate_signing_key(adversary.random())},
      context_{adversary.federation(),
               protocol::identity_of(signer_.verify_key()),
               signer_,
               adversary.coordinator().verify_key(),
               adversary.roster(),
               policy_,
               history_},
      values_{std::move(values)} {
  policy_.purpose = protocol::content_digest(as_bytes(adversary.purpose()));
  adversary.admit(context_.self, name);
}

protocol::ParticipantId LocalShop::id() const { return context_.self; }

void LocalShop::invite(const protocol::RoundInvitation& invitation) {
  outbox_.clear();
  frozen_.clear();
  descriptor_.reset();
  upload_.reset();
  refusal_.clear();
  perform(participant::begin(invitation, ++counter_,
                             participant::RoundSecrets::generate(adversary_.random()), context_));
}

template <class Message>
void LocalShop::receive(ByteView frame) {
  auto message = protocol::decode<Message>(frame);
  if (message.has_error()) {
    refusal_ = participant::refusal_code(message.error());
    return;
  }
  if constexpr (std::is_same_v<Message, protocol::RoundDescription>) {
    if (!descriptor_) descriptor_ = message->descriptor;
  }
  perform(participant::advance(std::move(*phase_), std::move(*message), context_));
}

void LocalShop::tell(PhaseNumber number, Bytes frame) {
  switch (number) {
    case PhaseNumber::description:
      return receive<protocol::RoundDescription>(frame);
    case PhaseNumber::delivery:
      return receive<protocol::ShareDelivery>(frame);
    case PhaseNumber::proposal:
      return receive<protocol::SurvivorProposal>(frame);
    case PhaseNumber::certificate:
      return receive<protocol::SurvivorCertificate>(frame);
    case PhaseNumber::result:
      return receive<protocol::RoundResult>(frame);
    case PhaseNumber::aborted:
      return receive<protocol::RoundAborted>(frame);
  }
}

void LocalShop::perform(participant::Step step) {
  phase_ = std::move(step.next);
  for (participant::Effect& effect : step.effects) {
    if (auto* send = std::get_if<participant::Send>(&effect)) {
      outbox_.push_back(std::move(*send));
    } else if (auto* refused = std::get_if<participant::Refused>(&effect)) {
      refusal_ = participant::refusal_code(refused->reason);
    } else if (auto* write = std::get_if<participant::WriteJournal>(&effect)) {
      if (auto* frozen = std::get_if<participant::FrozenSharers>(&write->record)) {
        frozen_ = frozen->sharers;
      }
    } else if (auto* job = std::get_if<participant::MaskInput>(&effect)) {
      return mask(*job);
    } else if (auto* ready = std::get_if<participant::UploadInput>(&effect)) {
      upload_->header.header = ready->header;
      return perform(
          participant::advance(std::move(*phase_), participant::UploadCompleted{}, context_));
    } else if (std::holds_alternative<participant::CheckResult>(effect)) {
      return perform(
          participant::advance(std::move(*phase_), participant::ResultChecked{}, context_));
    }
  }
}

void LocalShop::mask(const participant::MaskInput& job) {
  Upload upload;
  const auto sink = [&upload](ByteView chunk) -> Result<> {
    upload.chunks.emplace_back(chunk.begin(), chunk.end());
    return {};
  };
  auto chunks = participant::mask_input(values_, descriptor_->codec, job.masks, sink);
  if (chunks.has_error()) {
    return perform(participant::advance(std::move(*phase_),
                                        participant::MaskingFailed{chunks.error()}, context_));
  }
  upload.header.chunk_digests = chunks->chunk_digests;
  upload_ = std::move(upload);
  const participant::MaskedInputSpooled spooled{
      chunks->chunk_root, static_cast<std::uint32_t>(chunks->chunk_digests.size())};
  perform(participant::advance(std::move(*phase_), spooled, context_));
}

std::optional<Bytes> LocalShop::sent(protocol::MessageType type) {
  for (const participant::Send& send : outbox_) {
    if (send.type == type) return send.frame;
  }
  return std::nullopt;
}

std::vector<Bytes> LocalShop::all_sent(protocol::MessageType type) {
  std::vector<Bytes> frames;
  for (const participant::Send& send : outbox_) {
    if (send.type == type) frames.push_back(send.frame);
  }
  return frames;
}

std::optional<Upload> LocalShop::uploaded() { return upload_; }

const participant::HeldShares* LocalShop::held() const {
  return std::visit(
      [](const auto& phase) -> const participant::HeldShares* {
        if constexpr (requires { phase.held; }) {
          return &phase.held;
        } else {
          return nullptr;
        }
      },
      *phase_);
}

const participant::RoundSecrets* LocalShop::secrets() const {
  return std::visit(
      [](const auto& phase) -> const participant::RoundSecrets* {
        if constexpr (requires { phase.secrets; }) {
          return &phase.secrets;
        } else {
          return nullptr;
        }
      },
      *phase_);
}

}  // namespace guildsum::attacks
