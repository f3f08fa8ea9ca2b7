#include "simulations/in_process_round.hpp"

#include <algorithm>

#include "base/assert.hpp"
#include "participant/contribution.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"
#include "protocol/overflow.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::simulations {
namespace {

using protocol::MessageType;
using protocol::ParticipantId;

constexpr std::string_view kPurpose = "simulation";

protocol::FederationId random_federation(Random& random) {
  protocol::FederationId id;
  random.fill(id.mutable_view());
  return id;
}

}  // namespace

Federation::Federation(std::uint32_t shops, std::uint64_t seed)
    : random_{seed},
      id_{random_federation(random_)},
      coordinator_{crypto::generate_signing_key(random_)},
      registrar_{crypto::generate_signing_key(random_)},
      roster_{id_, registrar_.verify_key()} {
  for (std::uint32_t i = 0; i < shops; ++i) {
    shops_.emplace_back(crypto::generate_signing_key(random_));
    const auto entry =
        protocol::sign_roster_entry(roster_, id_, protocol::RosterChange::join, identity(i),
                                    "shop-" + std::to_string(i), protocol::Epoch{1}, registrar_);
    GS_ASSERT(roster_.append(entry).has_value());
  }
}

ParticipantId Federation::identity(std::uint32_t index) const {
  return protocol::identity_of(shops_.at(index).verify_key());
}

Result<coordinator::RoundPlan> Federation::plan(std::uint64_t length, std::uint8_t value_bits) {
  GS_TRY(const protocol::RingPlan ring, protocol::smallest_ring({shop_count(), 1, value_bits, 0}));
  coordinator::RoundPlan plan;
  protocol::RoundDescriptor& d = plan.descriptor;
  d.federation = id_;
  d.epoch = protocol::Epoch{1};
  d.round = protocol::RoundId{++rounds_};
  d.task_kind = "popularity";
  d.purpose = protocol::content_digest(as_bytes(kPurpose));
  d.state.step_kind = "popularity.counts";
  d.state.step_number = rounds_;
  d.codec.ring_bits = ring.ring_bits;
  d.codec.value_bits = value_bits;
  d.codec.vector_length = length;
  d.codec.chunk_values = 32'768;
  plan.layout = to_bytes("layout");
  plan.training_plan = to_bytes("plan");
  plan.purpose = kPurpose;
  d.codec.layout = protocol::content_digest(plan.layout);
  d.training_plan = protocol::content_digest(plan.training_plan);
  d.roster_head = roster_.head();
  plan.allow_tiny_cohorts = shop_count() < 5;
  plan.cohort_min = std::min(5U, shop_count());
  return plan;
}

namespace {

/// One shop: its machine, its spool and what it has sent.
struct Shop {
  std::uint32_t index = 0;
  participant::RoundContext context;
  std::optional<participant::Phase> phase;
  std::vector<Bytes> spool;
  std::vector<protocol::Digest> chunk_digests;
  std::uint64_t bytes_up = 0;
  bool silent = false;
};

class Runner {
 public:
  Runner(Federation& federation, const coordinator::RoundPlan& plan, const InputOf& inputs,
         const Dropouts& dropouts, ThreadPool* pool)
      : federation_{federation},
        plan_{plan},
        inputs_{inputs},
        dropouts_{dropouts},
        pool_{pool},
        context_{plan_, federation.roster(), federation.coordinator()} {
    policy_.allow_tiny_cohorts = plan.allow_tiny_cohorts;
    policy_.cohort_min = plan.cohort_min;
    policy_.purpose = plan.descriptor.purpose;
    policy_.task_kinds.insert("transitions");  // Owners who allow everything.
  }

