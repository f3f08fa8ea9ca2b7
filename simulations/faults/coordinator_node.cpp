#include "simulations/faults/coordinator_node.hpp"

#include <algorithm>
#include <limits>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "coordinator/store/sqlite_ledger.hpp"
#include "coordinator/transcripts.hpp"
#include "crypto/sha256.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/packed_sum.hpp"
#include "protocol/signing.hpp"
#include "protocol/transcript.hpp"
#include "protocol/wire.hpp"
#include "simulations/faults/task.hpp"

namespace guildsum::simulations {
namespace {

using protocol::MessageType;

constexpr std::string_view kPurpose = "Simulated rounds.";
constexpr milliseconds kSoon{1'000};
constexpr std::uint32_t kUploadSlots = 64;
/// Longer than the coordinator waits before it tries anything again.
constexpr milliseconds kShortestDeadline{5'500};

protocol::FederationId random_federation(Random& random) {
  protocol::FederationId id;
  random.fill(id.mutable_view());
  return id;
}

template <class Message>
Result<coordinator::Event> event_of(ByteView frame, const protocol::ParticipantId& sender) {
  GS_TRY(Message message, protocol::decode<Message>(frame));
  // The HTTP layer compares it with the client certificate.
  if (message.sender != sender) return protocol::ProtocolErrc::unknown_sender;
  return coordinator::Event{std::move(message)};
}

Result<coordinator::Event> event_of(MessageType type, ByteView frame,
                                    const protocol::ParticipantId& sender) {
  switch (type) {
    case MessageType::check_in:
      return event_of<protocol::CheckIn>(frame, sender);
    case MessageType::share_keys:
      return event_of<protocol::ShareKeys>(frame, sender);
    case MessageType::complaint:
      return event_of<protocol::Complaint>(frame, sender);
    case MessageType::survivor_signature:
      return event_of<protocol::SurvivorSignature>(frame, sender);
    case MessageType::unmask:
      return event_of<protocol::Unmask>(frame, sender);
    case MessageType::vote:
      return event_of<protocol::Vote>(frame, sender);
    case MessageType::abandon:
      return event_of<protocol::Abandon>(frame, sender);
    default:
      return protocol::ProtocolErrc::unknown_type;
  }
}

/// What another message of this kind must not differ from.
std::string about(const coordinator::Event& event, const participant::AttemptId& attempt) {
  const auto rd_of = []<class M>(const M& message) -> std::string {
    if constexpr (requires { message.rd; }) {
      return message.rd.hex();
    } else {
      return {};
    }
  };
  const std::string rd = std::visit(rd_of, event);
  if (!rd.empty()) return rd;
  return std::to_string(attempt.round.value()) + "." + std::to_string(attempt.attempt.value());
}

}  // namespace

Identities::Identities(std::uint64_t seed, std::uint32_t count)
    : random{seed},
      federation{random_federation(random)},
      coordinator{crypto::generate_signing_key(random)},
      registrar{crypto::Signer{crypto::generate_signing_key(random)}} {
  for (std::uint32_t i = 0; i < count; ++i) {
    shops.emplace_back(crypto::generate_signing_key(random));
    ids.push_back(protocol::identity_of(shops.back().verify_key()));
  }
}

CoordinatorNode::CoordinatorNode(RunParts parts)
    : parts_{parts},
      clock_{parts.queue},
      scheduler_{parts.queue},
      roster_{parts.identities.federation, parts.identities.registrar.verify_key()} {
  terms_.federation = parts.identities.federation;
  terms_.purpose = kPurpose;
  terms_.rounds.cohort_min = parts.scenario.cohort_min;
  terms_.rounds.corrupt = parts.scenario.corrupt;
  terms_.rounds.attempts_max = parts.scenario.attempts_max;
  terms_.rounds.repair_deadline = parts.scenario.repair_deadline;
  terms_.rounds.deadlines = parts.scenario.deadlines;
  if (const auto lie = parts.scenario.lie) {
    liar_.emplace(*lie, parts.identities.federation, parts.identities.coordinator);
    parts.checker.lie = lie;
  }
  scheduler_.run_with([this](const std::function<void()>& work) { run(work); });
}

CoordinatorNode::~CoordinatorNode() { scheduler_.drop_all(); }

protocol::Digest CoordinatorNode::purpose() const {
  return protocol::content_digest(as_bytes(kPurpose));
}

Result<> CoordinatorNode::open() {
  GS_TRY(ledger_, coordinator::open_sqlite_ledger(parts_.directory / "ledger.sqlite", clock_));
  disk_ = std::make_unique<FaultyLedger>(*ledger_, parts_.plan, parts_.queue, transactions_);
  GS_TRY(auto blobs, coordinator::open_directory_blobs(parts_.directory / "blobs"));
  GS_TRY(const auto codec, codec_of(parts_.scenario, parts_.identities.shops.size()));
  blobs_ =
      std::make_unique<BlobsWithDefect>(std::move(blobs), parts_.defects.missing_in_sum, codec);
  GS_TRY(uploads_, coordinator::Uploads::open(parts_.directory / "uploads", kUploadSlots));
  GS_TRY(membership_, coordinator::Membership::open(*disk_, parts_.identities.registrar, clock_,
                                                    {.federation = terms_.federation}));
  return {};
}

Result<> CoordinatorNode::start() {
  GS_CHECK(make_private_directory(parts_.directory));
  GS_CHECK(open());
  std::uint32_t index = 0;
  for (const auto& id : parts_.identities.ids) {
    coordinator::ShopRow row;
    row.identity = id;
    row.name = "shop-" + std::to_string(index++);
    row.certificate = crypto::CertificateDigest{crypto::sha256(id.view()).view()};
    row.certificate_expires_unix_ms = std::numeric_limits<std::int64_t>::max();
    GS_CHECK(membership_->admit(std::move(row), protocol::Epoch{1},
                                [](coordinator::LedgerWriter&) -> Result<> { return {}; }));
  }
  roster_ = membership_->roster();
  for (const Fault& fault : parts_.plan.fired()) {
    if (fault.kind == FaultKind::skew && fault.shop == parts_.identities.shops.size()) {
      clock_.set_skew(milliseconds{static_cast<std::int64_t>(fault.value)});
    }
  }
  restart();
  scheduler_.post([this] { start_task(); });
  return {};
}

void CoordinatorNode::restart() {
  if (!ledger_) {
    if (const auto opened = open(); !opened) {
      return parts_.checker.report(
          "I5", "the coordinator's files do not open after a crash: " + opened.error().message());
    }
  }
  disk_->arm();
  if (parts_.defects.loses_deadline && crashes_ > 0) scheduler_.lose_next(kShortestDeadline);
  auto service = coordinator::RoundService::open(
      coordinator::RoundServiceParts{*disk_, *blobs_, *uploads_, *membership_,
                                     parts_.identities.coordinator, scheduler_, parts_.pool,
                                     changes_, clock_, log_},
      terms_);
  if (service && !disk_->crash()) {
    service_ = *std::move(service);
    return;
  }
  if (!service && !(service.error() == BaseErrc::io_failed)) {
    parts_.checker.report("I5",
                          "the coordinator does not start again: " + service.error().message());
  }
  const milliseconds down = disk_->crash().value_or(kSoon);
  service = Error{BaseErrc::interrupted};  // Gone before what it works with.
  crash(down);
}

void CoordinatorNode::start_task() {
  const auto started = service_->start_task(plan_of(parts_.scenario));
  if (started || started.error() == BaseErrc::busy) return;
  if (!(started.error() == BaseErrc::io_failed)) {
    parts_.checker.report("I8", "the task does not start: " + started.error().message());
    return;
  }
  scheduler_.after(kSoon, [this] { start_task(); });
}

void CoordinatorNode::run(const std::function<void()>& work) {
  work();
  if (disk_ && disk_->crash()) crash(*disk_->crash());
}

void CoordinatorNode::crash(milliseconds down) {
  ++crashes_;
  scheduler_.drop_all();
  const CrashedDisk disk{parts_.directory};
  service_.reset();
  membership_.reset();
  uploads_.reset();
  blobs_.reset();
  disk_.reset();
  ledger_.reset();
  if (!disk.leave(parts_.plan, crashes_, partial_uploads_)) {
    parts_.checker.report("I5", "the crash could not be simulated");
  }
  partial_uploads_.clear();
  parts_.queue.after(down + milliseconds{1}, [this] {
    restart();
    if (!is_up()) return;
    // A task whose start was lost in the crash is started again by the operator.
    scheduler_.after(kSoon, [this] {
      const auto known = standing();
      if (known && !known->task_is_over && known->attempts == 0) start_task();
    });
  });
}

void CoordinatorNode::poll(std::uint32_t shop, const Request& request, Answer& answer) {
  const protocol::ParticipantId id = parts_.identities.ids[shop];
  answer.invitation =
      service_->invitation_for(id, {request.attempt.round, request.attempt.attempt});
  if (!request.in_round) return;
  auto message = service_->message_for_shop(request.attempt.round, id, request.after);
  if (!message) {
    answer.error = message.error();
  } else if (*message) {
    answer.message = participant::PhaseMessage{(**message).number, std::move((**message).frame)};
    parts_.checker.on_phase_message(answer.message->number, answer.message->frame);
  }
  if (liar_ && message) {
    answer.message = liar_->shown(shop, request.after, std::move(answer.message));
  }
}

Answer CoordinatorNode::handle_send(std::uint32_t shop, const Request& request) {
  Answer answer;
  const auto& ids = parts_.identities.ids;
  auto event = event_of(request.type, request.frame, ids[shop]);
  if (!event) {
    answer.error = event.error();
    return answer;
  }
  const std::string id = about(*event, request.attempt);
  parts_.checker.on_received(shop, request.type, request.frame);
  const auto slip = liar_ ? liar_->taken_in(shop, request.type, request.frame) : std::nullopt;
  if (slip) parts_.checker.report("I9", "shop " + std::to_string(shop) + " " + *slip);
  if (const auto done = service_->submit(request.attempt.round, *std::move(event)); !done) {
    answer.error = done.error();
  } else {
    parts_.checker.on_accepted(shop, request.type, id, request.frame);
  }
  return answer;
}

Answer CoordinatorNode::handle_upload(std::uint32_t shop, const Request& request) {
  Answer answer;
  const auto& ids = parts_.identities.ids;
  Result<protocol::UploadStatus> status{protocol::ProtocolErrc::malformed};
  if (request.kind == Request::Kind::begin_upload) {
    auto upload = protocol::decode<protocol::MaskedInputUpload>(request.frame);
    if (upload && upload->header.sender == ids[shop]) {
      const std::string rd = upload->header.rd.hex();
      status = service_->begin_upload(request.attempt.round, *std::move(upload));
      if (status) {
        parts_.checker.on_accepted(shop, MessageType::masked_input_upload, rd, request.frame);
      }
    }
  } else {
    parts_.checker.on_input(shop, request.rd);
    partial_uploads_.on_chunk(ids[shop]);
    status = service_->put_chunk(request.attempt.round, ids[shop], request.chunk, request.frame);
  }
  if (!status) {
    answer.error = status.error();
  } else {
    partial_uploads_.on_status(ids[shop], *status);
    if (status->complete) note_complete(shop, request.attempt);
    answer.upload = *status;
  }
  return answer;
}

void CoordinatorNode::note_complete(std::uint32_t shop, const participant::AttemptId& attempt) {
  const std::string round =
      std::to_string(attempt.round.value()) + "." + std::to_string(attempt.attempt.value());
  const auto path = parts_.directory / "uploads" / round / parts_.identities.ids[shop].hex();
  // A late copy of a request names an attempt whose files are gone.
  if (!std::filesystem::exists(path)) return;
  if (!complete_uploads_.on_complete(parts_.plan, parts_.queue.now(), shop, path)) {
    parts_.checker.report("I5", "the loss of an upload could not be simulated");
  }
}

Answer CoordinatorNode::handle(std::uint32_t shop, const Request& request) {
  Answer answer;
  if (!is_up()) {
    answer.error = Error{BaseErrc::unreachable};
    return answer;
  }
  run([&] {
    switch (request.kind) {
      case Request::Kind::poll:
        return poll(shop, request, answer);
      case Request::Kind::send:
        answer = handle_send(shop, request);
        return;
      case Request::Kind::begin_upload:
      case Request::Kind::upload_chunk:
        answer = handle_upload(shop, request);
        return;
      case Request::Kind::result:
        auto sum = blobs_->load(request.sum, protocol::kBlobBytesMax);
        auto checkpoint = blobs_->load(request.checkpoint, protocol::kBlobBytesMax);
        if (!sum || !checkpoint) {
          answer.error = sum ? checkpoint.error() : sum.error();
          return;
        }
        answer.sum = *std::move(sum);
        answer.checkpoint = *std::move(checkpoint);
        return;
    }
  });
  if (!is_up()) answer.error = Error{BaseErrc::unreachable};
  // The HTTP layer answers 503 then, and agents come back.
  if (answer.error && (*answer.error == BaseErrc::busy || *answer.error == BaseErrc::io_failed)) {
    answer.error = Error{BaseErrc::unreachable};
  }
  return answer;
}

Result<Bytes> CoordinatorNode::outcome(const participant::AttemptId& attempt) {
  if (!is_up()) return BaseErrc::unreachable;
  return service_->outcome_of({attempt.round, attempt.attempt});
}

Result<Bytes> CoordinatorNode::survivors(const participant::AttemptId& attempt) {
  if (!is_up()) return BaseErrc::unreachable;
  return service_->survivors_of({attempt.round, attempt.attempt});
}

Result<Bytes> CoordinatorNode::ends(const participant::AttemptId& from) {
  if (!is_up()) return BaseErrc::unreachable;
  GS_TRY(const auto ends,
         coordinator::attempt_ends(*ledger_, *blobs_, {from.round, from.attempt}));
  if (parts_.defects.forgets_vote_of) {
    protocol::AttemptEnds told = ends;
    const auto& of = parts_.identities.ids[*parts_.defects.forgets_vote_of];
    for (protocol::AttemptEnd& end : told.ends) {
      std::erase_if(end.votes, [&](const protocol::Vote& vote) { return vote.sender == of; });
    }
    return protocol::encode(told);
  }
  return protocol::encode(ends);
}

Result<std::optional<protocol::CheckIn>> CoordinatorNode::last_check_in(std::uint32_t shop) {
  if (!is_up()) return BaseErrc::unreachable;
  GS_TRY(const auto frame, coordinator::read_from(*ledger_, [&](coordinator::LedgerReader& rows) {
           return rows.last_check_in(parts_.identities.ids[shop]);
         }));
  if (!frame) return std::optional<protocol::CheckIn>{};
  GS_TRY(auto message, protocol::decode<protocol::CheckIn>(*frame));
  return std::optional{std::move(message)};
}

}  // namespace guildsum::simulations
