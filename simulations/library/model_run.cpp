#include "simulations/library/model_run.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <memory>
#include <numeric>

#include "base/cli/format.hpp"
#include "base/errors.hpp"
#include "protocol/descriptor.hpp"
#include "simulations/prepare.hpp"

namespace guildsum::simulations {
namespace {

Result<ShopAssignment> shops_of(const ModelScenario& scenario, const RetailSplit& split) {
  if (scenario.partial) return shops_by_skew_partial(split);
  return choose_shops(scenario.shops, split);
}

Result<> expect_customers(const ShopAssignment& shops, const models::Interactions& train) {
  std::vector<std::size_t> customers(shops.names.size(), 0);
  for (std::size_t u = 0; u < train.customers(); ++u) {
    if (!train.row(u).empty()) ++customers[shops.shop_of_user[u]];
  }
  const auto empty = std::ranges::find(customers, std::size_t{0});
  if (empty == customers.end()) return {};
  return Error{BaseErrc::invalid_argument,
               "shop " + shops.names[static_cast<std::size_t>(empty - customers.begin())] +
                   " has no customer with purchases to train on"};
}

class Runner {
 public:
  Runner(const ModelScenario& scenario, const RetailSource& source, ShopAssignment shops,
         const ModelRunOptions& options)
      : scenario_{scenario},
        source_{source},
        shops_{std::move(shops)},
        options_{options},
        random_{scenario.seed} {}

  Result<ModelRun> operator()() {
    const auto started = std::chrono::steady_clock::now();
    run_.users = source_.parts.train.customers();
    run_.items = source_.parts.train.items();
    GS_CHECK(resolve_items());
    GS_CHECK(federated());
    for (const auto& name : scenario_.compare) GS_CHECK(baseline(name));
    if (scenario_.guard) GS_CHECK(guard());
    GS_CHECK(curve());
    for (const auto& attack : attacks_) GS_CHECK(play(attack));
    GS_CHECK(with_noise());
    run_.seconds =
        std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
    return std::move(run_);
  }

 private:
  Result<> step(const std::string& what) {
    if (options_.stop && options_.stop()) return Error{BaseErrc::interrupted, "before " + what};
    if (options_.before_step) options_.before_step(what);
    return {};
  }

  /// Stock codes become items of this data.
  Result<> resolve_items() {
    for (auto attack : scenario_.attacks) {
      const auto table = "attack " + std::string{to_string(attack.poison.kind)};
      if (attack.poison.shop >= shops_.names.size()) {
        return Error{BaseErrc::invalid_argument,
                     table + ": there is no shop " + std::to_string(attack.poison.shop)};
      }
      if (!attack.item.empty()) {
        const auto& items = source_.split.items;
        const auto found = std::ranges::find(items, attack.item, &RetailSplit::Item::stock_code);
        if (found == items.end()) {
          return Error{BaseErrc::invalid_argument,
                       table + ": no item has the stock code " + attack.item};
        }
        attack.poison.item = static_cast<models::ItemIndex>(found - items.begin());
      }
      attacks_.push_back(std::move(attack));
    }
    return {};
  }

  [[nodiscard]] EvaluationSettings settings(TrainingMode mode) const {
    auto settings = scenario_.settings;
    settings.mode = mode;
    settings.title.titles = source_.titles;
    // A shop alone and data in one place take the measured settings of their own.
    if (mode != TrainingMode::federated) settings.gradient.reset();
    return settings;
  }

  Result<CustomerGroups> groups() const {
    if (scenario_.groups == "activity") {
      return groups_by_activity(source_.parts.known_histories());
    }
    return parse_groups(user_lines(source_.split), "users", run_.users);
  }

  [[nodiscard]] std::uint32_t shop_count() const {
    return static_cast<std::uint32_t>(shops_.names.size());
  }

