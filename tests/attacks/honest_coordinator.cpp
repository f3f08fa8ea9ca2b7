#include "tests/attacks/honest_coordinator.hpp"

#include <algorithm>

#include "participant/errors.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/wire.hpp"

namespace guildsum::attacks {

using protocol::MessageType;

namespace {

coordinator::RoundPlan plan_of(const Adversary& keys, protocol::RoundId round) {
  auto description = keys.round_template(round);
  coordinator::RoundPlan plan;
  plan.layout = description.layout;
  plan.training_plan = description.training_plan;
  plan.purpose = description.purpose;
  plan.descriptor = description.descriptor;
  plan.descriptor.purpose = protocol::content_digest(as_bytes(plan.purpose));
  plan.descriptor.training_plan = protocol::content_digest(plan.training_plan);
  plan.descriptor.codec.layout = protocol::content_digest(plan.layout);
  return plan;
}

constexpr std::array kShopMessages{MessageType::check_in,  MessageType::share_keys,
                                   MessageType::complaint, MessageType::survivor_signature,
                                   MessageType::unmask,    MessageType::vote,
                                   MessageType::abandon};

template <class Message>
std::optional<coordinator::Event> event_of(ByteView frame) {
  auto message = protocol::decode<Message>(frame);
  if (message.has_error()) return std::nullopt;
  return coordinator::Event{std::move(*message)};
}

std::optional<coordinator::Event> event_of(MessageType type, ByteView frame) {
  switch (type) {
    case MessageType::check_in:
      return event_of<protocol::CheckIn>(frame);
    case MessageType::share_keys:
      return event_of<protocol::ShareKeys>(frame);
    case MessageType::complaint:
      return event_of<protocol::Complaint>(frame);
    case MessageType::survivor_signature:
      return event_of<protocol::SurvivorSignature>(frame);
    case MessageType::unmask:
      return event_of<protocol::Unmask>(frame);
    case MessageType::vote:
      return event_of<protocol::Vote>(frame);
    default:
      return event_of<protocol::Abandon>(frame);
  }
}

}  // namespace

HonestCoordinator::HonestCoordinator(Adversary& keys, std::vector<LocalShop*> shops,
                                     protocol::RoundId round)
    : keys_{keys},
      shops_{std::move(shops)},
      plan_{plan_of(keys, round)},
      context_{plan_, keys.roster(), keys.coordinator()},
      uploads_{coordinator::Uploads::open(dir_ / "uploads", 16).value()} {
  take(coordinator::begin(context_));
  const auto& d = plan_.descriptor;
  const protocol::RoundInvitation invitation{d.federation, d.epoch,       d.round, d.attempt,
                                             d.task_kind,  d.roster_head, 0};
  for (LocalShop* shop : shops_) shop->invite(invitation);
}

void HonestCoordinator::run(std::string_view until) {
  while (!coordinator::is_over(*phase_) && phase_name() != until) {
    if (exchange()) continue;
    (void)submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(phase_->index())});
  }
}

bool HonestCoordinator::exchange() {
  bool moved = false;
  for (LocalShop* shop : shops_) moved = take_messages(*shop) || moved;
  for (LocalShop* shop : shops_) moved = take_upload(*shop) || moved;
  for (LocalShop* shop : shops_) moved = deliver(*shop) || moved;
  return moved;
}

bool HonestCoordinator::deliver(LocalShop& shop) {
  if (participant::is_over(shop.phase())) return false;
  const auto message = coordinator::message_for(*phase_, shop.id(),
                                                participant::phase_number(shop.phase()), context_);
  if (!message) return false;
  shop.tell(static_cast<PhaseNumber>(message->number), message->frame);
  return true;
}

bool HonestCoordinator::take_messages(LocalShop& shop) {
  bool moved = false;
  for (const MessageType type : kShopMessages) {
    auto frame = shop.sent(type);
    if (!frame || taken_[{shop.id(), type}]) continue;
    taken_[{shop.id(), type}] = true;
    moved = true;
    if (bend) frame = bend(shop, type, std::move(*frame));
    if (!frame) continue;
    const std::string code = submit(type, *frame);
    if (!code.empty()) refused.try_emplace(shop.id(), code);
  }
  return moved;
}

