#pragma once

#include "base/memory_log.hpp"
#include "coordinator/evaluations.hpp"
#include "coordinator/round/round_plan.hpp"
#include "coordinator/store/directory_blobs.hpp"
#include "ledger_setup.hpp"
#include "models/evaluation_sums.hpp"
#include "models/sum_task.hpp"

namespace guildsum::coordinator::testing {

/// A ledger with popularity as version 1, an iALS model as version 2 and, on demand, evaluations of
/// both.
struct EvaluatedSetup : LedgerSetup {
  static constexpr std::uint32_t kItems = 4;

  EvaluatedSetup() {
    models::TaskPlan plan;
    plan.items = kItems;
    auto counts = models::make_task(plan).value();
    GS_REQUIRE_DONE(counts->apply(std::vector<std::int64_t>{40, 30, 20, 10}, {.survivors = 6}));
    add_model(plan, counts->checkpoint());
    plan.kind = models::TaskKind::ials;
    plan.ials.factors = 2;
    add_model(plan, sample_bytes(3, 100));
  }

  /// Releases `checkpoint` as the next version, made by a task and a round of its own.
  ModelRow add_model(const models::TaskPlan& plan, const Bytes& checkpoint) {
    ++version;
    TaskRow task = sample_task(version);
    task.kind = models::to_string(plan.kind);
    task.sums_done = 2;
    RoundRow round = sample_round(version, 0, version);
    RoundPlan round_plan;
    round_plan.descriptor = protocol::test::RoundSetup{}.view.descriptor;
    round_plan.cohort_min = 5;
    round.plan = encode_plan(round_plan);
    ModelRow model = sample_model(version);
    model.kind = task.kind;
    model.plan = plan.canonical_bytes();
    model.checkpoint = blobs->put(checkpoint).value();
    model.epoch = task.epoch;
    model.round = round.key.round;
    model.survivors = 6;
    GS_REQUIRE_DONE(change([&](LedgerWriter& rows) -> Result<> {
      GS_CHECK(rows.add_task(task));
      GS_CHECK(rows.add_round(round));
      round.status = RoundStatus::completed;
      GS_CHECK(rows.end_round(round));
      return rows.add_model(model);
    }));
    return model;
  }
  [[nodiscard]] std::vector<ModelRow> models() {
    return read([](LedgerReader& rows) { return rows.models(); }).value();
  }
  [[nodiscard]] models::ReleasedVersion version_of(std::uint64_t number) {
    models::ReleasedVersion out;
    out.version = number;
    std::ranges::copy(models().at(number - 1).checkpoint.view(), out.root.begin());
    return out;
  }

  /// An evaluation of `candidates`, whose second sum `shops` of six shops measured, where the c-th
  /// has an NDCG@20 of (c + 1) / 8 for each customer.
  ModelRow evaluate(std::vector<models::EvaluationCandidate> candidates,
                    std::int64_t customers = 200, std::int64_t shops = 6) {
    models::TaskPlan plan;
    plan.kind = models::TaskKind::evaluation;
    plan.items = kItems;
    plan.evaluation.band_ends = {2};
    plan.evaluation.candidates = std::move(candidates);
    const auto task = models::make_task(plan).value();
    GS_REQUIRE_DONE(
        task->apply(std::vector<std::int64_t>{customers / 2, customers / 2, 2 * customers, 6},
                    {.survivors = 6}));
    if (!task->finished())
      GS_REQUIRE_DONE(task->apply(quality(plan, customers, shops), {.survivors = 6}));
    return add_model(plan, task->checkpoint());
  }
  ModelRow evaluate_both() {
    return evaluate({{version_of(1), 0, {}, 0}, {version_of(2), 0, {}, 0}});
  }

  std::unique_ptr<Blobs> blobs = open_directory_blobs(dir / "blobs").value();
  MemoryLog log;
  Evaluations evaluations{*blobs, log};
  std::uint64_t version = 0;

 private:
  static std::vector<std::int64_t> quality(const models::TaskPlan& plan, std::int64_t customers,
                                           std::int64_t shops) {
    using models::Figure;
    using View = models::QualityView<std::int64_t>;
    std::vector<std::int64_t> sum(View::length(plan, 2), 0);
    const View view{plan, 2, sum};
    constexpr std::int64_t kEighth = 1 << 17;
    for (std::size_t g = 0; g < 2; ++g) view.customers()[g] = customers / 2;
    view.measuring() = shops;
    for (std::size_t c = 0; c < plan.evaluation.candidates.size(); ++c) {
      const auto eighths = static_cast<std::int64_t>(c) + 1;
      for (const auto figure : {Figure::ndcg_at_20, Figure::ndcg_at_10, Figure::recall_at_20}) {
        for (std::size_t g = 0; g < 2; ++g) {
          const auto squares = static_cast<Figure>(static_cast<std::uint8_t>(figure) + 1);
          view.figure(c, figure)[g] = customers / 2 * eighths * kEighth;
          view.figure(c, squares)[g] = customers / 2 * eighths * eighths * (kEighth / 8);
        }
      }
      view.shops(c)[0] = shops;
      view.shops(c)[1] = 1;
      std::ranges::fill(view.exposure(c), customers / 2);
    }
    return sum;
  }
};

}  // namespace guildsum::coordinator::testing