  /// Shops that fall silent once they have shared keys, so that their masks must be recovered: as
  /// many as a round survives at most.
  [[nodiscard]] Dropouts dropouts_of(std::uint64_t sum) const {
    const std::uint32_t n = shop_count();
    const auto spared = protocol::majority_threshold(n, protocol::default_corrupt(n));
    Dropouts dropouts;
    SeededRandom random{scenario_.seed * 1'000'003 + sum};
    for (std::uint32_t shop = 0; shop < n; ++shop) {
      std::array<std::byte, 2> bytes{};
      random.fill(bytes);
      const auto drawn = std::to_integer<unsigned>(bytes[0]) * 256 +
                         std::to_integer<unsigned>(bytes[1]);
      const bool room = dropouts.after_share.size() + spared < n;
      if (room && drawn < scenario_.dropout * 65'536) dropouts.after_share.insert(shop);
    }
    return dropouts;
  }

  /// Real rounds, with the scenario's dropouts.
  [[nodiscard]] std::unique_ptr<MaskedSum> masked_sum() const {
    auto masked = std::make_unique<MaskedSum>(shop_count(), scenario_.seed, options_.pool);
    if (scenario_.dropout > 0) {
      masked->dropouts = [this](std::uint64_t sum) { return dropouts_of(sum); };
    }
    return masked;
  }

  Result<> federated() {
    GS_CHECK(step("federated"));
    const auto masked = masked_sum();
    CheckedSum checked{*masked, options_.stop};
    auto chosen = settings(TrainingMode::federated);
    if (scenario_.groups != "none") {
      GS_TRY(chosen.groups, groups());
    }
    Evaluator evaluator{source_.parts, shops_, {&checked, &random_, {}}, options_.pool};
    GS_TRY(auto report, evaluator.run(chosen));
    if (!attacks_.empty() || scenario_.guard) {
      chosen.groups.reset();
      GS_TRY(honest_, evaluator.measure(chosen));
    }
    run_.models.push_back({"federated", std::move(report)});
    run_.exactness = checked.exactness();
    run_.phases = masked->phases();
    run_.participation = checked.participation();
    return {};
  }

  Result<> baseline(const std::string& name) {
    GS_CHECK(step(name));
    auto chosen = settings(name == "alone" ? TrainingMode::alone : TrainingMode::centralised);
    if (name == "popularity") chosen.model = ModelKind::popularity;
    Evaluator evaluator{source_.parts, shops_, {}, options_.pool};
    GS_TRY(auto report, evaluator.run(chosen));
    if (name == "alone" && scenario_.guard) {
      GS_TRY(alone_, evaluator.measure(chosen));
    }
    run_.models.push_back({name, std::move(report)});
    return {};
  }

  /// As agents do (participant/serving/own_model.hpp): which model a shop serves is decided by its
  /// own hold-out, here the baskets before the last, on which neither model was trained. What is
  /// served is then measured on the last baskets like all others.
  Result<> guard() {
    GS_CHECK(step("guarded"));
    SplitMatrices valid;
    const auto items = run_.items;
    GS_TRY(valid.train, models::Interactions::build(items, source_.split.baskets(Part::train)));
    GS_TRY(valid.test, models::Interactions::build(items, source_.split.baskets(Part::valid)));
    PlainSum plain;  // The masked sum equals it, as `federated` shows.
    SeededRandom random{scenario_.seed};
    Evaluator sharing{valid, shops_, {&plain, &random, {}}, options_.pool};
    GS_TRY(const auto shared, sharing.measure(settings(TrainingMode::federated)));
    Evaluator keeping{valid, shops_, {}, options_.pool};
    GS_TRY(const auto own, keeping.measure(settings(TrainingMode::alone)));
    EvaluationReport report;
    report.sums = run_.models.front().report.sums;
    models::QualityMeter all{run_.items};
    for (std::size_t shop = 0; shop < shops_.names.size(); ++shop) {
      const double with = shared.meters[shop].quality().ndcg_at_20;
      const double without = own.meters[shop].quality().ndcg_at_20;
      const bool keeps = without > with;
      const auto& served = keeps ? alone_->meters[shop] : honest_->meters[shop];
      run_.keeps_own.push_back(keeps);
      all.merge(served);
      report.per_shop.push_back(
          {shops_.names[shop], honest_->customers[shop], served.quality()});
    }
    report.quality = all.quality();
    run_.models.push_back({"guarded", std::move(report)});
    return {};
  }

  /// A training of fewer epochs is the front of a longer one: same seed, same sums.
  Result<> curve() {
    for (const auto at : scenario_.curve) {
      GS_CHECK(step("the curve at " + std::to_string(at)));
      auto chosen = settings(TrainingMode::federated);
      chosen.ials.epochs = at;
      if (chosen.gradient) chosen.gradient->rounds = at;
      const auto masked = masked_sum();
      CheckedSum checked{*masked, options_.stop};
      SeededRandom random{scenario_.seed};
      Evaluator evaluator{source_.parts, shops_, {&checked, &random, {}}, options_.pool};
      GS_TRY(const auto report, evaluator.run(chosen));
      run_.curve.push_back({at, report.quality});
    }
    if (!scenario_.curve.empty()) {
      const auto& plan = scenario_.settings;
      run_.curve.push_back({plan.gradient ? plan.gradient->rounds : plan.ials.epochs,
                            run_.models.front().report.quality});
    }
    return {};
  }

  /// The same model, made again under each epsilon.
  Result<> with_noise() {
    for (const auto& privacy : scenario_.privacy) {
      GS_CHECK(step("epsilon " + cli::format_fixed(privacy.budget.epsilon, 2)));
      const auto masked = masked_sum();
      CheckedSum checked{*masked, options_.stop};
      SeededRandom random{scenario_.seed};
      Evaluator evaluator{source_.parts, shops_, {&checked, &random, {}}, options_.pool};
      GS_TRY(const auto rows, measure_privacy_table(
                                  evaluator, settings(TrainingMode::federated), {privacy}));
      run_.privacy.push_back(rows.front());
      run_.exactness += checked.exactness();
    }
    return {};
  }

  /// Over the customers of every shop but the attacker's.
  [[nodiscard]] models::Quality others(const Evaluator::Measured& measured,
                                       std::uint32_t attacker) const {
    models::QualityMeter all{run_.items};
    for (std::size_t shop = 0; shop < measured.meters.size(); ++shop) {
      if (shop != attacker) all.merge(measured.meters[shop]);
    }
    return all.quality();
  }

  static std::uint64_t shown_elsewhere(const Evaluator::Measured& measured, const Poison& poison) {
    std::uint64_t shown = 0;
    for (std::size_t shop = 0; poison.item && shop < measured.shown.size(); ++shop) {
      if (shop != poison.shop) shown += measured.shown[shop][*poison.item];
    }
    return shown;
  }

  Result<> play(const ModelAttack& attack) {
    const Poison& poison = attack.poison;
    GS_CHECK(step("attack " + std::string{to_string(poison.kind)}));
    const auto masked = masked_sum();
    CheckedSum checked{*masked, options_.stop};
    PoisonedSum poisoned{checked, poison};
    SeededRandom random{scenario_.seed};
    const auto contributed = [&](std::size_t shop, models::Interactions purchases) {
      if (shop != poison.shop || poison.customers == 0) return purchases;
      return with_invented_customers(purchases, *poison.item, poison.customers, scenario_.seed);
    };
    Evaluator evaluator{source_.parts, shops_, {&poisoned, &random, {}, contributed},
                        options_.pool};
    AttackOutcome outcome;
    outcome.attack = attack;
    outcome.honest = others(*honest_, poison.shop);
    outcome.customers = outcome.honest.customers;
    outcome.shown_honest = shown_elsewhere(*honest_, poison);
    const auto measured = evaluator.measure(settings(TrainingMode::federated));
    if (measured) {
      outcome.attacked = others(*measured, poison.shop);
      outcome.shown_attacked = shown_elsewhere(*measured, poison);
    } else if (measured.error() == BaseErrc::interrupted) {
      return measured.error();
    } else {
      outcome.refused = measured.error().message();
    }
    run_.attacks.push_back(std::move(outcome));
    return {};
  }

  const ModelScenario& scenario_;
  const RetailSource& source_;
  const ShopAssignment shops_;
  const ModelRunOptions& options_;
  SeededRandom random_;
  std::vector<ModelAttack> attacks_;
  std::optional<Evaluator::Measured> honest_;
  std::optional<Evaluator::Measured> alone_;
  ModelRun run_;
};

}  // namespace

const EvaluationReport* ModelRun::find(std::string_view name) const noexcept {
  const auto found = std::ranges::find(models, name, &NamedEvaluation::name);
  return found == models.end() ? nullptr : &found->report;
}

std::size_t steps_of(const ModelScenario& scenario) noexcept {
  return 1 + scenario.compare.size() + (scenario.guard ? 1U : 0U) + scenario.curve.size() +
         scenario.attacks.size() + scenario.privacy.size();
}

Result<ModelRun> run_model_scenario(const ModelScenario& scenario, const RetailSource& source,
                                    const ModelRunOptions& options) {
  GS_TRY(auto shops, shops_of(scenario, source.split));
  GS_CHECK(expect_customers(shops, source.parts.train));
  return Runner{scenario, source, std::move(shops), options}();
}

}  // namespace guildsum::simulations
