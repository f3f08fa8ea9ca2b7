#include <algorithm>
#include <chrono>
#include <cmath>
#include <map>
#include <memory>
#include <vector>

#include <Eigen/Core>
#include <benchmark/benchmark.h>

#include "base/random.hpp"
#include "base/thread_pool.hpp"
#include "interleaved.hpp"
#include "models/gradient.hpp"
#include "models/half_step.hpp"
#include "models/kernels/kernels.hpp"
#include "synthetic_pairs.hpp"

/// One epoch of training over synthetic pairs, 64 factors, one thread. The references are the same
/// work in a straightforward form; what each is stands above it.
namespace guildsum::bench {
namespace {

using models::HalfStep;
using models::IalsPlan;
using models::Interactions;

constexpr std::uint32_t kFactors = 64;
constexpr std::uint32_t kGradientSteps = 3;

struct Pairs {
  explicit Pairs(std::size_t count)
      : by_customer{synthetic_pairs(count, 1)}, by_item{by_customer.transposed()} {}
  Interactions by_customer;
  Interactions by_item;
};

const Pairs& pairs_of(const benchmark::State& state) {
  static std::map<std::size_t, std::unique_ptr<Pairs>> made;
  const auto count = static_cast<std::size_t>(state.range(0));
  auto& pairs = made[count];
  if (pairs == nullptr) pairs = std::make_unique<Pairs>(count);
  return *pairs;
}

/// Factors of both sides and the two half steps between them.
struct Alternation {
  explicit Alternation(const Pairs& data)
      : pairs{data},
        customers{Draws{1}.factors(kSyntheticCustomers, kFactors, 0.1)},
        items{Draws{2}.factors(kSyntheticItems, kFactors, 0.1)} {
    plan.factors = kFactors;
    plan.unobserved_weight = 0.01;
    plan.regularisation = 0.003;
  }
  [[nodiscard]] HalfStep for_customers(ThreadPool* threads) const {
    return {plan, items, pairs.by_customer, kSyntheticItems, threads};
  }
  [[nodiscard]] HalfStep for_items(ThreadPool* threads) const {
    return {plan, customers, pairs.by_item, kSyntheticCustomers, threads};
  }
  void step(ThreadPool* threads = nullptr) {
    models::take_half_step(for_customers(threads), kGradientSteps, customers);
    models::take_half_step(for_items(threads), kGradientSteps, items);
  }
  bool solve(ThreadPool* threads = nullptr) {
    auto solved = models::solve_half_step(for_customers(threads));
    if (solved.has_error()) return false;
    customers = std::move(solved).value();
    solved = models::solve_half_step(for_items(threads));
    if (solved.has_error()) return false;
    items = std::move(solved).value();
    return true;
  }

