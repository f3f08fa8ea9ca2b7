#include "models/contribute.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <string>

#include "models/codec.hpp"
#include "models/detail/delta_task.hpp"
#include "models/detail/ials_task.hpp"
#include "models/detail/local_training.hpp"
#include "models/detail/tasks.hpp"
#include "models/errors.hpp"
#include "models/gram.hpp"
#include "models/ials.hpp"

namespace guildsum::models {
namespace {

Result<> expect_layout(const SumRequest& request, const VectorLayout& expected) {
  if (request.layout == expected) return {};
  return Error{ModelsErrc::wrong_shape, "layout of " + request.step_kind + " is not the plan's"};
}

Result<Contribution> contribute_counts(const TaskPlan& plan, const SumRequest& request,
                                       const Interactions& interactions) {
  GS_CHECK(expect_layout(request, detail::PopularityTask::layout(plan)));
  const auto counts = interactions.item_counts();
  return Contribution{{counts.begin(), counts.end()}, 0};
}

Result<Contribution> contribute_gram(const TaskPlan& plan, const SumRequest& request,
                                     const Interactions& interactions) {
  GS_CHECK(expect_layout(request, detail::GramTask::layout(plan)));
  const auto gram = gram_of(interactions);
  return Contribution{{gram.upper.begin(), gram.upper.end()}, 0};
}

double dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t k = 0; k < a.size(); ++k) {
    sum += static_cast<double>(a[k]) * static_cast<double>(b[k]);
  }
  return sum;
}

std::span<const float> row_of(std::span<const float> matrix, std::size_t row, std::size_t d) {
  return matrix.subspan(row * d, d);
}

/// Real values of one clipped segment before clipping.
struct RealSegment {
  const Segment* segment;
  std::vector<double> values;
};

/// One factor for all segments, so that they stay consistent with each other.
Result<Contribution> encode(std::span<const RealSegment> reals,
                            std::span<const std::int64_t> integers, const VectorLayout& layout,
                            Random& random) {
  Contribution result;
  result.values.reserve(layout.total_length());
  double factor = 1.0;
  for (const auto& real : reals) {
    GS_TRY(const double own, clip_factor(real.values, real.segment->clip_norm_l2()));
    result.segments_clipped += own < 1.0;
    factor = std::min(factor, own);
  }
  for (const auto& real : reals) {
    GS_CHECK(append_clipped(*real.segment, real.values, factor, random, result.values));
  }
  std::vector<std::int64_t> exact(integers.begin(), integers.end());
  exact.push_back(result.segments_clipped);
  std::size_t first = 0;
  for (std::size_t s = reals.size(); s < layout.segments.size(); ++s) {
    const auto length = static_cast<std::size_t>(layout.segments[s].length);
    GS_CHECK(
        append_exact(layout.segments[s], std::span{exact}.subspan(first, length), result.values));
    first += length;
  }
  return result;
}

std::int64_t active_customers(const Interactions& interactions) {
  std::int64_t active = 0;
  for (std::size_t u = 0; u < interactions.customers(); ++u) active += !interactions.row(u).empty();
  return active;
}

Result<Contribution> contribute_gradient(const TaskPlan& plan, const SumRequest& request,
                                         const Interactions& interactions, Random& random) {
  const auto layout = detail::ials_gradient_layout(plan);
  GS_CHECK(expect_layout(request, layout));
  GS_TRY(const auto inputs, detail::IalsInputs::parse(plan, false, request.public_inputs));
  GS_TRY(const auto users, solve_customers(plan.ials, inputs.item_factors, interactions));
  const std::size_t d = plan.ials.factors;
  std::array<RealSegment, 2> reals{
      RealSegment{&layout.segments[0], std::vector<double>(plan.items * d)},
      RealSegment{&layout.segments[1], std::vector<double>(d * (d + 1) / 2)}};
  for (std::size_t u = 0; u < interactions.customers(); ++u) {
    const auto w = row_of(users, u, d);
    for (const auto item : interactions.row(u)) {
      const double gap = 1.0 - dot(w, row_of(inputs.item_factors, item, d));
      double* const gradient = reals[0].values.data() + item * d;
      for (std::size_t k = 0; k < d; ++k) gradient[k] += gap * static_cast<double>(w[k]);
    }
    double* packed = reals[1].values.data();
    for (std::size_t i = 0; i < d; ++i) {
      for (std::size_t j = i; j < d; ++j) {
        *packed++ += static_cast<double>(w[i]) * static_cast<double>(w[j]);
      }
    }
  }
  const auto counts = interactions.item_counts();
  std::vector<std::int64_t> integers(counts.begin(), counts.end());
  integers.push_back(active_customers(interactions));
  return encode(reals, integers, layout, random);
}

