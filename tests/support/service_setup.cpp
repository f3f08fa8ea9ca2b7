#include "tests/support/service_setup.hpp"

#include "base/errors.hpp"
#include "coordinator/task_settings.hpp"
#include "models/contribute.hpp"
#include "models/released.hpp"
#include "participant/contribution.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::coordinator::testing {

namespace {

constexpr int kTurnsMax = 20'000;
constexpr std::string_view kPurpose = "Recommendations.";

/// Whether the same may be sent again later: the coordinator's trouble, not ours.
bool is_trouble(const Error& error) {
  return error == BaseErrc::no_space || error == BaseErrc::io_failed || error == BaseErrc::busy;
}

/// Customers of one shop; different for every seed.
std::vector<std::vector<models::ItemIndex>> make_baskets(std::uint32_t seed) {
  std::vector<std::vector<models::ItemIndex>> rows;
  for (std::uint32_t customer = 0; customer < 5; ++customer) {
    std::vector<models::ItemIndex> row;
    for (std::uint32_t item = 0; item < ServiceSetup::kItems; ++item) {
      if ((seed * 7 + customer * 3 + item * item) % 4 < 2) row.push_back(item);
    }
    rows.push_back(std::move(row));
  }
  return rows;
}

}  // namespace

bool ManualScheduler::run_due() {
  bool ran = false;
  while (!queue_.empty() && queue_.begin()->first <= clock_.steady_now()) {
    const auto work = std::move(queue_.begin()->second);
    queue_.erase(queue_.begin());
    work();
    ran = true;
  }
  return ran;
}

bool ManualScheduler::run_next() {
  if (queue_.empty()) return false;
  const auto wait = queue_.begin()->first - clock_.steady_now();
  if (wait.count() > 0) clock_.advance(std::chrono::ceil<std::chrono::milliseconds>(wait));
  return run_due();
}

Result<> FaultyLedger::read(const std::function<Result<>(LedgerReader&)>& body) {
  if (failing_reads_ > 0) {
    --failing_reads_;
    return Error{BaseErrc::io_failed, "test"};
  }
  return behind_->read(body);
}

Result<> FaultyLedger::change(const std::function<Result<>(LedgerWriter&)>& body) {
  ++changes;
  if (change_that_fails == 0 || --change_that_fails > 0) return behind_->change(body);
  failing_reads_ = reads_that_fail;
  if (fails_after_commit) GS_CHECK(behind_->change(body));
  return Error{BaseErrc::io_failed, "test"};
}

participant::RoundContext ShopAgent::context() const {
  return {federation_, applicant.id(), applicant.signer, coordinator_, *roster_, policy_, history_};
}

bool ShopAgent::poll(RoundService& service, const FederationSetup& federation, const Blobs& blobs) {
  if (silent) return false;
  if (flush(service)) return true;
  if (phase_ && !participant::is_over(*phase_)) {
    const auto message =
        service.message_for_shop(key_.round, applicant.id(), participant::phase_number(*phase_));
    if (message.has_value() && *message) {
      receive(**message, blobs);
      return true;
    }
    // What ended without a sum and without a certificate is settled later, if ever.
    const auto* left = std::get_if<participant::AwaitingAbandonCertificate>(&*phase_);
    if (left == nullptr || !left->told) return false;
  }
  const auto invitation = service.invitation_for(applicant.id(), key_);
  if (!invitation) return false;
  key_ = {invitation->round, invitation->attempt};
  federation_ = federation.keys->federation();
  coordinator_ = federation.keys->coordinator.verify_key();
  roster_.emplace(federation.membership->roster());
  policy_.cohort_min = 3;
  policy_.allow_tiny_cohorts = true;
  policy_.survivors_min = 3;
  policy_.accept_new_lineages = true;
  policy_.purpose = protocol::content_digest(as_bytes(kPurpose));
  upload_.reset();
  perform(participant::begin(*invitation, ++counter_, participant::RoundSecrets::generate(random_),
                             context()),
          blobs);
  return true;
}

/// Sends the oldest waiting message; one that the coordinator cannot take now stays.
bool ShopAgent::flush(RoundService& service) {
  if (outbox_.empty()) return false;
  const auto done = outbox_.front()(service);
  if (done.has_error() && is_trouble(done.error())) return false;
  outbox_.pop_front();
  return true;
}

