#include "participant/serving/model_worker.hpp"

#include <malloc.h>

#include <utility>

#include "models/ials.hpp"
#include "models/metrics.hpp"
#include "models/popularity.hpp"
#include "participant/serving/next_model.hpp"
#include "participant/serving/own_model.hpp"

namespace guildsum::participant {
namespace {

constexpr std::string_view kPopularity = "popularity";
constexpr std::string_view kAlone = kOwnModel;  // as a role
constexpr std::string_view kEase = "ease";
constexpr std::string_view kTransitions = "transitions";
constexpr std::string_view kFederated = "federated";

}  // namespace

/// Every kept model is to be built, and the baselines to be scored.
void ModelWorker::take_all() {
  const auto models = store_.models();
  const std::lock_guard lock{mutex_};
  baselines_ = true;
  if (!models) return;
  // A version that was enqueued meanwhile is the newer one.
  for (const ModelRecord& record : *models) pending_.try_emplace(record.kind, record);
}

void ModelWorker::start() {
  take_all();
  thread_ = std::thread{[this] { run(); }};
}

void ModelWorker::refresh() {
  take_all();
  changed_.notify_all();
}

void ModelWorker::enqueue(const ModelRecord& record) {
  {
    const std::lock_guard lock{mutex_};
    pending_.insert_or_assign(record.kind, record);
  }
  changed_.notify_all();
}

void ModelWorker::stop() {
  {
    const std::lock_guard lock{mutex_};
    stopping_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

bool ModelWorker::busy() const {
  const std::lock_guard lock{mutex_};
  return working_ || baselines_ || !pending_.empty();
}

bool ModelWorker::wait_until_idle(std::chrono::milliseconds at_most) const {
  std::unique_lock lock{mutex_};
  return changed_.wait_for(
      lock, at_most, [&] { return stopping_ || !(working_ || baselines_ || !pending_.empty()); });
}

void ModelWorker::run() {
  std::unique_lock lock{mutex_};
  while (true) {
    changed_.wait(lock, [&] { return stopping_ || baselines_ || !pending_.empty(); });
    if (stopping_) return;
    working_ = true;
    if (!pending_.empty()) {
      // Models first: customers wait for them, figures can come later.
      const ModelRecord record = pending_.extract(pending_.begin()).mapped();
      lock.unlock();
      work_on(record);
    } else {
      baselines_ = false;
      lock.unlock();
      score_baselines();
    }
    apply_guard();
    malloc_trim(0);
    lock.lock();
    working_ = false;
    changed_.notify_all();
  }
}

/// Not scored: the hold-out has no order.
void ModelWorker::serve_next(const ModelRecord& record) {
  auto model = build_next_model(record, store_, *shelf_.data());
  if (!model) {
    log_.error("model.not_usable",
               {{"kind", record.kind}, {"version", record.version}, {"reason", model.error()}});
    return;
  }
  shelf_.put_next(*std::move(model));
  log_.info("model.serving", {{"kind", record.kind}, {"version", record.version}});
}

void ModelWorker::work_on(const ModelRecord& record) {
  if (record.kind == kTransitions) return serve_next(record);
  if (!models::is_recommender(record.kind)) return;  // Rows or figures.
  const auto data = shelf_.data();
  auto model = build_model(record, store_, *data, config_, shelf_.vocabulary());
  if (!model) {
    log_.error("model.not_usable",
               {{"kind", record.kind}, {"version", record.version}, {"reason", model.error()}});
    return;
  }
  shelf_.put(*model);
  log_.info("model.serving", {{"kind", record.kind}, {"version", record.version}});
  auto scored = score(std::string{kFederated}, *model, *data);
  if (scored && record.kind == kPopularity) scored = score(std::string{kPopularity}, *model, *data);
  if (scored) scored = keep_customer_factors(record, *data);
  if (!scored) log_.error("model.not_scored", {{"kind", record.kind}, {"reason", scored.error()}});
}

bool ModelWorker::is_scored(const std::string& role, const std::string& kind,
                            protocol::ModelVersion version, const ShopData& data) {
  const auto known = store_.evaluations();
  if (!known) return false;
  for (const EvaluationRecord& record : *known) {
    if (record.role != role || record.kind != kind || record.version != version) continue;
    if (record.data != data.digest) continue;
    put_quality(record);
    return true;
  }
  return false;
}

/// What `chosen` and the guard compare.
void ModelWorker::put_quality(const EvaluationRecord& record) {
  if (record.role == kFederated) shelf_.put_quality(record.kind, record.quality.ndcg_at_20);
  if (record.role == kAlone) shelf_.put_quality(record.role, record.quality.ndcg_at_20);
}

Result<> ModelWorker::score(const std::string& role, const ServedModel& model,
                            const ShopData& data) {
  if (data.held_out.pairs() == 0) return {};
  // What is popular is one baseline, whoever counted: the federation's replaces the shop's own.
  const std::string kind = role == kPopularity ? std::string{kPopularity} : model.kind;
  if (is_scored(role, kind, model.version, data)) return {};
  const auto meter = models::evaluate(*model.recommender, data.bought, data.held_out,
                                      models::EvaluationProtocol::discover);
  EvaluationRecord record{role, kind, model.version, meter.quality(), data.digest};
  GS_CHECK(store_.keep_evaluation(record));
  put_quality(record);
  log_.info("model.scored", {{"role", role},
                             {"kind", model.kind},
                             {"version", model.version},
                             {"users", record.quality.customers},
                             {"ndcg_at_20", record.quality.ndcg_at_20}});
  return {};
}

void ModelWorker::score_baselines() {
  const auto data = shelf_.data();
  if (data->held_out.pairs() == 0) return;
  auto scored = score_alone(*data);
  const auto popular = shelf_.popular();
  if (scored && popular) scored = score(std::string{kPopularity}, *popular, *data);
  if (!scored) log_.error("model.not_scored", {{"kind", "baselines"}, {"reason", scored.error()}});
}

Result<> ModelWorker::score_alone(const ShopData& data) {
  if (is_scored(std::string{kAlone}, std::string{kEase}, {}, data)) return {};
  GS_TRY(own_, build_own_model(data, config_, shelf_.vocabulary()));
  ServedModel scored = *own_;
  scored.kind = kEase;  // Evaluations say which model it is; the role says that it is the own one.
  return score(std::string{kAlone}, scored, data);
}

/// Serves the shop's own model where it is the better one, and no longer where it is not.
void ModelWorker::apply_guard() {
  const auto built = std::exchange(own_, {});
  if (!keeps_own(shelf_, config_)) {
    if (own_kept_for_) log_.info("model.own_dropped", {{"reason", "a shared model is better"}});
    own_kept_for_.reset();
    return shelf_.remove(kOwnModel);
  }
  const auto data = shelf_.data();
  if (own_kept_for_ == data->digest) return;
  auto own = built ? Result<ServedModel>{*built}
                   : build_own_model(*data, config_, shelf_.vocabulary());
  if (!own) {
    log_.error("model.not_usable", {{"kind", kOwnModel}, {"version", 0}, {"reason", own.error()}});
    return;
  }
  shelf_.put(*std::move(own));
  own_kept_for_ = data->digest;
  log_.info("model.own_kept", {{"ndcg_at_20", shelf_.quality(std::string{kOwnModel}).value_or(0)},
                               {"best_shared", shelf_.best_shared_quality().value_or(0)}});
}

/// The customers' own vectors for these item factors; they never leave the store.
Result<> ModelWorker::keep_customer_factors(const ModelRecord& record, const ShopData& data) {
  if (record.kind != "ials") return {};
  GS_TRY(const auto plan, models::TaskPlan::parse(record.plan));
  GS_TRY(const Bytes checkpoint, store_.checkpoint(record.root));
  GS_TRY(const auto released, models::release(plan, checkpoint));
  const auto& model = std::get<models::FactorModel>(released);
  GS_TRY(const auto factors,
         models::solve_customers(model.plan, model.item_factors, data.in_common()));
  return purchases_.keep_factors(data.customer_ids, record.version.value(), factors);
}

}  // namespace guildsum::participant
