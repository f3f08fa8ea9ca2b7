#include "tests/vectors/round_recorder.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <memory>

#include "base/json.hpp"
#include "coordinator/opening.hpp"
#include "coordinator/transcripts.hpp"
#include "participant/contribution.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/overflow.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"
#include "tests/vectors/recorded_party.hpp"

namespace guildsum::vectors {
namespace {

using protocol::MessageType;
using protocol::ParticipantId;

constexpr std::string_view kPurpose = "test vectors";

/// A vector cannot be recorded from a round that goes wrong.
template <class T>
T take(Result<T> result) {
  if (result.has_error()) {
    std::fprintf(stderr, "%s\n", result.error().message().c_str());
    std::abort();
  }
  return std::move(result).value();
}
void take(const Result<>& result) {
  if (!result.has_error()) return;
  std::fprintf(stderr, "%s\n", result.error().message().c_str());
  std::abort();
}

template <class Fixed>
Fixed drawn(Random& random) {
  Fixed value;
  random.fill(value.mutable_view());
  return value;
}

/// Federation, roster and keys; the same in every recording.
struct Founding {
  SeededRandom random{20'240'601};
  protocol::FederationId federation = drawn<protocol::FederationId>(random);
  KnownSigner coordinator{random};
  KnownSigner registrar{random};
  std::vector<std::unique_ptr<KnownSigner>> shops;  ///< in cohort order
  protocol::Roster roster{federation, registrar.signer.verify_key()};

  Founding() {
    for (std::uint32_t i = 0; i < kShops; ++i) {
      shops.push_back(std::make_unique<KnownSigner>(random));
    }
    std::ranges::sort(shops, {}, [](const auto& shop) {
      return protocol::identity_of(shop->signer.verify_key());
    });
    for (std::uint32_t i = 0; i < kShops; ++i) {
      take(roster.append(protocol::sign_roster_entry(
          roster, federation, protocol::RosterChange::join,
          protocol::identity_of(shops[i]->signer.verify_key()), "shop-" + std::to_string(i),
          protocol::Epoch{1}, registrar.signer)));
    }
  }
};

coordinator::RoundPlan plan_of(const Founding& founding) {
  coordinator::RoundPlan plan;
  protocol::RoundDescriptor& d = plan.descriptor;
  d.federation = founding.federation;
  d.epoch = protocol::Epoch{1};
  d.round = protocol::RoundId{7};
  d.attempt = protocol::Attempt{1};
  d.task_kind = "popularity";
  d.purpose = protocol::content_digest(as_bytes(kPurpose));
  d.state.step_kind = "popularity.counts";
  d.state.step_number = 1;
  d.codec.ring_bits = take(protocol::smallest_ring({kShops, 1, kValueBits, 0})).ring_bits;
  d.codec.value_bits = kValueBits;
  d.codec.vector_length = kLength;
  d.codec.chunk_values = 64;
  plan.layout = to_bytes("a layout");
  plan.training_plan = to_bytes("a plan");
  plan.purpose = kPurpose;
  d.codec.layout = protocol::content_digest(plan.layout);
  d.training_plan = protocol::content_digest(plan.training_plan);
  d.roster_head = founding.roster.head();
  plan.cohort_min = 5;
  return plan;
}

std::vector<std::int64_t> input_of(std::uint32_t shop) {
  std::vector<std::int64_t> values(kLength);
  for (std::size_t i = 0; i < kLength; ++i) {
    values[i] = static_cast<std::int64_t>((shop + 1) * 31 + i * i * 7) % 4095 - 2047;
  }
  return values;
}

class Recording {
 public:
  Recording() : plan_{plan_of(founding_)} {
    policy_.purpose = plan_.descriptor.purpose;
    phase_ = coordinator::begin(context_).next;
    for (std::uint32_t i = 0; i < kShops; ++i) add_shop(i);
  }

