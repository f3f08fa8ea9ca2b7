#include "participant/agent.hpp"

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"
#include "participant/approvals.hpp"
#include "participant/errors.hpp"
#include "participant/settlement.hpp"
#include "participant/training/candidates.hpp"
#include "participant/training/first_sum.hpp"
#include "participant/training/shop_histories.hpp"
#include "participant/vocabulary/row_map.hpp"
#include "protocol/digests.hpp"
#include "protocol/errors.hpp"
#include "protocol/signing.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

using std::chrono::milliseconds;

constexpr milliseconds kInvitationWait{25'000};
constexpr int kUnsettledTriesMax = 5;
constexpr std::string_view kVocabulary = "vocabulary";

ParticipantPolicy policy_for(const Config& config, const Membership& membership) {
  ParticipantPolicy policy = config.policy;
  policy.purpose = protocol::content_digest(as_bytes(membership.purpose));
  return policy;
}

}  // namespace

Agent::Agent(const Config& config, AgentFiles& files, const Clock& clock, Random& random, Log& log)
    : config_{config},
      files_{files},
      clock_{clock},
      random_{random},
      log_{log},
      policy_{policy_for(config, files.membership)},
      shelf_{files.vocabulary, config.serving.model},
      worker_{shelf_, *files.models, *files.purchases, config.serving, log},
      backoff_{random} {}

Agent::~Agent() { stop(); }

Result<> Agent::start() {
  // Promises of the past first: with a damaged journal nothing else may happen.
  GS_TRY(journal_, Journal::open(files_.paths.journal(), log_));
  GS_CHECK(journal_->compact());
  GS_TRY(spool_, Spool::open(files_.paths.spool()));
  GS_TRY(kept_,
         KeptInputs::open(files_.paths.kept_inputs(), files_.paths.kept_inputs_key(), random_));
  GS_TRY(states_, CountedStates::open(files_.paths.counted_states(),
                                      files_.paths.counted_states_key(), random_));
  GS_TRY(evidence_, EvidenceStore::open(files_.paths.evidence()));
  GS_TRY(seen_, SeenRounds::open(files_.paths.seen()));
  GS_CHECK(files_.membership.check_registrar(config_.registrar));
  GS_TRY(roster_, load_roster(files_.paths, files_.membership));
  GS_TRY(roster_expires_ms_, roster_expiry(files_.paths, files_.membership, *roster_));
  GS_TRY(auto client, files_.membership.client_config(files_.keys));
  client_.emplace(std::move(client), [this](const OutboundMessage& sent) {
    if (const auto kept = OutboxStore{*files_.store}.record(sent); !kept) fail(kept.error());
  });
  remote_.emplace(*client_, clock_);
  if (config_.keep_plain) {
    GS_CHECK(make_private_directory(files_.paths.outbox()));
    log_.warn("outbox.keep_plain",
              {{"warning", "unmasked contributions are kept on disk; for demonstrations only"},
               {"folder", files_.paths.outbox().string()}});
  }
  log_registrar();
  GS_CHECK(read_sources());
  GS_CHECK(open_api());
  worker_.start();
  rounds_ = std::thread{[this] { run_rounds(); }};
  return {};
}

Result<> Agent::open_api() {
  api_.emplace(LocalApi{shelf_, *files_.purchases, *files_.consents, clock_, random_, [this] {
                          return status_json(files_, config_, *shelf_.data(), live_state());
                        }});
  net::ServerConfig server;
  server.address = config_.serving.address;
  server.port = config_.serving.port;
  server.connections_max = 64;
  server.threads = 1;
  server.name = "local-api";
  net::Url url;
  url.tls = false;
  url.host = server.address;
  server_ = std::make_unique<net::Server>(std::move(server), make_local_router(*api_), log_);
  GS_TRY(url.port, server_->start());
  log_.info("api.listening", {{"url", url.text()}});
  const boost::json::object endpoints{{"api", url.text()}};
  return write_file_atomically(files_.paths.endpoints(), as_bytes(json::pretty(endpoints)));
}

LiveState Agent::live_state() const {
  LiveState state;
  remote_->describe(state);
  state.evaluating = worker_.busy();
  if (const auto model = shelf_.chosen()) {
    state.serving_model = model->kind;
    state.serving_version = model->version.value();
  }
  const std::lock_guard lock{mutex_};
  if (in_round_) {
    if (const auto rounds = files_.activity->rounds(1); rounds && !rounds->empty()) {
      state.phase = rounds->front().phase;
    }
  }
  return state;
}

