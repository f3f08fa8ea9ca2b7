#include "models/detail/ials_task.hpp"

#include <algorithm>
#include <cmath>
#include <string>
#include <utility>

#include "models/codec.hpp"
#include "models/detail/item_systems.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {
namespace {

/// Step along a direction whose product sum never opened. The preconditioner is close to the
/// Hessian, so a full step would be about 1; a third is safe where it is not.
constexpr double kDampedStep = 1.0 / 3.0;

double dot(std::span<const double> a, std::span<const double> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) sum += a[k] * b[k];
  return sum;
}

void load(std::span<const float> matrix, std::size_t row, std::span<double> out) {
  for (std::size_t k = 0; k < out.size(); ++k)
    out[k] = static_cast<double>(matrix[row * out.size() + k]);
}

void store(std::span<const double> in, std::size_t row, std::span<float> matrix) {
  for (std::size_t k = 0; k < in.size(); ++k)
    matrix[row * in.size() + k] = static_cast<float>(in[k]);
}

/// row += step * direction
void advance(std::span<float> matrix, std::size_t row, double step,
             std::span<const double> direction) {
  const std::size_t d = direction.size();
  for (std::size_t k = 0; k < d; ++k) {
    auto& value = matrix[row * d + k];
    value = static_cast<float>(static_cast<double>(value) + step * direction[k]);
  }
}

}  // namespace

IalsTask::IalsTask(const TaskPlan& plan) : plan_{plan} { state_.factors = starting_factors(plan); }

const std::vector<float>& IalsTask::factors() const noexcept {
  return state_.reached.empty() ? state_.factors : state_.reached;
}

TaskProgress IalsTask::progress() const noexcept {
  const std::uint64_t per_epoch = 1 + std::uint64_t{plan_.ials.products};
  // Epochs whose gradients stopped early took fewer sums: count what the task is past.
  return {state_.epoch * per_epoch + state_.product, plan_.ials.epochs * per_epoch};
}

Result<SumRequest> IalsTask::next_request() const {
  if (finished()) return Error{ModelsErrc::wrong_step, "the iALS task is finished"};
  IalsInputs inputs{state_.factors, {}};
  if (state_.product == 0) {
    return SumRequest{"ials.gradient", state_.sums_done + 1, ials_gradient_layout(plan_),
                      inputs.encode()};
  }
  inputs.direction = state_.direction;
  return SumRequest{"ials.product", state_.sums_done + 1, ials_product_layout(plan_),
                    inputs.encode()};
}

Result<> IalsTask::apply(std::span<const std::int64_t> sum, const SumContext& context) {
  if (finished()) return Error{ModelsErrc::wrong_step, "the iALS task is finished"};
  const auto layout =
      state_.product == 0 ? ials_gradient_layout(plan_) : ials_product_layout(plan_);
  GS_CHECK(check_sum(layout, sum, context.survivors));
  if (state_.product == 0) return apply_gradient(sum);
  return apply_product(sum, context.same_survivors_as_previous);
}

Result<> IalsTask::apply_gradient(std::span<const std::int64_t> sum) {
  const std::size_t d = plan_.ials.factors;
  const std::size_t gram_first = plan_.items * d;
  const std::size_t counts_first = gram_first + d * (d + 1) / 2;
  const auto counts = sum.subspan(counts_first, plan_.items);
  const auto customers = sum[counts_first + plan_.items];
  if (customers < 1) return Error{ModelsErrc::out_of_range, "a sum over no customers"};
  if (std::ranges::any_of(counts, [&](auto c) { return c < 0 || c > customers; })) {
    return Error{ModelsErrc::out_of_range, "an item with more customers than there are"};
  }
  const auto scale = static_cast<double>(plan_.ials.scale);
  state_.customers = static_cast<std::uint64_t>(customers);
  state_.item_customers.assign(counts.begin(), counts.end());
  state_.user_gram.clear();
  for (const auto value : sum.subspan(gram_first, d * (d + 1) / 2)) {
    state_.user_gram.push_back(static_cast<double>(value) / scale);
  }
  start_directions(sum.first(gram_first));
  state_.product = 1;
  ++state_.sums_done;
  return {};
}