Result<Contribution> contribute_product(const TaskPlan& plan, const SumRequest& request,
                                        const Interactions& interactions, Random& random) {
  const auto layout = detail::ials_product_layout(plan);
  GS_CHECK(expect_layout(request, layout));
  GS_TRY(const auto inputs, detail::IalsInputs::parse(plan, true, request.public_inputs));
  GS_TRY(const auto users, solve_customers(plan.ials, inputs.item_factors, interactions));
  const std::size_t d = plan.ials.factors;
  std::array<RealSegment, 1> reals{
      RealSegment{&layout.segments[0], std::vector<double>(plan.items * d)}};
  for (std::size_t u = 0; u < interactions.customers(); ++u) {
    const auto w = row_of(users, u, d);
    for (const auto item : interactions.row(u)) {
      const double along = dot(w, row_of(inputs.direction, item, d));
      double* const product = reals[0].values.data() + item * d;
      for (std::size_t k = 0; k < d; ++k) product[k] += along * static_cast<double>(w[k]);
    }
  }
  const std::array<std::int64_t, 1> integers{active_customers(interactions)};
  return encode(reals, integers, layout, random);
}

/// Local training from the public item vectors; the delta counts as often as the shop has
/// customers, so that the sum divided by the summed customers is their average.
Result<Contribution> contribute_delta(const TaskPlan& plan, const SumRequest& request,
                                      const Interactions& interactions, Random& random) {
  const auto layout = detail::DeltaTask::layout(plan);
  GS_CHECK(expect_layout(request, layout));
  GS_TRY(const auto vectors, detail::parse_vectors(plan, request.public_inputs));
  GS_TRY(const auto trained, detail::train_locally(plan, vectors, interactions, random));
  const auto customers = active_customers(interactions);
  std::array<RealSegment, 1> reals{
      RealSegment{&layout.segments[0], std::vector<double>(vectors.size())}};
  for (std::size_t k = 0; k < vectors.size(); ++k) {
    reals[0].values[k] = static_cast<double>(customers) *
                         (static_cast<double>(trained[k]) - static_cast<double>(vectors[k]));
  }
  const std::array<std::int64_t, 1> integers{customers};
  return encode(reals, integers, layout, random);
}

}  // namespace

Result<Contribution> contribute(const TaskPlan& plan, const SumRequest& request,
                                const Interactions& interactions, Random& random) {
  GS_CHECK(plan.validate());
  if (interactions.items() != plan.items) {
    return Error{ModelsErrc::wrong_shape, "the data has " + std::to_string(interactions.items()) +
                                              " items, the plan " + std::to_string(plan.items)};
  }
  if (interactions.customers() > plan.customers_max) {
    return Error{ModelsErrc::out_of_range, std::to_string(interactions.customers()) +
                                               " customers, the plan allows " +
                                               std::to_string(plan.customers_max)};
  }
  if (plan.kind == TaskKind::popularity && request.step_kind == detail::kCountsStep) {
    return contribute_counts(plan, request, interactions);
  }
  if (plan.kind == TaskKind::ease && request.step_kind == detail::kGramStep) {
    return contribute_gram(plan, request, interactions);
  }
  if (plan.kind == TaskKind::ials && request.step_kind == "ials.gradient") {
    return contribute_gradient(plan, request, interactions, random);
  }
  if (plan.kind == TaskKind::ials && request.step_kind == "ials.product") {
    return contribute_product(plan, request, interactions, random);
  }
  if ((plan.kind == TaskKind::bpr || plan.kind == TaskKind::softmax) &&
      request.step_kind == detail::kDeltaStep) {
    return contribute_delta(plan, request, interactions, random);
  }
  return Error{ModelsErrc::wrong_step, "'" + request.step_kind + "' is no step of a " +
                                           std::string{to_string(plan.kind)} + " task"};
}

}  // namespace guildsum::models
