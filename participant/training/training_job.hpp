#pragma once

#include <functional>
#include <memory>
#include <optional>

#include "base/thread_pool.hpp"
#include "models/contribute.hpp"
#include "participant/kept_inputs.hpp"
#include "participant/spool.hpp"
#include "participant/store/purchase_store.hpp"
#include "participant/training/counted_states.hpp"
#include "participant/training/task_cursor.hpp"
#include "participant/vocabulary/vocabulary_keeper.hpp"

namespace guildsum::participant {

/// The heavy part of a round, behind the machine's effects: from the shop's purchases to the
/// spooled masked input, and from the opened sum to the next model.
class RoundWork {
 public:
  virtual ~RoundWork() = default;
  /// Trains, encodes, masks, packs and spools; durable when it returns, and so is the encoded
  /// vector for a repair. With `job.repairs` that one's vector is taken instead of training, with
  /// `job.base` the difference to that state is sent.
  [[nodiscard]] virtual Result<MaskedChunks> mask(const protocol::RoundDescription& round,
                                                  const MaskInput& job) = 0;
  /// Recomputes the step from the opened sum. `none` means: this shop reaches the same model.
  /// An error when the sum could not be fetched at all.
  [[nodiscard]] virtual Result<protocol::VoteReason> check(const protocol::RoundDescription& round,
                                                           const protocol::Survivors& survivors,
                                                           const protocol::RoundResult& result) = 0;
};

/// What training needs to know of the agent; references must outlive the job.
struct TrainingParts {
  ModelStore& models;
  Remote& remote;
  Spool& spool;
  KeptInputs& kept;
  CountedStates& states;
  Log& log;
  Random& random;
  ThreadPool& pool;
  protocol::Digest catalogue;  ///< Of the item list agreed to at enrolment.
  std::function<std::shared_ptr<const ShopData>()> data;
  /// A step released a model and it was kept. Called from the round's thread.
  std::function<void(const ModelRecord&)> on_model;
  /// Private vocabulary: its key and rows, and the ids of the items that customers bought.
  VocabularyKeeper* vocabulary = nullptr;
  std::function<std::vector<std::string>()> held_ids = {};
  /// The purchases behind `data()` in order of time (`shop_histories`); without it the shop takes
  /// part in no transitions task.
  std::function<Result<models::Histories>()> histories = {};
  /// The shop's part of a federated evaluation (`contribute_evaluation`); without it the shop takes
  /// part in none.
  std::function<Result<models::Contribution>(const models::TaskPlan&, const models::SumRequest&)>
      evaluate = {};
  /// Demonstration: the unmasked vector is left here, one file per attempt.
  std::optional<std::filesystem::path> plain_outbox;
};

class TrainingJob final : public RoundWork {
 public:
  explicit TrainingJob(TrainingParts parts) : parts_{std::move(parts)} {}
  [[nodiscard]] Result<MaskedChunks> mask(const protocol::RoundDescription& round,
                                          const MaskInput& job) override;
  [[nodiscard]] Result<protocol::VoteReason> check(const protocol::RoundDescription& round,
                                                   const protocol::Survivors& survivors,
                                                   const protocol::RoundResult& result) override;

 private:
  [[nodiscard]] Result<std::vector<std::int64_t>> contribute(
      const protocol::RoundDescription& round);
  [[nodiscard]] Result<std::vector<std::int64_t>> contribute_own_presence(
      const models::TaskPlan& plan, const models::SumRequest& request) const;
  [[nodiscard]] Result<std::vector<std::int64_t>> contribute_own_transitions(
      const models::TaskPlan& plan, const models::SumRequest& request) const;
  [[nodiscard]] Result<> check_items(const protocol::RoundDescriptor& descriptor,
                                     const models::TaskPlan& plan) const;
  /// What goes into the sum: trained now, or as it was kept.
  [[nodiscard]] Result<std::vector<std::int64_t>> values_for(
      const protocol::RoundDescription& round, const MaskInput& job);
  /// Of a cumulative step: keeps what `values` hold now, then makes them a delta where there is a
  /// base.
  [[nodiscard]] Result<> make_delta(const protocol::RoundDescriptor& round,
                                    const std::optional<DeltaBase>& base,
                                    std::span<std::int64_t> values) const;
  [[nodiscard]] Result<> keep_for_repair(const protocol::RoundDescription& round,
                                         std::span<const std::int64_t> values) const;
  [[nodiscard]] Result<> keep_plain(const protocol::RoundDescription& round,
                                    std::span<const std::int64_t> values) const;
  [[nodiscard]] Result<> keep_result(const protocol::RoundDescription& round,
                                     const protocol::Survivors& survivors,
                                     const protocol::RoundResult& result, ByteView checkpoint);
  TrainingParts parts_;
};

}  // namespace guildsum::participant
