#include "coordinator/evaluation_settings.hpp"

#include <algorithm>
#include <charconv>

#include "models/errors.hpp"

namespace guildsum::coordinator {
namespace {

using models::EvaluationCandidate;
using models::ModelsErrc;
using models::TaskKind;

constexpr std::array<std::string_view, 5> kKeys{"versions", "ridge", "blend", "bands", "shops_min"};

Error bad(std::string why) { return {ModelsErrc::bad_plan, std::move(why)}; }

/// "300,500,700"; nothing where the setting is not there.
template <class Number>
Result<std::vector<Number>> numbers(const TaskSettings& settings, std::string_view key) {
  std::vector<Number> out;
  const auto found = settings.find(key);
  if (found == settings.end()) return out;
  const char* at = found->second.data();
  const char* const end = at + found->second.size();
  while (true) {
    Number value{};
    const auto [next, failure] = std::from_chars(at, end, value);
    if (failure != std::errc{} || (next != end && *next != ',')) {
      return bad(std::string{key} + " = \"" + found->second + "\" is no list of numbers");
    }
    out.push_back(value);
    if (next == end) return out;
    at = next + 1;
  }
}

bool is_of(const ModelRow& row, TaskKind kind) { return row.kind == models::to_string(kind); }

models::ReleasedVersion released(const ModelRow& row) {
  models::ReleasedVersion version;
  version.version = row.version.value();
  std::ranges::copy(row.checkpoint.view(), version.root.begin());
  return version;
}

std::string label(const ModelRow& row) {
  return "version " + std::to_string(row.version.value()) + " (" + row.kind + ")";
}

/// The rows of these versions, or why one of them cannot be measured.
Result<std::vector<ModelRow>> choose(std::span<const ModelRow> models,
                                     const std::vector<std::uint64_t>& versions) {
  const auto all = measurable(models);
  if (versions.empty()) return all;
  std::vector<ModelRow> chosen;
  for (const std::uint64_t version : versions) {
    const auto is_it = [version](const ModelRow& row) { return row.version.value() == version; };
    const auto found = std::ranges::find_if(all, is_it);
    if (found != all.end()) {
      chosen.push_back(*found);
      continue;
    }
    const auto known = std::ranges::find_if(models, is_it);
    if (known == models.end()) return bad("there is no version " + std::to_string(version));
    if (!models::is_recommender(known->kind)) {
      return bad(label(*known) + " recommends nothing that an evaluation measures");
    }
    const auto newer = std::ranges::find(all, known->kind, &ModelRow::kind);
    if (newer == all.end()) return bad(label(*known) + " is about earlier shared items");
    return bad(label(*known) +
               " cannot be measured any more: shops keep the newest of each kind, " +
               "which is version " + std::to_string(newer->version.value()));
  }
  return chosen;
}

Result<> add_blends(const std::vector<ModelRow>& chosen, const std::vector<double>& weights,
                    models::EvaluationPlan& plan) {
  if (weights.empty()) return {};
  const auto of = [&](TaskKind kind) {
    return std::ranges::find_if(chosen, [kind](const ModelRow& row) { return is_of(row, kind); });
  };
  const auto ease = of(TaskKind::ease);
  const auto ials = of(TaskKind::ials);
  if (ease == chosen.end() || ials == chosen.end()) {
    return bad("blend: is of an EASE and an iALS version, and both must be measured");
  }
  for (const double weight : weights) {
    plan.candidates.push_back({released(*ease), 0, released(*ials), weight});
  }
  return {};
}

Result<> check_keys(const TaskSettings& settings) {
  for (const auto& [key, value] : settings) {
    if (std::ranges::find(kKeys, key) != kKeys.end()) continue;
    return bad("unknown setting \"" + key +
               "\"; there are: versions, ridge, blend, bands, shops_min");
  }
  return {};
}

}  // namespace

std::vector<ModelRow> measurable(std::span<const ModelRow> models) {
  std::vector<ModelRow> newest;
  for (const ModelRow& row : models) {
    if (is_of(row, TaskKind::vocabulary)) newest.clear();
    if (!models::is_recommender(row.kind)) continue;
    std::erase_if(newest, [&](const ModelRow& older) { return older.kind == row.kind; });
    newest.push_back(row);
  }
  return newest;
}

Result<models::TaskPlan> make_evaluation_plan(std::span<const ModelRow> models, std::uint32_t items,
                                              std::uint32_t customers_max, std::uint32_t shops_min,
                                              const TaskSettings& settings) {
  GS_CHECK(check_keys(settings));
  models::TaskPlan plan;
  plan.kind = TaskKind::evaluation;
  plan.items = items;
  plan.customers_max = customers_max;
  plan.evaluation.shops_min = shops_min;
  GS_TRY(const auto versions, numbers<std::uint64_t>(settings, "versions"));
  GS_TRY(const auto ridges, numbers<double>(settings, "ridge"));
  GS_TRY(const auto weights, numbers<double>(settings, "blend"));
  GS_TRY(const auto least, numbers<std::uint32_t>(settings, "shops_min"));
  if (!least.empty()) plan.evaluation.shops_min = least.front();
  if (settings.contains("bands")) {
    GS_TRY(plan.evaluation.band_ends, numbers<std::uint32_t>(settings, "bands"));
  }
  GS_TRY(const auto chosen, choose(models, versions));
  if (chosen.empty()) return bad("no version is there to be measured: train a model first");
  bool has_ease = false;
  for (const ModelRow& row : chosen) {
    plan.evaluation.candidates.push_back({released(row), 0, {}, 0});
    if (!is_of(row, TaskKind::ease)) continue;
    has_ease = true;
    for (const double ridge : ridges) {
      plan.evaluation.candidates.push_back({released(row), ridge, {}, 0});
    }
    if (ridges.empty()) continue;
    GS_TRY(const auto trained, models::TaskPlan::parse(row.plan));
    GS_CHECK(plan.evaluation.check_own_ridge(row.version.value(), trained.ease.ridge_shared));
  }
  if (!ridges.empty() && !has_ease) return bad("ridge: no EASE version is measured");
  GS_CHECK(add_blends(chosen, weights, plan.evaluation));
  GS_CHECK(plan.validate());
  return plan;
}

}  // namespace guildsum::coordinator