/// r_i = g_i - (a G_U + reg_i I) h_i and p_i = C_i^-1 r_i.
void IalsTask::start_directions(std::span<const std::int64_t> gradient) {
  const std::size_t d = plan_.ials.factors;
  const auto scale = static_cast<double>(plan_.ials.scale);
  const ItemSystems systems{plan_.ials, state_.user_gram, state_.item_customers, state_.customers};
  state_.reached = state_.factors;
  state_.residual.resize(plan_.items * d);
  state_.direction.resize(plan_.items * d);
  std::vector<double> h(d);
  std::vector<double> shared(d);
  std::vector<double> r(d);
  std::vector<double> p(d);
  for (std::size_t i = 0; i < plan_.items; ++i) {
    load(state_.factors, i, h);
    systems.apply_shared(i, h, shared);
    for (std::size_t k = 0; k < d; ++k) {
      r[k] = static_cast<double>(gradient[i * d + k]) / scale - shared[k];
    }
    systems.precondition(i, r, p);
    store(r, i, state_.residual);
    store(p, i, state_.direction);
  }
}

Result<> IalsTask::apply_product(std::span<const std::int64_t> sum, bool same_survivors) {
  const std::size_t length = state_.factors.size();
  const auto customers = sum[length];
  if (customers < 1) return Error{ModelsErrc::out_of_range, "a sum over no customers"};
  // Other shops than in the gradient: the product is scaled to its customers, the step bounded, and
  // the conjugate gradient ends here, because its directions are conjugate for one set of customers
  // only.
  const double ratio =
      same_survivors ? 1.0 : static_cast<double>(state_.customers) / static_cast<double>(customers);
  const bool last = !same_survivors || state_.product >= plan_.ials.products;
  step_items(sum.first(length), ratio, !same_survivors, last);
  ++state_.sums_done;
  state_.moved = true;
  if (last) {
    finish_epoch();
  } else {
    ++state_.product;
  }
  return {};
}

void IalsTask::step_items(std::span<const std::int64_t> product, double ratio, bool bounded,
                          bool last) {
  const std::size_t d = plan_.ials.factors;
  const double unit = ratio / static_cast<double>(plan_.ials.scale);
  const ItemSystems systems{plan_.ials, state_.user_gram, state_.item_customers, state_.customers};
  std::vector<double> r(d);
  std::vector<double> p(d);
  std::vector<double> ap(d);
  std::vector<double> z(d);
  for (std::size_t i = 0; i < plan_.items; ++i) {
    load(state_.residual, i, r);
    load(state_.direction, i, p);
    systems.apply_shared(i, p, ap);
    for (std::size_t k = 0; k < d; ++k) ap[k] += static_cast<double>(product[i * d + k]) * unit;
    const double curvature = dot(p, ap);
    double step = curvature > 0 ? dot(r, p) / curvature : 0.0;
    if (bounded) step = std::clamp(step, 0.0, 1.0);
    advance(state_.reached, i, step, p);
    if (last) continue;
    systems.precondition(i, r, z);
    const double before = dot(r, z);
    for (std::size_t k = 0; k < d; ++k) r[k] -= step * ap[k];
    systems.precondition(i, r, z);
    const double beta = before > 0 ? dot(r, z) / before : 0.0;
    for (std::size_t k = 0; k < d; ++k) p[k] = z[k] + beta * p[k];
    store(r, i, state_.residual);
    store(p, i, state_.direction);
  }
}

Result<> IalsTask::apply_lost() {
  if (finished()) return Error{ModelsErrc::wrong_step, "the iALS task is finished"};
  if (state_.direction.empty()) return Error{ModelsErrc::nothing_opened, "iALS"};
  // Factors must move before a shop contributes to the same step kind again (differencing). After a
  // lost later product they have already moved in this epoch.
  if (state_.product <= 1) move_damped();
  ++state_.sums_done;
  state_.moved = true;
  finish_epoch();
  return {};
}

void IalsTask::move_damped() {
  const std::size_t d = plan_.ials.factors;
  auto& factors = state_.product == 0 ? state_.factors : state_.reached;
  std::vector<double> p(d);
  for (std::size_t i = 0; i < plan_.items; ++i) {
    load(state_.direction, i, p);
    advance(factors, i, kDampedStep, p);
  }
}

void IalsTask::finish_epoch() {
  if (!state_.reached.empty()) state_.factors = std::move(state_.reached);
  state_.reached.clear();
  state_.residual.clear();
  state_.user_gram.clear();
  state_.item_customers.clear();
  state_.product = 0;
  ++state_.epoch;
}

}  // namespace guildsum::models::detail
