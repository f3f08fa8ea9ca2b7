#pragma once

#include "base/memory_log.hpp"
#include "coordinator/step_plan.hpp"
#include "coordinator/task_settings.hpp"
#include "models/contribute.hpp"
#include "models/transitions.hpp"
#include "participant/training/training_job.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/digests.hpp"
#include "protocol/packed_sum.hpp"
#include "tests/unit/participant/remote_setup.hpp"
#include "tests/unit/participant/store_setup.hpp"

namespace guildsum::participant::testing {

/// A small training task as the coordinator leads it, beside one shop's store.
struct TrainingSetup : StoreSetup {
  explicit TrainingSetup(std::string_view kind = "ials") {
    coordinator::TaskSettings settings;
    if (kind == "ials") settings = {{"factors", "2"}, {"epochs", "2"}};
    if (kind == "popularity") settings = {{"customers_min", "1"}};
    plan = coordinator::make_task_plan(kind, 3, 100, settings).value();
    task = models::make_task(plan).value();
    first_root = root();
    remote.blobs[first_root] = task->checkpoint();
  }
  [[nodiscard]] protocol::BlobId root() const { return protocol::blob_id(task->checkpoint()); }
  [[nodiscard]] protocol::Digest lineage() const {
    return protocol::lineage_of(protocol::Epoch{1}, first_root);
  }

  /// The description of the round that the task wants now.
  [[nodiscard]] protocol::RoundDescription description() {
    const auto request = task->next_request().value();
    coordinator::FederationTerms terms;
    terms.purpose = "purpose";
    terms.vocabulary = protocol::content_digest(catalogue);
    terms.rounds.cohort_min = 3;
    terms.rounds.allow_tiny_cohorts = true;
    coordinator::StepState state;
    state.key = {protocol::RoundId{request.step_number}, protocol::Attempt{0}};
    state.epoch = protocol::Epoch{1};
    state.lineage = lineage();
    state.model_root = root();
    if (!request.public_inputs.empty()) {
      state.public_inputs = protocol::blob_id(request.public_inputs);
    }
    state.eligible = 3;
    const auto planned = coordinator::plan_round(terms, state, plan, request).value();
    protocol::RoundDescription out;
    out.descriptor = planned.descriptor;
    out.layout = planned.layout;
    out.training_plan = planned.training_plan;
    out.purpose = planned.purpose;
    return out;
  }
  /// The sum of three shops like this one.
  [[nodiscard]] std::vector<std::int64_t> sum() {
    const auto request = task->next_request().value();
    std::vector<std::int64_t> total(request.layout.total_length(), 0);
    for (int shop = 0; shop < 3; ++shop) {
      const auto part = plan.kind == models::TaskKind::transitions
                            ? models::contribute_transitions(plan, request, histories()).value()
                            : models::contribute(plan, request, data, random).value();
      for (std::size_t i = 0; i < total.size(); ++i) total[i] += part.values[i];
    }
    return total;
  }
  /// The same purchases, one after the other.
  [[nodiscard]] models::Histories histories() const {
    std::vector<std::vector<models::PastPurchase>> rows(data.customers());
    for (std::size_t u = 0; u < rows.size(); ++u) {
      for (const auto item : data.row(u)) rows[u].push_back({item, item, 1});
    }
    return models::Histories::build(data.items(), rows).value();
  }
  /// The coordinator takes the sum and steps on; what it announces.
  protocol::RoundResult step(const std::vector<std::int64_t>& values) {
    const auto codec = description().descriptor.codec;
    protocol::RoundResult result;
    const Bytes packed = protocol::pack_sum(codec, values);
    result.sum = protocol::blob_id(packed);
    remote.blobs[result.sum] = packed;
    models::SumContext context;
    context.survivors = 3;
    GS_REQUIRE_DONE(task->apply(values, context));
    result.model_root = root();
    remote.blobs[result.model_root] = task->checkpoint();
    if (task->finished()) result.model_version = protocol::ModelVersion{1};
    return result;
  }
  [[nodiscard]] protocol::Survivors survivors() const {
    protocol::Survivors out;
    for (std::uint64_t i = 1; i <= 3; ++i) {
      out.members.push_back({sample<protocol::ParticipantId>(i), sample<protocol::Digest>(i)});
    }
    std::ranges::sort(out.members, {}, &protocol::MemberDigest::member);
    return out;
  }

  models::TaskPlan plan;
  std::unique_ptr<models::SumTask> task;
  protocol::BlobId first_root;
  Bytes catalogue = to_bytes("item_id,title\n");
  models::Interactions data =
      models::Interactions::build(
          3, std::vector<std::vector<models::ItemIndex>>{{0, 1}, {1, 2}, {0, 1, 2}, {0}})
          .value();
  SeededRandom random{5};
  MemoryLog log;
  BlobRemote remote;
  std::unique_ptr<ModelStore> models_kept = ModelStore::open(*store, dir / "models").value();
};

}  // namespace guildsum::participant::testing
