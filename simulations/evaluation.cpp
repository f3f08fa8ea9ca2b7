#include "simulations/evaluation.hpp"

#include <algorithm>
#include <chrono>
#include <numeric>
#include <optional>
#include <utility>

#include "base/assert.hpp"
#include "base/errors.hpp"
#include "models/errors.hpp"
#include "models/gram.hpp"
#include "models/popularity.hpp"
#include "simulations/event_files.hpp"

namespace guildsum::simulations {

/// The customers of one shop, or all of them.
struct Evaluator::Group {
  std::string name;
  models::Histories histories;
  models::Interactions later;
  std::unique_ptr<Statistics> own;  // When alone.
  std::vector<std::size_t> users{};  // By row.
  std::vector<models::ItemIndex> stock{};  // What the shop sells; empty means all.
};

namespace {

constexpr std::size_t kShownCount = 20;

/// The settings for a shop that sells these items.
EvaluationSettings for_stock(EvaluationSettings settings,
                             const std::vector<models::ItemIndex>& stock) {
  settings.stock = stock;
  return settings;
}

}  // namespace

struct Evaluator::GroupResult {
  models::QualityMeter meter;
  SampledQuality sampled;
  std::optional<models::FairnessMeter> fairness;
  std::vector<std::uint32_t> shown{};  // By item.
};

namespace {

/// The purchases of `data` that `keep(user, item)` says.
template <class Keep>
models::Histories kept(const models::Histories& data, const Keep& keep) {
  UserPurchases rows(data.customers());
  for (std::size_t u = 0; u < rows.size(); ++u) {
    for (const auto& purchase : data.row(u)) {
      if (keep(u, purchase.item)) rows[u].push_back(purchase);
    }
  }
  auto built = models::Histories::build(data.items(), rows);
  GS_ASSERT(built.has_value());  // Its purchases were checked before.
  return std::move(built).value();
}

/// `data` without the `hidden` items (ascending) and what the customers' shops do not sell.
models::Histories usable(const models::Histories& data, std::span<const models::ItemIndex> hidden,
                         const ShopAssignment& shops) {
  return kept(data, [&](std::size_t user, models::ItemIndex item) {
    if (std::ranges::binary_search(hidden, item)) return false;
    return shops.stock.empty() ||
           std::ranges::binary_search(shops.stock[shops.shop_of_user[user]], item);
  });
}

std::vector<std::vector<std::size_t>> members_of(const ShopAssignment& shops) {
  std::vector<std::vector<std::size_t>> members(shops.names.size());
  for (std::size_t user = 0; user < shops.shop_of_user.size(); ++user) {
    members[shops.shop_of_user[user]].push_back(user);
  }
  return members;
}

std::size_t count_active(const models::Histories& data) {
  std::size_t active = 0;
  for (std::size_t u = 0; u < data.customers(); ++u) active += data.row(u).empty() ? 0 : 1;
  return active;
}

SampledQuality merged(const std::vector<SampledQuality>& parts) {
  SampledQuality all;
  for (const auto& part : parts) {
    const auto n = static_cast<double>(part.customers);
    all.customers += part.customers;
    all.hit_rate_at_10 += n * part.hit_rate_at_10;
    all.ndcg_at_10 += n * part.ndcg_at_10;
  }
  if (all.customers == 0) return all;
  all.hit_rate_at_10 /= static_cast<double>(all.customers);
  all.ndcg_at_10 /= static_cast<double>(all.customers);
  return all;
}

models::Interactions rows_of(const models::Interactions& data,
                             const std::vector<std::size_t>& users) {
  return models::Histories::of(data).rows_of(users).interactions();
}

}  // namespace

Evaluator::Evaluator(const SplitMatrices& split, const ShopAssignment& shops, SumSource sums,
                     ThreadPool* pool)
    : split_{split}, shops_{shops}, sums_{std::move(sums)}, pool_{pool} {}

Evaluator::~Evaluator() = default;

Result<> Evaluator::prepare(const EvaluationSettings& settings) {
  const bool central = settings.mode == TrainingMode::centralised;
  const bool grouped = !central || !shops_.stock.empty();
  if (grouped && shops_.shop_of_user.size() != split_.train.customers()) {
    return Error{models::ModelsErrc::wrong_shape, "the shops file is of another data set"};
  }
  static const std::vector<models::ItemIndex> kNone;
  const bool by_title = settings.model == ModelKind::title;
  const auto& withheld = by_title ? settings.title.withheld : kNone;
  // Noise is made for one model: another one asks for another.
  if (!groups_.empty() && settings.mode == mode_ && withheld == withheld_ &&
      settings.privacy == privacy_ && (!privacy_ || settings.model == private_model_)) {
    return {};
  }
  forget();
  if (settings.privacy && settings.mode != TrainingMode::federated) {
    return Error{BaseErrc::invalid_argument,
                 "differential privacy is of a model that shops make together: mode federated"};
  }
  if (settings.privacy && settings.own_weight > 0) {
    return Error{BaseErrc::invalid_argument,
                 "a shop's own Gram matrix is exact: no own_weight with differential privacy"};
  }
  mode_ = settings.mode;
  privacy_ = settings.privacy;
  private_model_ = settings.model;
  withheld_ = withheld;
  const auto histories = usable(split_.known_histories(), withheld, shops_);
  if (!grouped) {
    groups_.push_back({"all", histories, split_.test, nullptr});
    groups_.front().users.resize(histories.customers());
    std::iota(groups_.front().users.begin(), groups_.front().users.end(), std::size_t{0});
    shared_ = std::make_unique<OwnStatistics>(histories, false);
    return {};
  }
  const auto members = members_of(shops_);
  std::vector<models::Interactions> data;
  std::vector<models::Histories> with_times;
  for (std::size_t shop = 0; shop < members.size(); ++shop) {
    groups_.push_back({shops_.names[shop], histories.rows_of(members[shop]),
                       rows_of(split_.test, members[shop]), nullptr, members[shop]});
    auto& group = groups_.back();
    if (!shops_.stock.empty()) group.stock = shops_.stock[shop];
    if (central) continue;
    if (mode_ == TrainingMode::alone) {
      group.own = std::make_unique<OwnStatistics>(group.histories, true);
    } else {
      data.push_back(group.histories.interactions());
      if (sums_.contributed) {
        data.back() = sums_.contributed(shop, std::move(data.back()));
      } else {
        with_times.push_back(group.histories);
      }
    }
  }
  if (central) shared_ = std::make_unique<OwnStatistics>(histories, false);
  if (mode_ == TrainingMode::federated) {
    const auto ready = prepare_federation(settings, std::move(data), std::move(with_times));
    if (!ready) forget();
    return ready;
  }
  return {};
}

void Evaluator::forget() {
  groups_.clear();
  shared_.reset();
  private_sum_.reset();
  privacy_plan_.reset();
}

Result<> Evaluator::prepare_federation(const EvaluationSettings& settings,
                                       std::vector<models::Interactions> shops,
                                       std::vector<models::Histories> with_times) {
  GS_ASSERT(sums_.secure_sum != nullptr && sums_.random != nullptr);
  SecureSum* secure_sum = sums_.secure_sum;
  if (privacy_) {
    with_times.clear();  // Nothing but what was limited may be trained on.
    GS_TRY(privacy_plan_, plan_privacy(*privacy_, settings.model,
                                       static_cast<std::uint32_t>(shops.size())));
    for (auto& shop : shops) {
      shop = with_items_limited(shop, privacy_->customer_items, *sums_.random);
    }
    GS_TRY(auto noisy, PrivateSum::create(*privacy_plan_, *sums_.secure_sum, *sums_.random));
    private_sum_ = std::make_unique<PrivateSum>(std::move(noisy));
    secure_sum = private_sum_.get();
  }
  shared_ = std::make_unique<FederatedStatistics>(std::move(shops), *secure_sum, *sums_.random,
                                                  sums_.after_sum, std::move(with_times));
  return {};
}

Result<Evaluator::GroupResult> Evaluator::measure_group(
    const EvaluationSettings& settings, const Group& group,
    std::vector<models::BlendPart> parts) const {
  GS_TRY(const auto model, assembled(std::move(parts), group.histories));
  GroupResult result{models::QualityMeter{model->items()}, {}, std::nullopt,
                     std::vector<std::uint32_t>(model->items(), 0)};
  if (settings.groups) result.fairness.emplace(settings.groups->names.size(), model->items());
  models::for_each_ranking(
      *model, group.histories, group.later, settings.protocol, {},
      group.stock.empty() ? withheld_ : group.stock,
      [&](std::size_t row, std::span<const models::Recommendation> ranked,
          std::span<const models::ItemIndex> relevant) {
        result.meter.add(ranked, relevant);
        for (const auto& entry : ranked.first(std::min(ranked.size(), kShownCount))) {
          ++result.shown[entry.item];
        }
        if (!result.fairness) return;
        result.fairness->add(settings.groups->group_of_user[group.users[row]], ranked, relevant);
      });
  if (settings.sampled_negatives > 0) {
    result.sampled = sampled_leave_one_out(*model, group.histories, group.later,
                                           settings.sampled_negatives, settings.sampling_seed);
  }
  return result;
}

void Evaluator::add(const EvaluationSettings& settings, GroupResult result, Measured& measured) {
  measured.meters.push_back(std::move(result.meter));
  if (settings.sampled_negatives > 0) measured.sampled.push_back(result.sampled);
  if (result.fairness) measured.fairness.push_back(*std::move(result.fairness));
  measured.shown.push_back(std::move(result.shown));
}

Result<Evaluator::Measured> Evaluator::measure_alone(const EvaluationSettings& settings) {
  std::vector<std::optional<Result<GroupResult>>> results(groups_.size());
  const auto measure_range = [&](std::size_t first, std::size_t last) {
    for (std::size_t shop = first; shop < last; ++shop) {
      auto& group = groups_[shop];
      auto parts = model_parts(for_stock(settings, group.stock), *group.own);
      results[shop] = parts.has_error() ? Result<GroupResult>{parts.error()}
                                        : measure_group(settings, group, std::move(*parts));
    }
  };
  if (pool_ != nullptr) {
    pool_->parallel_for(0, groups_.size(), 1, measure_range);
  } else {
    measure_range(0, groups_.size());
  }
  Measured measured;
  for (std::size_t shop = 0; shop < groups_.size(); ++shop) {
    auto& result = *results[shop];
    if (result.has_error()) return result.error().with_context(groups_[shop].name);
    add(settings, std::move(*result), measured);
  }
  return measured;
}

Result<Evaluator::Measured> Evaluator::measure(const EvaluationSettings& settings) {
  GS_CHECK(prepare(settings));
  Measured measured;
  if (mode_ == TrainingMode::alone) {
    GS_TRY(measured, measure_alone(settings));
  } else {
    std::vector<models::BlendPart> parts;
    const bool blends_own = settings.own_weight > 0 && mode_ == TrainingMode::federated;
    const bool own_parts = blends_own || !shops_.stock.empty();
    if (!own_parts) {
      GS_TRY(parts, model_parts(settings, *shared_));
    }
    for (auto& group : groups_) {
      if (own_parts) {
        auto chosen = for_stock(settings, group.stock);
        models::GramModel own;
        if (blends_own) {
          own = models::gram_of(group.histories.interactions());
          chosen.own_gram = &own;
        }
        GS_TRY(parts, model_parts(chosen, *shared_));
      }
      GS_TRY(auto result, measure_group(settings, group, parts));
      add(settings, std::move(result), measured);
    }
  }
  for (const auto& group : groups_) measured.customers.push_back(count_active(group.histories));
  if (mode_ == TrainingMode::federated) {
    measured.sums = static_cast<const FederatedStatistics&>(*shared_).sums();
  }
  return measured;
}

Result<FairnessFindings> Evaluator::audit(const EvaluationSettings& settings,
                                          const Measured& measured) {
  std::vector<AuditedShop> shops;
  for (const auto& meter : measured.fairness) shops.push_back({meter, std::nullopt});
  if (settings.mode == TrainingMode::federated) {
    // Each shop compares the shared model with one of its own.
    auto own_settings = settings;
    own_settings.mode = TrainingMode::alone;
    own_settings.gradient.reset();
    own_settings.groups.reset();
    own_settings.privacy.reset();
    Evaluator own{split_, shops_, {}, pool_};
    GS_TRY(const auto alone, own.measure(own_settings));
    for (std::size_t shop = 0; shop < shops.size(); ++shop) {
      if (measured.meters[shop].customers() == 0) continue;
      shops[shop].gain = measured.meters[shop].quality().ndcg_at_20 -
                         alone.meters[shop].quality().ndcg_at_20;
    }
  }
  const auto buyers = models::popularity_of(split_.train);
  PlainSum open;
  const bool federated = settings.mode == TrainingMode::federated;
  return audit_fairness(shops, settings.groups->names, buyers.customers,
                        federated ? *sums_.secure_sum : open);
}

Result<EvaluationReport> Evaluator::run(const EvaluationSettings& settings) {
  const auto started = std::chrono::steady_clock::now();
  GS_TRY(const auto measured, measure(settings));
  EvaluationReport report;
  report.sums = measured.sums;
  if (settings.privacy) report.privacy = privacy_plan_;
  models::QualityMeter all{split_.train.items()};
  for (std::size_t g = 0; g < measured.meters.size(); ++g) {
    all.merge(measured.meters[g]);
    if (mode_ == TrainingMode::centralised) continue;
    report.per_shop.push_back(
        {groups_[g].name, measured.customers[g], measured.meters[g].quality()});
  }
  report.quality = all.quality();
  if (!measured.sampled.empty()) report.sampled = merged(measured.sampled);
  if (mode_ == TrainingMode::federated) {
    report.model_root = static_cast<const FederatedStatistics&>(*shared_).newest_root();
  }
  if (settings.groups) {
    GS_TRY(report.fairness, audit(settings, measured));
    if (mode_ == TrainingMode::federated) report.sums += report.fairness->sums;
  }
  report.seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - started).count();
  return report;
}

}  // namespace guildsum::simulations