  /// Whether anybody had something new to read.
  bool deliver_once() {
    bool moved = false;
    for (auto& shop : shops_) {
      if (shop->silent || participant::is_over(*shop->phase)) continue;
      const auto message = coordinator::message_for(
          *phase_, shop->context.self, participant::phase_number(*shop->phase), context_);
      if (!message) continue;
      moved = true;
      note(*shop, false, message->frame);
      receive(*shop, message->frame);
    }
    return moved;
  }
  void deliver_all() {
    while (deliver_once()) {
    }
  }

  void submit(coordinator::Event event) {
    coordinator::Step step = coordinator::advance(std::move(*phase_), std::move(event), context_);
    phase_ = std::move(step.next);
    for (coordinator::Effect& effect : step.effects) {
      if (auto* job = std::get_if<coordinator::OpenSum>(&effect)) pending_ = std::move(*job);
    }
  }
  void open_sum();
  void pass_deadline() {
    submit(coordinator::DeadlinePassed{static_cast<std::uint32_t>(phase_->index())});
  }

  RecordedShop& shop(std::size_t index) { return *shops_[index]; }
  [[nodiscard]] const coordinator::Phase& phase() const { return *phase_; }
  [[nodiscard]] const coordinator::RoundPlan& plan() const { return plan_; }
  [[nodiscard]] boost::json::object document(std::string_view about) const;

 private:
  void add_shop(std::uint32_t index);
  void note(const RecordedShop& shop, bool up, ByteView frame);
  void perform(RecordedShop& shop, participant::Step step);
  void send_up(RecordedShop& shop, const participant::Send& send);
  void receive(RecordedShop& shop, ByteView frame);
  void mask(RecordedShop& shop, participant::MaskInput job);
  void upload(RecordedShop& shop, const protocol::MaskedInput& header);

  template <class Message>
  void take_in(RecordedShop& shop, ByteView frame) {
    keep_held(shop);
    perform(shop, participant::advance(std::move(*shop.phase),
                                       take(protocol::decode<Message>(frame)), shop.context));
    keep_held(shop);
  }
  /// A shop's shares of its peers are in its machine only; the vectors tell them.
  static void keep_held(RecordedShop& shop) {
    const auto* certain = std::get_if<participant::AwaitingProposal>(&*shop.phase);
    if (certain == nullptr || !shop.held.empty()) return;
    for (const protocol::DealtShares& share : certain->held) {
      shop.held.push_back({share.mask_key.duplicate(), share.self_seed.duplicate(),
                           share.mask_key_salt.duplicate(), share.self_seed_salt.duplicate()});
    }
  }