void Agent::stop() {
  stop_.stop();
  if (client_) client_->cancel();
  if (rounds_.joinable()) rounds_.join();
  if (server_) {
    server_->stop();
    server_.reset();
    std::error_code ignored;
    std::filesystem::remove(files_.paths.endpoints(), ignored);
  }
  worker_.stop();
}

std::optional<Error> Agent::failure() const {
  const std::lock_guard lock{mutex_};
  return failure_;
}

void Agent::fail(const Error& error) {
  log_.error("agent.failed", {{"reason", error}});
  {
    const std::lock_guard lock{mutex_};
    if (!failure_) failure_ = error;
  }
  stop_.stop();
  if (on_failure) on_failure();
}

RoundContext Agent::context() {
  if (files_.keeper) vocabulary_ = files_.keeper->view();
  return RoundContext{files_.membership.federation,
                      files_.keys.id(),
                      files_.keys.identity,
                      files_.membership.coordinator,
                      *roster_,
                      policy_,
                      journal_->state().history,
                      files_.keeper ? &vocabulary_ : nullptr,
                      std::nullopt,
                      clock_.wall_now().time_since_epoch().count(),
                      [this](const protocol::RoundDigest& rd) { return states_->holds(rd); },
                      [this](const protocol::RoundDescription& round) {
                        return first_sum_of(round, *files_.models);
                      }};
}

void Agent::run_rounds() {
  TrainingJob work{
      {.models = *files_.models,
       .remote = *remote_,
       .spool = *spool_,
       .kept = *kept_,
       .states = *states_,
       .log = log_,
       .random = random_,
       .pool = pool_,
       .catalogue = protocol::content_digest(files_.membership.catalogue),
       .data = [this] { return permitted_data(); },
       .on_model =
           [this](const ModelRecord& record) {
             if (record.kind == kVocabulary) share_rows();
             worker_.enqueue(record);
           },
       .vocabulary = files_.keeper.get(),
       .held_ids = [this] { return bought_ids(shelf_.vocabulary(), permitted_data()->bought); },
       .histories =
           [this] {
             return shop_histories(*files_.purchases, shelf_.vocabulary(), *permitted_data());
           },
       .evaluate =
           [this](const models::TaskPlan& plan, const models::SumRequest& request) {
             const auto data = permitted_data();
             return contribute_evaluation(plan, request,
                                          {*files_.models, *data, config_.serving,
                                           shelf_.vocabulary(), policy_.survivors_min});
           },
       .plain_outbox = config_.keep_plain ? std::optional{files_.paths.outbox()} : std::nullopt}};
  RoundDriver driver{{.remote = *remote_,
                      .work = work,
                      .journal = *journal_,
                      .spool = *spool_,
                      .kept = *kept_,
                      .states = *states_,
                      .activity = *files_.activity,
                      .evidence = *evidence_,
                      .seen = *seen_,
                      .retry = {stop_, random_, clock_, log_},
                      .hold_after_share = config_.hold_after_share,
                      .report = [this](const AttemptId& attempt, const Error& reason) {
                        report_refusal(attempt, reason);
                      }}};
  if (const auto resumed = driver.resume(context()); !resumed) return fail(resumed.error());
  std::optional<KeyDriver> keys;
  if (files_.keeper) {
    keys.emplace(
        KeyDriverParts{*client_, *files_.keeper, *files_.activity, *evidence_, random_, log_});
  }
  while (!stop_.stopped()) {
    (void)permitted_data();  // A decision holds for what is served, also when no round comes.
    if (keys) {
      const auto agreed = agree_on_keys(*keys);
      if (!agreed) return fail(agreed.error());
      if (!*agreed) stop_.wait_for(backoff_.next());
    }
    if (const auto turn = one_turn(driver); !turn) return fail(turn.error());
  }
}

Result<bool> Agent::agree_on_keys(KeyDriver& keys) {
  const auto context = [this] {
    return AgreementContext{
        files_.membership.federation, files_.keys.id(), files_.keys.identity, *roster_, policy_,
        files_.keeper->newest()};
  };
  return keys.turn(context, [this](const protocol::VocabularyInvitation& invitation) -> Result<> {
    if (!needs_roster(invitation.roster_head)) return {};
    return sync_roster({});
  });
}

