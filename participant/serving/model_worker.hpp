#pragma once

#include <condition_variable>
#include <functional>
#include <map>
#include <mutex>
#include <string>
#include <thread>

#include "base/log.hpp"
#include "participant/serving/model_shelf.hpp"

namespace guildsum::participant {

/// Turns released models into recommenders and scores them on the shop's own hold-out, in a thread
/// of its own so that rounds go on meanwhile. Of several versions of one kind only the newest is
/// built.
class ModelWorker {
 public:
  /// References must outlive the worker.
  ModelWorker(ModelShelf& shelf, ModelStore& store, PurchaseStore& purchases,
              const ServingConfig& config, Log& log)
      : shelf_{shelf}, store_{store}, purchases_{purchases}, config_{config}, log_{log} {}
  ~ModelWorker() { stop(); }
  ModelWorker(const ModelWorker&) = delete;
  ModelWorker& operator=(const ModelWorker&) = delete;

  /// Starts with the models that the store has, and the baselines.
  void start();
  /// The purchases are others: everything that was made from them is made again.
  void refresh();
  /// A new version was kept.
  void enqueue(const ModelRecord& record);
  void stop();
  /// Whether something is still to be built or scored.
  [[nodiscard]] bool busy() const;
  /// Waits until nothing is left to do, at most `at_most`; whether that is so.
  bool wait_until_idle(std::chrono::milliseconds at_most) const;

 private:
  void take_all();
  void run();
  void work_on(const ModelRecord& record);
  void serve_next(const ModelRecord& record);
  /// Popularity and the shop alone, where the stored figures are of other purchases.
  void score_baselines();
  [[nodiscard]] Result<> score(const std::string& role, const ServedModel& model,
                               const ShopData& data);
  [[nodiscard]] Result<> score_alone(const ShopData& data);
  void put_quality(const EvaluationRecord& record);
  void apply_guard();
  [[nodiscard]] Result<> keep_customer_factors(const ModelRecord& record, const ShopData& data);
  [[nodiscard]] bool is_scored(const std::string& role, const std::string& kind,
                               protocol::ModelVersion version, const ShopData& data);

  ModelShelf& shelf_;
  ModelStore& store_;
  PurchaseStore& purchases_;
  const ServingConfig& config_;
  Log& log_;
  mutable std::mutex mutex_;
  mutable std::condition_variable changed_;
  std::map<std::string, ModelRecord> pending_;
  bool baselines_ = false;
  bool working_ = false;
  bool stopping_ = false;
  std::optional<ServedModel> own_;              ///< Built to be scored, for the guard to keep.
  std::optional<crypto::Digest> own_kept_for_;  ///< The purchases of the own model on the shelf.
  std::thread thread_;
};

}  // namespace guildsum::participant