void ShopAgent::perform(participant::Step step, const Blobs& blobs) {
  phase_ = std::move(step.next);
  if (const auto* done = std::get_if<participant::Finished>(&*phase_); done && done->counted) {
    // From now on it refuses the same step, and the next of a cumulative one is a delta.
    history_.count(description_->descriptor.state,
                   protocol::round_digest(description_->descriptor));
    counted_ = values_;
  }
  for (participant::Effect& effect : step.effects) {
    if (const auto* message = std::get_if<participant::Send>(&effect)) send(*message);
    if (const auto* job = std::get_if<participant::MaskInput>(&effect)) mask(*job, blobs);
    if (const auto* start = std::get_if<participant::UploadInput>(&effect)) upload(start->header);
    if (std::holds_alternative<participant::CheckResult>(effect)) {
      const auto verdict =
          rejects ? protocol::VoteReason::sum_not_as_addressed : protocol::VoteReason::none;
      perform(
          participant::advance(std::move(*phase_), participant::ResultChecked{verdict}, context()),
          blobs);
      return;
    }
    const auto* refused = std::get_if<participant::Refused>(&effect);
    BOOST_REQUIRE_MESSAGE(refused == nullptr,
                          "the shop refuses: " << (refused ? refused->reason.message() : ""));
  }
}

template <class Message>
void ShopAgent::take(ByteView frame, const Blobs& blobs) {
  auto message = protocol::decode<Message>(frame).value();
  perform(participant::advance(std::move(*phase_), std::move(message), context()), blobs);
}

void ShopAgent::receive(const PhaseMessage& message, const Blobs& blobs) {
  switch (message.number) {
    case 1:
      description_ = protocol::decode<protocol::RoundDescription>(message.frame).value();
      return take<protocol::RoundDescription>(message.frame, blobs);
    case 2:
      return take<protocol::ShareDelivery>(message.frame, blobs);
    case 3:
      return take<protocol::SurvivorProposal>(message.frame, blobs);
    case 4:
      return take<protocol::SurvivorCertificate>(message.frame, blobs);
    case 5:
      return take<protocol::RoundResult>(message.frame, blobs);
    default:
      return take<protocol::RoundAborted>(message.frame, blobs);
  }
}

void ShopAgent::send(const participant::Send& message) {
  using protocol::MessageType;
  const auto post = [this](Event event) {
    sent.push_back(event);
    outbox_.push_back([round = key_.round, event](RoundService& service) {
      return service.submit(round, event);
    });
  };
  const ByteView frame = message.frame;
  switch (message.type) {
    case MessageType::check_in:
      return post(protocol::decode<protocol::CheckIn>(frame).value());
    case MessageType::share_keys:
      return post(protocol::decode<protocol::ShareKeys>(frame).value());
    case MessageType::survivor_signature:
      return post(protocol::decode<protocol::SurvivorSignature>(frame).value());
    case MessageType::unmask:
      return post(protocol::decode<protocol::Unmask>(frame).value());
    case MessageType::vote:
      return post(protocol::decode<protocol::Vote>(frame).value());
    case MessageType::abandon:
      return post(protocol::decode<protocol::Abandon>(frame).value());
    default:
      BOOST_FAIL("an unexpected message");
  }
}

void ShopAgent::mask(const participant::MaskInput& job, const Blobs& blobs) {
  const protocol::RoundDescriptor& descriptor = description_->descriptor;
  models::SumRequest request;
  request.step_kind = descriptor.state.step_kind;
  request.step_number = descriptor.state.step_number;
  request.layout = models::VectorLayout::parse(description_->layout).value();
  if (!descriptor.state.public_inputs.is_zero()) {
    request.public_inputs =
        blobs.load(descriptor.state.public_inputs, protocol::kBlobBytesMax).value();
  }
  const auto plan = models::TaskPlan::parse(description_->training_plan).value();
  auto contribution = models::contribute(plan, request, data_, random_).value();
  values_ = contribution.values;
  for (std::size_t i = 0; job.base && i < counted_.size(); ++i) {
    contribution.values[i] -= counted_[i];
  }
  Upload upload;
  const auto chunks =
      participant::mask_input(contribution.values, descriptor.codec, job.masks,
                              [&](ByteView chunk) -> Result<> {
                                upload.chunks.emplace_back(chunk.begin(), chunk.end());
                                return {};
                              })
          .value();
  upload.header.chunk_digests = chunks.chunk_digests;
  upload_ = std::move(upload);
  const participant::MaskedInputSpooled spooled{
      chunks.chunk_root, static_cast<std::uint32_t>(chunks.chunk_digests.size())};
  perform(participant::advance(std::move(*phase_), spooled, context()), blobs);
}

void ShopAgent::upload(const protocol::MaskedInput& header) {
  if (stops_before_upload) {
    silent = true;
    return;
  }
  upload_->header.header = header;
  outbox_.push_back([this, round = key_.round](RoundService& service) -> Result<> {
    GS_TRY(const auto status, service.begin_upload(round, upload_->header));
    if (status.complete) return {};
    return {};
  });
  for (std::uint32_t i = 0; i < upload_->chunks.size(); ++i) {
    outbox_.push_back([this, round = key_.round, i](RoundService& service) -> Result<> {
      GS_TRY(const auto status, service.put_chunk(round, applicant.id(), i, upload_->chunks[i]));
      (void)status;
      return {};
    });
  }
  phase_ = participant::advance(std::move(*phase_), participant::UploadCompleted{}, context()).next;
}