bool HonestCoordinator::take_upload(LocalShop& shop) {
  auto upload = shop.uploaded();
  if (!upload || uploaded_[shop.id()]) return false;
  uploaded_[shop.id()] = true;
  if (bend_upload) upload = bend_upload(shop, std::move(*upload));
  if (!upload) return true;
  std::string code = begin_upload(upload->header);
  for (std::uint32_t i = 0; code.empty() && i < upload->chunks.size(); ++i) {
    code = put_chunk(shop.id(), i, upload->chunks[i]);
  }
  if (!code.empty()) refused.try_emplace(shop.id(), code);
  return true;
}

std::string HonestCoordinator::submit(MessageType type, const Bytes& frame) {
  auto event = event_of(type, frame);
  return event ? submit(std::move(*event)) : "undecodable";
}

std::string HonestCoordinator::submit(coordinator::Event event) {
  coordinator::Step step = coordinator::advance(std::move(*phase_), std::move(event), context_);
  std::string code;
  if (step.refused) code = participant::refusal_code(*step.refused);
  if (step.repeated) code = "repeated";
  take(std::move(step));
  open();
  return code;
}

std::string HonestCoordinator::begin_upload(const protocol::MaskedInputUpload& upload) {
  const std::string code = submit(coordinator::InputBegun{upload});
  if (!code.empty()) return code;
  const auto* phase = std::get_if<coordinator::CollectingMaskedInputs>(&*phase_);
  const auto begun =
      uploads_->begin({plan_.descriptor.round, plan_.descriptor.attempt}, upload.header.sender,
                      phase->round.described.view.descriptor, upload.chunk_digests);
  return begun.has_error() ? participant::refusal_code(begun.error()) : std::string{};
}

std::string HonestCoordinator::put_chunk(const ParticipantId& shop, std::uint32_t index,
                                         ByteView chunk) {
  const auto put =
      uploads_->put({plan_.descriptor.round, plan_.descriptor.attempt}, shop, index, chunk);
  if (put.has_error()) return participant::refusal_code(put.error());
  if (!put->all_received || put->status.complete) return {};
  uploads_->set_complete({plan_.descriptor.round, plan_.descriptor.attempt}, shop);
  return submit(coordinator::InputCompleted{shop});
}

void HonestCoordinator::take(coordinator::Step step) {
  phase_ = std::move(step.next);
  for (coordinator::Effect& effect : step.effects) {
    if (auto* job = std::get_if<coordinator::OpenSum>(&effect)) pending_ = std::move(*job);
    if (auto* fault = std::get_if<coordinator::RecordFault>(&effect)) {
      faults.push_back(std::move(*fault));
    }
  }
}

void HonestCoordinator::open() {
  if (!pending_) return;
  const coordinator::OpenSum job = std::move(*pending_);
  pending_.reset();
  const auto read = [&](std::size_t input, std::uint32_t chunk) {
    return uploads_->read_chunk({plan_.descriptor.round, plan_.descriptor.attempt},
                                job.inputs[input].sender, chunk);
  };
  sum = coordinator::open_sum(plan_.descriptor.codec, job, read).value();
  // The model step, as the service takes it: a sum that honest shops cannot have made ends it.
  const auto plan = models::TaskPlan::parse(plan_.training_plan).value();
  const auto task = models::make_task(plan).value();
  const models::SumContext context{.survivors = static_cast<std::uint32_t>(job.inputs.size())};
  if (task->apply(sum->values, context).has_error()) {
    (void)submit(coordinator::OpeningFailed{protocol::AbortReason::model_step_failed});
    return;
  }
  (void)submit(coordinator::SumOpened{protocol::blob_id(sum->packed),
                                      protocol::blob_id(task->checkpoint()),
                                      protocol::ModelVersion{1}});
}

std::optional<protocol::AbortReason> HonestCoordinator::aborted() const {
  const auto* end = std::get_if<coordinator::Aborted>(&*phase_);
  return end == nullptr ? std::nullopt : std::optional{end->message.reason};
}

std::vector<ParticipantId> HonestCoordinator::named() const {
  const auto* end = std::get_if<coordinator::Aborted>(&*phase_);
  return end == nullptr ? std::vector<ParticipantId>{} : end->message.missing;
}

bool HonestCoordinator::counted(const ParticipantId& shop) const {
  const auto* done = std::get_if<coordinator::Completed>(&*phase_);
  return done != nullptr && done->round.certified.proposed.survivors.contains(shop);
}

std::vector<std::int64_t> HonestCoordinator::plain_sum() const {
  std::vector<std::int64_t> total(plan_.descriptor.codec.vector_length);
  for (const LocalShop* shop : shops_) {
    if (!counted(shop->id())) continue;
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += shop->values()[i];
  }
  return total;
}

}  // namespace guildsum::attacks