  IalsPlan plan;
  const Pairs& pairs;
  std::vector<float> customers;
  std::vector<float> items;
};

/// a X^T X, and the regularisation of every row.
struct PlainSystems {
  explicit PlainSystems(const HalfStep& half) : shared(kFactors * kFactors) {
    models::kernels::best_kernels<models::kernels::DenseKernels>().gram(
        half.factors.data(), half.factors.size() / kFactors, kFactors,
        static_cast<float>(half.plan.unobserved_weight), shared.data());
    for (std::size_t row = 0; row < half.matrix.customers(); ++row) {
      const double frequency = static_cast<double>(half.matrix.row(row).size()) +
                               half.plan.unobserved_weight * half.column_total;
      regularisation.push_back(static_cast<float>(half.plan.regularisation * frequency));
    }
  }
  std::vector<float> shared;
  std::vector<float> regularisation;
};

/// Conjugate gradients as a textbook has them, with Eigen's vectors: each product walks through the
/// row's factors where they lie. Compiled for every CPU, as Eigen is without kernels of one's own.
void plain_steps(const HalfStep& half, std::vector<float>& rows) {
  using Vector = Eigen::Matrix<float, kFactors, 1>;
  const PlainSystems systems{half};
  const Eigen::Map<const Eigen::Matrix<float, kFactors, kFactors>> shared{systems.shared.data()};
  for (std::size_t row = 0; row < half.matrix.customers(); ++row) {
    const auto factors_of = [&](models::ItemIndex column) {
      return Eigen::Map<const Vector>{half.factors.data() + std::size_t{column} * kFactors};
    };
    Eigen::Map<Vector> x{rows.data() + row * kFactors};
    const float regularisation = systems.regularisation[row];
    Vector r = -(shared * x) - regularisation * x;
    for (const auto column : half.matrix.row(row)) {
      r += (1 - factors_of(column).dot(x)) * factors_of(column);
    }
    Vector p = r;
    float norm = r.squaredNorm();
    for (std::uint32_t step = 0; step < kGradientSteps; ++step) {
      Vector product = shared * p + regularisation * p;
      for (const auto column : half.matrix.row(row)) {
        product += factors_of(column).dot(p) * factors_of(column);
      }
      const float length = norm / p.dot(product);
      x += length * p;
      r -= length * product;
      const float after = r.squaredNorm();
      p = r + after / norm * p;
      norm = after;
    }
  }
}

float largest_gap(const std::vector<float>& a, const std::vector<float>& b) {
  float gap = 0;
  for (std::size_t k = 0; k < a.size(); ++k) gap = std::max(gap, std::abs(a[k] - b[k]));
  return gap;
}

constexpr float kGapMax = 2e-3F;  // Of factors around 0.1 to 1, after one epoch in floats.

void als_cg(benchmark::State& state) {
  const Pairs& pairs = pairs_of(state);
  Alternation subject{pairs};
  Alternation reference{pairs};
  compare_times(
      state, [&] { subject.step(); },
      [&] {
        plain_steps(reference.for_customers(nullptr), reference.customers);
        plain_steps(reference.for_items(nullptr), reference.items);
      });
  const float gap = largest_gap(subject.items, reference.items);
  state.counters["largest_gap"] = static_cast<double>(gap);
  if (!(gap < kGapMax)) state.SkipWithError("the kernel and the plain form differ");
}

/// Eigen's own kernels for this CPU, one Gram and one Cholesky after the other.
std::vector<float> plain_solutions(const HalfStep& half) {
  const PlainSystems systems{half};
  std::vector<float> rows(half.matrix.customers() * kFactors);
  models::kernels::best_kernels<models::kernels::DenseKernels>().solve_rows(
      half.factors.data(), kFactors, systems.shared.data(), half.matrix.offsets().data(),
      half.matrix.columns().data(), systems.regularisation.data(), 0, half.matrix.customers(),
      rows.data());
  return rows;
}

void als_exact(benchmark::State& state) {
  const Pairs& pairs = pairs_of(state);
  Alternation subject{pairs};
  Alternation reference{pairs};
  bool definite = true;
  compare_times(
      state, [&] { definite = subject.solve() && definite; },
      [&] {
        reference.customers = plain_solutions(reference.for_customers(nullptr));
        reference.items = plain_solutions(reference.for_items(nullptr));
      });
  const float gap = largest_gap(subject.items, reference.items);
  state.counters["largest_gap"] = static_cast<double>(gap);
  if (!definite || !(gap < kGapMax)) state.SkipWithError("the kernel and Eigen differ");
}

/// Time on the clock with one thread per core; `ratio` is that of one thread divided by it.
template <class Epoch>
void on_all_cores(benchmark::State& state, const Epoch& epoch) {
  const Pairs& pairs = pairs_of(state);
  ThreadPool pool;
  Alternation together{pairs};
  Alternation alone{pairs};
  const auto seconds = [](const auto& work) {
    const auto start = std::chrono::steady_clock::now();
    work();
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  };
  std::vector<double> ratios;
  for (auto _ : state) {
    const double single = seconds([&] { epoch(alone, nullptr); });
    const double shared = seconds([&] { epoch(together, &pool); });
    state.SetIterationTime(shared);
    ratios.push_back(single / shared);
  }
  state.counters["ratio"] = median(ratios);
  if (together.items != alone.items) state.SkipWithError("threads changed the result");
}

void als_cg_all_cores(benchmark::State& state) {
  on_all_cores(state, [](Alternation& one, ThreadPool* threads) { one.step(threads); });
}

void als_exact_all_cores(benchmark::State& state) {
  on_all_cores(state, [](Alternation& one, ThreadPool* threads) { one.solve(threads); });
}

/// Plain loops over the same model and as many samples, drawn one after the other.
void plain_bpr(const models::GradientPlan& plan, const Interactions& data,
               std::vector<float>& vectors) {
  const std::size_t stride = plan.factors + std::size_t{1};
  Draws random{1};
  std::vector<float> customers(data.customers() * stride, 0.0F);
  for (std::size_t u = 0; u < data.customers(); ++u) {
    const float share = 1.0F / std::sqrt(static_cast<float>(data.row(u).size()));
    for (const auto item : data.row(u)) {
      for (std::size_t k = 0; k < plan.factors; ++k) {
        customers[u * stride + k] += share * vectors[item * stride + k];
      }
    }
    customers[u * stride + plan.factors] = 1.0F;
  }
  std::vector<std::pair<std::uint32_t, std::uint32_t>> samples;
  for (std::uint32_t u = 0; u < data.customers(); ++u) {
    for (const auto item : data.row(u)) samples.emplace_back(u, item);
  }
  for (std::size_t k = samples.size(); k > 1; --k) {
    std::swap(samples[k - 1], samples[random.below(static_cast<std::uint32_t>(k))]);
  }
  const auto rate = static_cast<float>(plan.local_rate);
  const auto decay = static_cast<float>(plan.regularisation);
  for (const auto& [user, bought] : samples) {
    std::uint32_t other = random.below(data.items());
    while (std::ranges::binary_search(data.row(user), other)) other = random.below(data.items());
    const float* const w = customers.data() + user * stride;
    float* const liked = vectors.data() + bought * stride;
    float* const unknown = vectors.data() + other * stride;
    float x = 0;
    for (std::size_t k = 0; k < stride; ++k) x += w[k] * (liked[k] - unknown[k]);
    const float gradient = 1.0F / (1.0F + std::exp(x));
    for (std::size_t k = 0; k < stride; ++k) {
      liked[k] += rate * (gradient * w[k] - decay * liked[k]);
      unknown[k] += rate * (-gradient * w[k] - decay * unknown[k]);
    }
  }
}

/// One local epoch of a shop: customers' vectors, order, negatives and steps.
void bpr(benchmark::State& state) {
  const Interactions& data = pairs_of(state).by_customer;
  models::GradientPlan plan;
  plan.factors = kFactors;
  plan.rounds = 1;
  plan.local_epochs = 1;
  plan.negatives = 1;
  std::vector<float> plain(std::size_t{kSyntheticItems} * (kFactors + 1), 0.0F);
  const auto start = Draws{1}.factors(kSyntheticItems, kFactors, 0.1);
  for (std::size_t i = 0; i < kSyntheticItems; ++i) {
    std::copy_n(start.data() + i * kFactors, kFactors, plain.data() + i * (kFactors + 1));
  }
  SeededRandom random{1};
  bool trained = true;
  compare_times(
      state, [&] { trained = models::train_bpr(plan, data, random).has_value() && trained; },
      [&] { plain_bpr(plan, data, plain); });
  if (!trained) state.SkipWithError("training diverged");
}

void million_and_ten(benchmark::internal::Benchmark* benchmark) {
  benchmark->Unit(benchmark::kMillisecond)->Iterations(1);
  benchmark->Arg(1'000'000)->Arg(10'000'000);
}

BENCHMARK(als_cg)->Apply(million_and_ten)->MeasureProcessCPUTime();
BENCHMARK(als_exact)->Apply(million_and_ten)->MeasureProcessCPUTime();
BENCHMARK(als_cg_all_cores)->Apply(million_and_ten)->UseManualTime();
BENCHMARK(als_exact_all_cores)->Apply(million_and_ten)->UseManualTime();
BENCHMARK(bpr)->Apply(million_and_ten)->MeasureProcessCPUTime();

}  // namespace
}  // namespace guildsum::bench