ServiceSetup::ServiceSetup(std::uint32_t shop_count) {
  blobs = std::make_unique<FaultyBlobs>(open_directory_blobs(files().blobs()).value());
  uploads = Uploads::open(files().spool(), 4).value();
  terms.federation = keys->federation();
  terms.purpose = kPurpose;
  terms.rounds.cohort_min = 3;
  terms.rounds.allow_tiny_cohorts = true;
  for (std::uint32_t i = 0; i < shop_count; ++i) {
    baskets.push_back(make_baskets(i));
    shops.emplace_back(i + 1, models::Interactions::build(kItems, baskets.back()).value());
    join(shops.back().applicant, "shop-" + std::to_string(i));
  }
  restart_service();
}

void ServiceSetup::restart_service() {
  scheduler.clear();
  service.reset();
  uploads = Uploads::open(files().spool(), 4).value();
  service =
      RoundService::open(RoundServiceParts{faulty, *blobs, *uploads, *membership, keys->coordinator,
                                           scheduler, pool, changes, clock, log},
                         terms)
          .value();
}

models::TaskPlan ServiceSetup::plan(std::string_view kind) const {
  TaskSettings settings;
  if (kind == "popularity") settings = {{"customers_min", "1"}};
  if (kind == "ials") settings = {{"factors", "2"}, {"epochs", "2"}};
  return make_task_plan(kind, kItems, 100, settings).value();
}

protocol::Epoch ServiceSetup::start_task(std::string_view kind) {
  const auto started = service->start_task(plan(kind));
  GS_REQUIRE_DONE(started);
  return *started;
}

bool ServiceSetup::turn() {
  bool moved = scheduler.run_due();
  for (ShopAgent& shop : shops) moved |= shop.poll(*service, *this, *blobs);
  return moved;
}

void ServiceSetup::settle() {
  for (int i = 0; i < kTurnsMax; ++i) {
    if (!turn()) return;
  }
  BOOST_FAIL("it never settles");
}

void ServiceSetup::run() {
  for (int i = 0; i < kTurnsMax; ++i) {
    if (turn()) continue;
    if (!scheduler.run_next()) return;
    if (task().status != TaskStatus::running && phase_of_running_round().empty()) {
      settle();
      return;
    }
  }
  BOOST_FAIL("the task never ends");
}

std::string ServiceSetup::phase_of_running_round() {
  const auto all = rounds();
  if (all.empty() || all.back().status != RoundStatus::running) return {};
  const std::string document = service->round_document(all.back().key.round).value();
  const std::string key = "\"phase\":\"";
  const auto at = document.find(key);
  if (at == std::string::npos) return {};
  return document.substr(at + key.size(), document.find('"', at + key.size()) - at - key.size());
}

void ServiceSetup::run_until(std::string_view phase) {
  for (int i = 0; i < kTurnsMax; ++i) {
    if (phase_of_running_round() == phase) return;
    if (!turn() && !scheduler.run_next()) break;
  }
  BOOST_FAIL("the round never reaches the phase " << phase);
}

TaskRow ServiceSetup::task() {
  return read([](LedgerReader& rows) { return rows.recent_tasks(1); }).value().at(0);
}

std::vector<RoundRow> ServiceSetup::rounds() {
  auto rows = read([](LedgerReader& reader) { return reader.recent_rounds(1000); }).value();
  std::ranges::reverse(rows);
  return rows;
}

std::vector<ModelRow> ServiceSetup::models_made() {
  return read([](LedgerReader& rows) { return rows.models(); }).value();
}

std::vector<std::uint64_t> ServiceSetup::customers(const std::vector<std::size_t>& of) const {
  std::vector<std::uint64_t> counts(kItems, 0);
  for (const std::size_t shop : of) {
    for (const auto& basket : baskets[shop]) {
      for (const models::ItemIndex item : basket) ++counts[item];
    }
  }
  return counts;
}

std::vector<std::uint64_t> ServiceSetup::released_customers() {
  const auto made = models_made();
  BOOST_REQUIRE(!made.empty());
  const auto plan = models::TaskPlan::parse(made.back().plan).value();
  const Bytes checkpoint = blobs->load(made.back().checkpoint, protocol::kBlobBytesMax).value();
  const auto released = models::release(plan, checkpoint).value();
  return std::get<models::PopularityModel>(released).customers;
}

std::vector<std::size_t> ServiceSetup::everybody() const {
  std::vector<std::size_t> all(shops.size());
  for (std::size_t i = 0; i < all.size(); ++i) all[i] = i;
  return all;
}

}  // namespace guildsum::coordinator::testing
