#include "simulations/private_training.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <utility>

#include "base/assert.hpp"
#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "models/errors.hpp"
#include "protocol/descriptor.hpp"
#include "protocol/limits.hpp"

namespace guildsum::simulations {
namespace {

constexpr auto kMicro = static_cast<std::uint64_t>(privacy::kVarianceUnits);

/// What a customer of at most `items` items adds to the one sum of `model`.
Result<privacy::Sensitivity> sensitivity_of(ModelKind model, std::uint32_t items) {
  const double n = items;
  switch (model) {
    case ModelKind::popularity:
      return privacy::Sensitivity{n, std::sqrt(n)};
    case ModelKind::knn:
    case ModelKind::ease: {
      const double pairs = n * (n + 1) / 2;  // Of items, each with itself too.
      return privacy::Sensitivity{pairs, std::sqrt(pairs)};
    }
    default:
      return Error{BaseErrc::invalid_argument,
                   "differential privacy is for models of one sum of counts, popularity, knn and "
                   "ease: what a customer adds to " +
                       std::string{to_string(model)} + " is not bounded"};
  }
}

std::size_t draw_below(std::size_t limit, Random& random) {
  std::array<std::byte, 8> raw;
  random.fill(raw);
  return load_le<std::uint64_t>(raw) % limit;  // Shops hold few items: the bias is below 2^-32.
}

/// The survivors that are counted on: s_min - c of a round in which all shops check in.
std::uint32_t honest_survivors(std::uint32_t shops) {
  const auto corrupt = protocol::default_corrupt(shops);
  const auto quorum = protocol::majority_threshold(shops, corrupt);
  const auto survivors =
      shops < protocol::kSurvivorsFloor ? shops : std::max(quorum, protocol::kSurvivorsFloor);
  return survivors > corrupt ? survivors - corrupt : 0;
}

}  // namespace

Result<PrivacyPlan> plan_privacy(const PrivacySettings& settings, ModelKind model,
                                 std::uint32_t shops) {
  if (settings.customer_items == 0) {
    return Error{BaseErrc::invalid_argument, "at least one item of a customer is counted"};
  }
  PrivacyPlan plan;
  GS_TRY(plan.sensitivity, sensitivity_of(model, settings.customer_items));
  plan.honest = honest_survivors(shops);
  if (plan.honest == 0) {
    return Error{BaseErrc::invalid_argument, "noise needs a shop that is counted on: two at least"};
  }
  GS_TRY(const auto variance,
         privacy::skellam_variance_micro(settings.budget, plan.sensitivity, 1));
  plan.shop_variance_micro = (variance + plan.honest - 1) / plan.honest;
  if (plan.shop_variance_micro / kMicro >= privacy::kSkellamVarianceMax) {
    return Error{BaseErrc::too_large,
                 "so small an epsilon asks for noise of a variance above 2^24: count fewer items"};
  }
  const auto shop_variance =
      static_cast<double>(plan.shop_variance_micro) / privacy::kVarianceUnits;
  GS_TRY(const auto curve,
         privacy::RdpCurve::skellam(plan.sensitivity, shop_variance * plan.honest));
  GS_TRY(const auto loss, curve.at(settings.budget.delta));
  plan.epsilon = loss.epsilon;
  plan.noise_deviation = std::sqrt(shop_variance * shops);
  plan.kept_from =
      static_cast<std::int64_t>(std::ceil(settings.kept_deviations * plan.noise_deviation));
  return plan;
}

models::Interactions with_items_limited(const models::Interactions& purchases,
                                        std::uint32_t customer_items, Random& random) {
  std::vector<std::vector<models::ItemIndex>> rows(purchases.customers());
  for (std::size_t customer = 0; customer < rows.size(); ++customer) {
    auto& row = rows[customer];
    const auto items = purchases.row(customer);
    row.assign(items.begin(), items.end());
    for (std::size_t k = 0; k < customer_items && row.size() > customer_items; ++k) {
      std::swap(row[k], row[k + draw_below(row.size() - k, random)]);
    }
    if (row.size() > customer_items) row.resize(customer_items);
  }
  auto built = models::Interactions::build(purchases.items(), rows);
  GS_ASSERT(built.has_value());  // Items were checked before.
  return std::move(built).value();
}

Result<PrivateSum> PrivateSum::create(const PrivacyPlan& plan, SecureSum& inner, Random& random) {
  GS_TRY(auto sampler, privacy::SkellamSampler::create(plan.shop_variance_micro));
  return PrivateSum{plan, std::move(sampler), inner, random};
}

Result<std::vector<std::int64_t>> PrivateSum::sum(
    const models::TaskPlan& plan, const models::SumRequest& request,
    std::span<const std::vector<std::int64_t>> contributions) {
  ++sums_;
  std::vector<std::vector<std::int64_t>> noisy{contributions.begin(), contributions.end()};
  const auto bound = static_cast<std::int64_t>(request.layout.bound_max());
  for (auto& values : noisy) {
    sampler_.add(values, *random_);
    if (std::ranges::any_of(values, [bound](auto v) { return v < -bound || v > bound; })) {
      return Error{models::ModelsErrc::out_of_range, "noise beyond the bounds of a contribution"};
    }
  }
  GS_TRY(auto total, inner_->sum(plan, request, noisy));
  const std::int64_t kept_from = std::max<std::int64_t>(plan_.kept_from, 0);
  for (auto& value : total) value = value < kept_from ? 0 : value;
  return total;
}

}  // namespace guildsum::simulations