  Result<RoundOutcome> run() {
    take(coordinator::begin(context_));
    GS_CHECK(begin_shops());
    while (!coordinator::is_over(*phase_)) {
      GS_TRY(const bool moved, deliver_once());
      if (!moved)
        GS_CHECK(submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(phase_->index())}));
    }
    GS_TRY(const bool last, deliver_once());
    static_cast<void>(last);
    return outcome();
  }

 private:
  Result<> begin_shops() {
    for (std::uint32_t i = 0; i < federation_.shop_count(); ++i) {
      shops_.push_back(std::make_unique<Shop>(
          Shop{i,
               {federation_.id(), federation_.identity(i), federation_.shop(i),
                federation_.coordinator().verify_key(), federation_.roster(), policy_, history_},
               {},
               {},
               {},
               0,
               false}));
      Shop& shop = *shops_.back();
      if (dropouts_.before_check_in.contains(i)) {
        shop.silent = true;
        continue;
      }
      const protocol::RoundDescriptor& d = plan_.descriptor;
      const protocol::RoundInvitation invitation{d.federation, d.epoch,       d.round, d.attempt,
                                                 d.task_kind,  d.roster_head, 0};
      GS_CHECK(perform(shop, metered(costs().shops, [&] {
                         return participant::begin(
                             invitation, d.round.value(),
                             participant::RoundSecrets::generate(federation_.random()),
                             shop.context);
                       })));
    }
    return {};
  }

  /// Every shop takes its next phase message. False when nobody had one.
  Result<bool> deliver_once() {
    bool moved = false;
    for (auto& shop : shops_) {
      if (shop->silent || !shop->phase || participant::is_over(*shop->phase)) continue;
      const auto message = metered(costs().coordinator, [&] {
        return coordinator::message_for(*phase_, shop->context.self,
                                        participant::phase_number(*shop->phase), context_);
      });
      if (!message) continue;
      moved = true;
      costs().bytes_down += message->frame.size();
      GS_CHECK(receive(*shop, *message));
    }
    return moved;
  }

  template <class Message>
  Result<> receive_as(Shop& shop, ByteView frame) {
    const auto take_in = [&]() -> Result<participant::Step> {
      GS_TRY(Message message, protocol::decode<Message>(frame));
      return participant::advance(std::move(*shop.phase), std::move(message), shop.context);
    };
    GS_TRY(participant::Step step, metered(costs().shops, take_in));
    return perform(shop, std::move(step));
  }

  Result<> receive(Shop& shop, const coordinator::PhaseMessage& message) {
    switch (message.number) {
      case 1:
        return receive_as<protocol::RoundDescription>(shop, message.frame);
      case 2:
        return receive_as<protocol::ShareDelivery>(shop, message.frame);
      case 3:
        return receive_as<protocol::SurvivorProposal>(shop, message.frame);
      case 4:
        return receive_as<protocol::SurvivorCertificate>(shop, message.frame);
      case 5:
        return receive_as<protocol::RoundResult>(shop, message.frame);
      default:
        return receive_as<protocol::RoundAborted>(shop, message.frame);
    }
  }

  Result<> perform(Shop& shop, participant::Step step) {
    shop.phase = std::move(step.next);
    for (participant::Effect& effect : step.effects) {
      if (shop.silent) return {};
      if (auto* send = std::get_if<participant::Send>(&effect)) {
        GS_CHECK(deliver_to_coordinator(shop, *send));
      } else if (auto* mask = std::get_if<participant::MaskInput>(&effect)) {
        return spool(shop, *mask);
      } else if (std::holds_alternative<participant::UploadInput>(effect)) {
        return upload(shop, std::get<participant::UploadInput>(effect).header);
      } else if (auto* check = std::get_if<participant::CheckResult>(&effect)) {
        const bool same = sum_ && metered(costs().shops, [&] {
                            return protocol::blob_id(sum_->packed) == check->result.sum;
                          });
        const auto reason =
            same ? protocol::VoteReason::none : protocol::VoteReason::sum_not_as_addressed;
        return perform(
            shop, participant::advance(std::move(*shop.phase), participant::ResultChecked{reason},
                                       shop.context));
      }
    }
    return {};
  }

  Result<> spool(Shop& shop, const participant::MaskInput& job) {
    const auto sink = [&shop](ByteView chunk) -> Result<> {
      shop.spool.emplace_back(chunk.begin(), chunk.end());
      return {};
    };
    GS_TRY(participant::MaskedChunks chunks, metered(costs().shops, [&] {
             return participant::mask_input(inputs_(shop.index), plan_.descriptor.codec, job.masks,
                                            sink, pool_);
           }));
    shop.chunk_digests = std::move(chunks.chunk_digests);
    const participant::MaskedInputSpooled spooled{
        chunks.chunk_root, static_cast<std::uint32_t>(shop.chunk_digests.size())};
    return perform(shop, participant::advance(std::move(*shop.phase), spooled, shop.context));
  }

  Result<> upload(Shop& shop, const protocol::MaskedInput& header) {
    for (const Bytes& chunk : shop.spool) count_up(shop, chunk.size());
    GS_CHECK(submit(coordinator::InputBegun{{header, shop.chunk_digests}}));
    GS_CHECK(metered(costs().coordinator, [&] { return check_chunks(shop); }));
    GS_CHECK(perform(shop, participant::advance(std::move(*shop.phase),
                                                participant::UploadCompleted{}, shop.context)));
    if (dropouts_.after_upload.contains(shop.index)) shop.silent = true;
    return submit(coordinator::InputCompleted{header.sender});
  }

  /// What the coordinator does with each chunk as it arrives.
  Result<> check_chunks(const Shop& shop) {
    std::uint32_t index = 0;
    for (const Bytes& chunk : shop.spool) {
      GS_CHECK(
          protocol::check_chunk(index++, chunk, shop.chunk_digests, plan_.descriptor));
    }
    return {};
  }

  template <class Message>
  Result<> submit_frame(ByteView frame) {
    GS_TRY(Message message,
           metered(costs().coordinator, [&] { return protocol::decode<Message>(frame); }));
    return submit(std::move(message));
  }

  Result<> deliver_to_coordinator(Shop& shop, const participant::Send& send) {
    count_up(shop, send.frame.size());
    switch (send.type) {
      case MessageType::check_in:
        shop.silent = dropouts_.after_check_in.contains(shop.index);
        return submit_frame<protocol::CheckIn>(send.frame);
      case MessageType::share_keys:
        shop.silent = dropouts_.after_share.contains(shop.index);
        return submit_frame<protocol::ShareKeys>(send.frame);
      case MessageType::survivor_signature:
        shop.silent = dropouts_.after_certify.contains(shop.index);
        return submit_frame<protocol::SurvivorSignature>(send.frame);
      case MessageType::unmask:
        return submit_frame<protocol::Unmask>(send.frame);
      case MessageType::vote:
        return submit_frame<protocol::Vote>(send.frame);
      case MessageType::abandon:
        return submit_frame<protocol::Abandon>(send.frame);
      case MessageType::complaint:
        return submit_frame<protocol::Complaint>(send.frame);
      default:
        return Error{protocol::ProtocolErrc::unknown_type, "not a shop's message"};
    }
  }

  /// A refusal for lateness is an everyday event; anything else is a fault of the simulation.
  Result<> submit(coordinator::Event event) {
    Bytes stored = metered(costs().coordinator, [&] { return coordinator::encode_event(event); });
    coordinator::Step step = metered(costs().coordinator, [&] {
      return coordinator::advance(std::move(*phase_), std::move(event), context_);
    });
    const std::optional<Error> refused = step.refused;
    if (!refused && !step.repeated) events_.push_back(std::move(stored));
    take(std::move(step));
    if (refused && !(*refused == protocol::ProtocolErrc::round_over) &&
        !(*refused == protocol::ProtocolErrc::wrong_phase)) {
      return *refused;
    }
    return open_if_asked();
  }

  void take(coordinator::Step step) {
    phase_ = std::move(step.next);
    for (coordinator::Effect& effect : step.effects) {
      if (auto* job = std::get_if<coordinator::OpenSum>(&effect)) pending_ = std::move(*job);
    }
  }

  Result<> open_if_asked() {
    if (!pending_) return {};
    const coordinator::OpenSum job = std::move(*pending_);
    pending_.reset();
    std::vector<const Shop*> senders;
    for (const protocol::MaskedInput& header : job.inputs) {
      senders.push_back(std::ranges::find_if(shops_, [&](const auto& shop) {
                          return shop->context.self == header.sender;
                        })->get());
    }
    const auto read = [&senders](std::size_t input, std::uint32_t chunk) -> Result<Bytes> {
      return senders[input]->spool[chunk];
    };
    GS_TRY(sum_, metered(costs().coordinator, [&] {
             return coordinator::open_sum(plan_.descriptor.codec, job, read, pool_);
           }));
    const protocol::BlobId address =
        metered(costs().coordinator, [&] { return protocol::blob_id(sum_->packed); });
    return submit(coordinator::SumOpened{address, address, protocol::ModelVersion{0}});
  }

  /// Where the costs of the phase that the coordinator is in belong.
  PhaseCosts& costs() {
    // Unmasking and opening are one to the shops; what comes after the vote belongs to it.
    const std::size_t number = phase_ ? phase_->index() : 0;
    return phases_[number < 5 ? number : (number == 5 ? 4 : kPhaseNames.size() - 1)];
  }
  void count_up(Shop& shop, std::size_t bytes) {
    shop.bytes_up += bytes;
    costs().bytes_up += bytes;
  }

  RoundOutcome outcome() {
    RoundOutcome outcome{
        std::move(*phase_), std::move(sum_), {}, {}, std::move(events_), {}, phases_};
    for (const PhaseCosts& phase : phases_) {
      outcome.costs.shops += phase.shops;
      outcome.costs.coordinator += phase.coordinator;
    }
    for (const auto& shop : shops_) {
      outcome.bytes_up.push_back(shop->bytes_up);
      bool counted = false;
      if (const auto* done = std::get_if<coordinator::Completed>(&outcome.phase)) {
        counted = done->round.certified.proposed.survivors.contains(shop->context.self);
      }
      outcome.counted.push_back(counted);
    }
    return outcome;
  }

  Federation& federation_;
  const coordinator::RoundPlan& plan_;
  const InputOf& inputs_;
  const Dropouts& dropouts_;
  ThreadPool* pool_;
  coordinator::RoundContext context_;
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  std::vector<std::unique_ptr<Shop>> shops_;
  std::optional<coordinator::Phase> phase_;
  std::optional<coordinator::OpenSum> pending_;
  std::optional<coordinator::OpenedSum> sum_;
  std::vector<Bytes> events_;
  CostsByPhase phases_{};
};

}  // namespace

Result<RoundOutcome> run_round(Federation& federation, const coordinator::RoundPlan& plan,
                               std::span<const std::vector<std::int64_t>> inputs,
                               const Dropouts& dropouts, ThreadPool* pool) {
  if (inputs.size() != federation.shop_count()) {
    return Error{BaseErrc::invalid_argument, "one input per shop"};
  }
  return run_round(
      federation, plan,
      [&inputs](std::uint32_t shop) { return std::span<const std::int64_t>{inputs[shop]}; },
      dropouts, pool);
}

Result<RoundOutcome> run_round(Federation& federation, const coordinator::RoundPlan& plan,
                               const InputOf& inputs, const Dropouts& dropouts, ThreadPool* pool) {
  return Runner{federation, plan, inputs, dropouts, pool}.run();
}

}  // namespace guildsum::simulations