  Founding founding_;
  coordinator::RoundPlan plan_;
  coordinator::RoundContext context_{plan_, founding_.roster, founding_.coordinator.signer};
  participant::ParticipantPolicy policy_;
  participant::ContributionHistory history_;
  std::vector<std::unique_ptr<RecordedShop>> shops_;
  std::optional<coordinator::Phase> phase_;
  std::optional<coordinator::OpenSum> pending_;
  std::optional<coordinator::OpenedSum> sum_;
  boost::json::array messages_;
};

void Recording::add_shop(std::uint32_t index) {
  const KnownSigner& key = *founding_.shops[index];
  participant::RoundSecrets secrets = participant::RoundSecrets::generate(founding_.random);
  KnownSecrets known{secrets};
  const ParticipantId self = protocol::identity_of(key.signer.verify_key());
  shops_.push_back(std::make_unique<RecordedShop>(
      RecordedShop{key,
                   {founding_.federation, self, key.signer,
                    founding_.coordinator.signer.verify_key(), founding_.roster, policy_, history_},
                   std::move(known),
                   input_of(index),
                   {},
                   {},
                   {},
                   {}}));
  const protocol::RoundDescriptor& d = plan_.descriptor;
  const protocol::RoundInvitation invitation{d.federation, d.epoch,       d.round, d.attempt,
                                             d.task_kind,  d.roster_head, 0};
  RecordedShop& shop = *shops_.back();
  perform(shop, participant::begin(invitation, 1, std::move(secrets), shop.context));
}

void Recording::note(const RecordedShop& shop, bool up, ByteView frame) {
  const std::string name = shop.context.self.hex();
  messages_.push_back({{"from", up ? name : "coordinator"},
                       {"to", up ? "coordinator" : name},
                       {"frame", to_hex(frame)}});
}

void Recording::perform(RecordedShop& shop, participant::Step step) {
  shop.phase = std::move(step.next);
  for (participant::Effect& effect : step.effects) {
    if (shop.silent) return;
    if (auto* refused = std::get_if<participant::Refused>(&effect)) take(Result<>{refused->reason});
    if (const auto* send = std::get_if<participant::Send>(&effect)) send_up(shop, *send);
    if (auto* job = std::get_if<participant::MaskInput>(&effect)) {
      return mask(shop, std::move(*job));
    }
    if (const auto* job = std::get_if<participant::UploadInput>(&effect)) {
      return upload(shop, protocol::MaskedInput{job->header});
    }
    if (std::holds_alternative<participant::CheckResult>(effect)) {
      return perform(shop, participant::advance(std::move(*shop.phase),
                                                participant::ResultChecked{}, shop.context));
    }
  }
}

void Recording::send_up(RecordedShop& shop, const participant::Send& send) {
  note(shop, true, send.frame);
  switch (send.type) {
    case MessageType::check_in:
      return submit(take(protocol::decode<protocol::CheckIn>(send.frame)));
    case MessageType::share_keys:
      return submit(take(protocol::decode<protocol::ShareKeys>(send.frame)));
    case MessageType::survivor_signature:
      return submit(take(protocol::decode<protocol::SurvivorSignature>(send.frame)));
    case MessageType::unmask:
      submit(take(protocol::decode<protocol::Unmask>(send.frame)));
      return open_sum();
    case MessageType::vote:
      return submit(take(protocol::decode<protocol::Vote>(send.frame)));
    case MessageType::abandon:
      return submit(take(protocol::decode<protocol::Abandon>(send.frame)));
    default:
      std::abort();
  }
}

void Recording::receive(RecordedShop& shop, ByteView frame) {
  switch (take(protocol::type_of(frame))) {
    case MessageType::round_description:
      return take_in<protocol::RoundDescription>(shop, frame);
    case MessageType::share_delivery:
      return take_in<protocol::ShareDelivery>(shop, frame);
    case MessageType::survivor_proposal:
      return take_in<protocol::SurvivorProposal>(shop, frame);
    case MessageType::survivor_certificate:
      return take_in<protocol::SurvivorCertificate>(shop, frame);
    case MessageType::round_result:
      return take_in<protocol::RoundResult>(shop, frame);
    case MessageType::round_aborted:
      return take_in<protocol::RoundAborted>(shop, frame);
    default:
      std::abort();
  }
}

void Recording::mask(RecordedShop& shop, participant::MaskInput job) {
  const auto sink = [&shop](ByteView chunk) -> Result<> {
    shop.chunks.emplace_back(chunk.begin(), chunk.end());
    return {};
  };
  const auto done =
      take(participant::mask_input(shop.input, plan_.descriptor.codec, job.masks, sink));
  shop.masks = std::move(job.masks);
  const participant::MaskedInputSpooled spooled{
      done.chunk_root, static_cast<std::uint32_t>(done.chunk_digests.size())};
  perform(shop, participant::advance(std::move(*shop.phase), spooled, shop.context));
}

void Recording::upload(RecordedShop& shop, const protocol::MaskedInput& header) {
  protocol::MaskedInputUpload begun{header, {}};
  for (const Bytes& chunk : shop.chunks) {
    begun.chunk_digests.push_back(protocol::chunk_digest(chunk));
  }
  note(shop, true, protocol::encode(begun));
  submit(coordinator::InputBegun{std::move(begun)});
  perform(shop, participant::advance(std::move(*shop.phase), participant::UploadCompleted{},
                                     shop.context));
  submit(coordinator::InputCompleted{header.sender});
}

void Recording::open_sum() {
  if (!pending_) return;
  const coordinator::OpenSum job = std::move(*pending_);
  pending_.reset();
  const auto read = [&](std::size_t input, std::uint32_t chunk) -> Result<Bytes> {
    const auto owner = std::ranges::find_if(
        shops_, [&](const auto& shop) { return shop->context.self == job.inputs[input].sender; });
    return (*owner)->chunks[chunk];
  };
  sum_ = take(coordinator::open_sum(plan_.descriptor.codec, job, read));
  const protocol::BlobId address = protocol::blob_id(sum_->packed);
  submit(coordinator::SumOpened{address, address, protocol::ModelVersion{0}});
}

boost::json::object Recording::document(std::string_view about) const {
  boost::json::array shops;
  for (const auto& shop : shops_) shops.push_back(described(*shop));
  boost::json::array roster;
  for (const protocol::RosterEntry& entry : founding_.roster.entries()) {
    roster.emplace_back(to_hex(protocol::encode(entry)));
  }
  boost::json::object document{
      {"about", about},
      {"protocol_version", 1},
      {"federation", founding_.federation.hex()},
      {"coordinator",
       {{"id", protocol::identity_of(founding_.coordinator.signer.verify_key()).hex()},
        {"identity_seed", to_hex(founding_.coordinator.seed)}}},
      {"registrar",
       {{"id", protocol::identity_of(founding_.registrar.signer.verify_key()).hex()},
        {"identity_seed", to_hex(founding_.registrar.seed)}}},
      {"roster", std::move(roster)},
      {"shops", std::move(shops)},
      {"messages", messages_}};
  if (sum_) {
    boost::json::array sum;
    for (const std::int64_t value : sum_->values) sum.emplace_back(value);
    document["sum"] = std::move(sum);
    document["packed_sum"] = to_hex(sum_->packed);
  }
  return document;
}

/// What a shop is sent that follows the chain past this attempt, and the hash it comes to.
void add_end(boost::json::object& document, const Recording& recording,
             const protocol::Digest& transcript) {
  const auto kept = coordinator::transcript_of(recording.phase(), recording.plan());
  document["attempt_ends"] = to_hex(protocol::encode(protocol::AttemptEnds{{end_of(kept)}}));
  document["transcript"] = transcript.hex();
}

std::string text_of(boost::json::object document) {
  return json::pretty(boost::json::value(std::move(document))) + "\n";
}

}  // namespace

std::string record_dropout() {
  Recording recording;
  recording.deliver_once();  // the description; all share their keys
  recording.shop(2).silent = true;
  recording.deliver_once();  // the shares; five shops upload
  recording.pass_deadline();
  recording.deliver_all();
  const auto* done = std::get_if<coordinator::Completed>(&recording.phase());
  if (done == nullptr) std::abort();
  boost::json::object document =
      recording.document("Six shops; the third falls silent after sharing its keys.");
  add_end(document, recording, done->transcript);
  return text_of(std::move(document));
}

std::string record_abandoned() {
  Recording recording;
  recording.deliver_once();
  recording.shop(2).silent = true;
  recording.deliver_once();
  recording.submit(coordinator::AbortRequested{protocol::AbortReason::operator_abort});
  recording.deliver_all();
  const auto* aborted = std::get_if<coordinator::Aborted>(&recording.phase());
  if (aborted == nullptr) std::abort();
  boost::json::object document = recording.document(
      "The same; after the uploads the operator ends the attempt, and the shops sign abandoned.");
  add_end(document, recording,
          protocol::aborted_transcript(protocol::Digest{}, aborted->message));
  return text_of(std::move(document));
}

}  // namespace guildsum::vectors