/// Waits for one invitation and lives its round. Whatever the coordinator does wrong is logged and
/// tried again; an error here is the agent's own.
Result<> Agent::one_turn(RoundDriver& driver) {
  if (journal_->state().counter > 0) {
    // Whatever became of it: the secrets of a check-in are used once.
    const AttemptId spent{journal_->state().last_round, journal_->state().last_attempt};
    if (!passed_ || *passed_ < spent) passed_ = spent;
  }
  // The first call does not wait, so that it shows at once whether the coordinator answers.
  const auto invitation =
      remote_->invitation(passed_, reached_ ? kInvitationWait : milliseconds{0});
  if (stop_.stopped()) return {};
  reached_ = invitation.has_value();
  if (!invitation) {
    const auto wait = backoff_.next();
    log_.warn("coordinator.unavailable", {{"reason", invitation.error()}, {"wait_ms", wait}});
    stop_.wait_for(wait);
    return {};
  }
  if (!invitation->has_value()) {
    backoff_.reset();
    return {};
  }
  if (is_spent(**invitation)) return refuse_spent(**invitation);
  return answer(driver, **invitation);
}

/// The invitation comes again.
Result<> Agent::wait_and_ask_again() {
  stop_.wait_for(backoff_.next());
  return {};
}

Result<> Agent::answer(RoundDriver& driver, const protocol::RoundInvitation& open) {
  if (open.federation != files_.membership.federation) {
    log_.error("round.foreign_federation", {{"federation", open.federation}});
    stop_.wait_for(backoff_.next());
    return {};
  }
  if (!policy_.task_kinds.contains(open.task_kind)) {
    return pass(open, Error{protocol::ProtocolErrc::policy_refused,
                            "policy.task_kinds does not allow " + open.task_kind});
  }
  if (permitted_data()->bought.customers() == 0) {
    // Its zeros would hide nobody, and make a cohort look larger than it is.
    return pass(open, Error{protocol::ProtocolErrc::policy_refused,
                            "this shop has no customer who said yes to training: see `check-data` "
                            "and `consent counts`"});
  }
  if (needs_roster(open.roster_head)) {
    const auto synced = sync_roster({open.round, open.attempt});
    if (!synced && is_retryable(synced.error())) return wait_and_ask_again();
    if (!synced) return pass(open, synced.error());
  }
  const auto checked = check_journal({open.round, open.attempt});
  if (!checked && is_retryable(checked.error())) return wait_and_ask_again();
  if (!checked) return pass(open, checked.error());
  GS_CHECK(take_approvals(files_.paths, *journal_, log_));
  GS_TRY(bool answered, settle_contributions(*journal_, files_.keys.id(), *spool_, *remote_, log_));
  auto past = past_of({open.round, open.attempt});
  if (stop_.stopped()) return {};
  answered = answered && !(past && past->has_error() && is_retryable(past->error()));
  // A coordinator that never answers must not keep the shop out of every task in silence: after
  // some tries the round is looked at, and refused by name where the contribution matters.
  if (!answered && ++unsettled_tries_ < kUnsettledTriesMax) return wait_and_ask_again();
  unsettled_tries_ = 0;
  backoff_.reset();
  {
    const std::lock_guard lock{mutex_};
    in_round_ = true;
  }
  RoundContext round = context();
  round.past = std::move(past);
  const auto lived = driver.take_part(open, round);
  const std::lock_guard lock{mutex_};
  in_round_ = false;
  return lived;
}

void Agent::report_refusal(const AttemptId& attempt, const Error& reason) {
  if (!config_.report_refusals || (reported_ && attempt <= *reported_)) return;
  reported_ = attempt;
  protocol::Refusal message;
  message.sender = files_.keys.id();
  message.round = attempt.round;
  message.attempt = attempt.attempt;
  message.code = refusal_code(reason);
  protocol::sign(message, files_.membership.federation, files_.keys.identity);
  const Bytes frame = protocol::encode(message);
  const auto sent = remote_->send(attempt, protocol::MessageType::refusal, frame);
  if (!sent) log_.debug("refusal.not_reported", {{"reason", sent.error()}});
}

/// Takes no part in this attempt, and says why.
Result<> Agent::pass(const protocol::RoundInvitation& invitation, const Error& reason) {
  passed_ = AttemptId{invitation.round, invitation.attempt};
  log_.warn("round.refused",
            {{"round", invitation.round}, {"code", refusal_code(reason)}, {"reason", reason}});
  GS_CHECK(files_.activity->record_refusal(invitation.round, reason));
  report_refusal({invitation.round, invitation.attempt}, reason);
  return {};
}

}  // namespace guildsum::participant
