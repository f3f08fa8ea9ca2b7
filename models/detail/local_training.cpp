#include "models/detail/local_training.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "base/bytes.hpp"
#include "models/detail/aligned.hpp"
#include "models/detail/delta_task.hpp"
#include "models/detail/split_mix.hpp"
#include "models/errors.hpp"
#include "models/kernels/local_steps.hpp"

namespace guildsum::models::detail {
namespace {

constexpr std::size_t kTriplesAtOnce = 4'096;  // 48 KiB: stays in the cache between fill and use.
constexpr std::size_t kPurchasesAhead = 8;     // Purchases between fetching a row and using it.
constexpr std::size_t kCustomersAtOnce = 64;   // Rows of a softmax minibatch.

std::uint64_t seed_from(Random& random) {
  std::array<std::byte, 8> raw;
  random.fill(raw);
  return load_le<std::uint64_t>(raw);
}

template <class Value>
void shuffle(std::vector<Value>& values, SplitMix64& random) {
  for (std::size_t k = values.size(); k > 1; --k) {
    std::swap(values[k - 1], values[random.below(static_cast<std::uint32_t>(k))]);
  }
}

/// Copies rows of `from` values into rows of `to`, cutting or padding with zeros.
template <class Values>
Values restride(std::span<const float> values, std::size_t from, std::size_t to) {
  const std::size_t rows = values.size() / from;
  Values out(rows * to, 0.0F);
  for (std::size_t row = 0; row < rows; ++row) {
    std::copy_n(values.data() + row * from, std::min(from, to), out.data() + row * to);
  }
  return out;
}

/// Vectors of one local training, padded for the kernels.
struct Training {
  const GradientPlan& plan;
  const Interactions& data;
  std::size_t stride;
  AlignedFloats users;  // [customers x stride]
  AlignedFloats start;  // [items x stride]
  AlignedFloats items;  // [items x stride]
  SplitMix64 random;
};

/// A purchase whose customer has not bought everything, so that there is a negative for it.
struct Purchase {
  std::uint32_t user;
  ItemIndex item;
};

std::vector<Purchase> purchases_with_negatives(const Interactions& data) {
  std::vector<Purchase> purchases;
  purchases.reserve(data.pairs());
  for (std::size_t u = 0; u < data.customers(); ++u) {
    const auto row = data.row(u);
    if (row.size() == data.items()) continue;
    for (const auto item : row) purchases.push_back({static_cast<std::uint32_t>(u), item});
  }
  return purchases;
}

/// Binary search without a branch to mispredict: the sides are taken by chance.
bool contains(std::span<const ItemIndex> bought, ItemIndex item) noexcept {
  const ItemIndex* first = bought.data();
  for (std::size_t left = bought.size(); left > 1;) {
    const std::size_t half = left / 2;
    first += first[half] <= item ? half : 0;
    left -= half;
  }
  return !bought.empty() && *first == item;
}

ItemIndex draw_negative(std::span<const ItemIndex> bought, std::uint32_t items,
                        SplitMix64& random) {
  while (true) {
    const ItemIndex item = random.below(items);
    if (!contains(bought, item)) return item;
  }
}

/// Fetches what `draw_negative` will read for later purchases of a random order: where a row
/// begins, and half as far ahead its middle, where the search begins.
void fetch_rows(const Interactions& data, std::span<const Purchase> purchases, std::size_t at) {
  if (at + 2 * kPurchasesAhead >= purchases.size()) return;
  const auto offsets = data.offsets();
  __builtin_prefetch(&offsets[purchases[at + 2 * kPurchasesAhead].user]);
  const std::size_t user = purchases[at + kPurchasesAhead].user;
  __builtin_prefetch(&data.columns()[(offsets[user] + offsets[user + 1]) / 2]);
}

void train_bpr(Training& training) {
  const auto& plan = training.plan;
  auto purchases = purchases_with_negatives(training.data);
  std::vector<kernels::BprTriple> triples;
  triples.reserve(kTriplesAtOnce);
  const auto flush = [&] {
    kernels::best_kernels<kernels::LocalKernels>().bpr_steps(
        {training.users.data(), training.items.data(), training.start.data(), training.stride,
         triples.data(), triples.size(), static_cast<float>(plan.local_rate),
         static_cast<float>(plan.regularisation), static_cast<float>(plan.proximal)});
    triples.clear();
  };
  for (std::uint32_t epoch = 0; epoch < plan.local_epochs; ++epoch) {
    shuffle(purchases, training.random);
    for (std::size_t at = 0; at < purchases.size(); ++at) {
      const auto [user, item] = purchases[at];
      fetch_rows(training.data, purchases, at);
      for (std::uint32_t k = 0; k < plan.negatives; ++k) {
        triples.push_back(
            {user, item,
             draw_negative(training.data.row(user), training.data.items(), training.random)});
        if (triples.size() == kTriplesAtOnce) flush();
      }
    }
    flush();
  }
}

/// The items over which one minibatch normalises its softmax.
class Candidates {
 public:
  Candidates(std::uint32_t items, std::uint32_t limit)
      : items_(items), position_(items, kNone), drawn_{std::min(items, limit)} {
    std::iota(items_.begin(), items_.end(), ItemIndex{0});
    listed_ = items_;
    if (drawn_ == items) std::ranges::copy(items_, position_.begin());
  }

  /// Draws the items of one minibatch and adds what its customers bought.
  void draw(const Interactions& data, std::span<const std::uint32_t> users, SplitMix64& random) {
    if (is_exact()) return;
    for (const auto item : listed_) position_[item] = kNone;
    listed_.clear();
    for (std::uint32_t k = 0; k < drawn_; ++k) {
      const auto rest = static_cast<std::uint32_t>(items_.size()) - k;
      std::swap(items_[k], items_[k + random.below(rest)]);
      list(items_[k]);
    }
    for (const auto user : users) {
      for (const auto item : data.row(user)) list(item);
    }
  }

  /// Fills one customer's corrections [listed().size()]: 0 for what she bought, for drawn items the
  /// logarithm of how many items each stands for, and nothing of what only others bought.
  void correct(std::span<const ItemIndex> bought, std::span<float> logits) const {
    if (is_exact()) {
      std::ranges::fill(logits, 0.0F);
      return;
    }
    std::size_t drawn_bought = 0;
    for (const auto item : bought) drawn_bought += position_[item] < drawn_;
    const auto others = static_cast<double>(items_.size() - bought.size());
    const auto drawn_others = static_cast<double>(drawn_ - drawn_bought);
    const auto correction =
        drawn_others > 0 ? static_cast<float>(std::log(others / drawn_others)) : 0.0F;
    std::ranges::fill(logits.first(drawn_), correction);
    std::ranges::fill(logits.subspan(drawn_), -std::numeric_limits<float>::infinity());
    for (const auto item : bought) logits[position_[item]] = 0;
  }

  [[nodiscard]] bool is_exact() const noexcept { return drawn_ == items_.size(); }
  [[nodiscard]] const std::vector<ItemIndex>& listed() const noexcept { return listed_; }
  [[nodiscard]] std::size_t position(ItemIndex item) const noexcept { return position_[item]; }

 private:
  static constexpr std::uint32_t kNone = std::numeric_limits<std::uint32_t>::max();

  void list(ItemIndex item) {
    if (position_[item] != kNone) return;
    position_[item] = static_cast<std::uint32_t>(listed_.size());
    listed_.push_back(item);
  }

  std::vector<ItemIndex> items_;         // All items; the first drawn_ are the draw.
  std::vector<std::uint32_t> position_;  // Of an item in listed_.
  std::vector<ItemIndex> listed_;        // Drawn items, then others that were bought.
  std::uint32_t drawn_;
};

/// One step over the customers `users` for the items of `candidates`.
class SoftmaxStep {
 public:
  explicit SoftmaxStep(Training& training) : training_{training} {}

  void take(const Candidates& candidates, std::span<const std::uint32_t> users) {
    gather(candidates, users);
    const auto count = candidates.listed().size();
    kernels::best_kernels<kernels::LocalKernels>().softmax_gradient(
        {users_.data(), users.size(), items_.data(), count, training_.stride, totals_.data(),
         logits_.data(), gradient_.data()});
    add_purchases(candidates, users);
    move(candidates, static_cast<float>(users.size()));
  }

 private:
  void gather(const Candidates& candidates, std::span<const std::uint32_t> users) {
    const std::size_t stride = training_.stride;
    const std::size_t count = candidates.listed().size();
    users_.resize(users.size() * stride);
    totals_.resize(users.size());
    logits_.resize(users.size() * count);
    gradient_.resize(count * stride);
    for (std::size_t k = 0; k < users.size(); ++k) {
      const auto bought = training_.data.row(users[k]);
      std::copy_n(training_.users.data() + users[k] * stride, stride, users_.data() + k * stride);
      totals_[k] = static_cast<float>(bought.size());
      candidates.correct(bought, std::span{logits_}.subspan(k * count, count));
    }
    items_.resize(count * stride);
    for (std::size_t k = 0; k < count; ++k) {
      std::copy_n(training_.items.data() + candidates.listed()[k] * stride, stride,
                  items_.data() + k * stride);
    }
  }

  void add_purchases(const Candidates& candidates, std::span<const std::uint32_t> users) {
    const std::size_t stride = training_.stride;
    for (std::size_t k = 0; k < users.size(); ++k) {
      const float* const w = users_.data() + k * stride;
      for (const auto item : training_.data.row(users[k])) {
        float* const row = gradient_.data() + candidates.position(item) * stride;
        for (std::size_t i = 0; i < stride; ++i) row[i] += w[i];
      }
    }
  }

  void move(const Candidates& candidates, float customers) {
    const std::size_t stride = training_.stride;
    const auto rate = static_cast<float>(training_.plan.local_rate);
    const float decay = customers * static_cast<float>(training_.plan.regularisation);
    const float pull = customers * static_cast<float>(training_.plan.proximal);
    for (std::size_t k = 0; k < candidates.listed().size(); ++k) {
      const std::size_t at = candidates.listed()[k] * stride;
      for (std::size_t i = 0; i < stride; ++i) {
        float& h = training_.items[at + i];
        h += rate * (gradient_[k * stride + i] - decay * h - pull * (h - training_.start[at + i]));
      }
    }
  }

  Training& training_;
  AlignedFloats users_;        // [users x stride]
  AlignedFloats items_;        // [candidates x stride]
  std::vector<float> totals_;  // [users]
  AlignedFloats logits_;       // [users x candidates]
  AlignedFloats gradient_;     // [candidates x stride]
};

void train_softmax(Training& training) {
  std::vector<std::uint32_t> active;
  for (std::size_t u = 0; u < training.data.customers(); ++u) {
    if (!training.data.row(u).empty()) active.push_back(static_cast<std::uint32_t>(u));
  }
  Candidates candidates{training.data.items(), training.plan.candidates};
  SoftmaxStep step{training};
  for (std::uint32_t epoch = 0; epoch < training.plan.local_epochs; ++epoch) {
    shuffle(active, training.random);
    for (std::size_t first = 0; first < active.size(); first += kCustomersAtOnce) {
      const auto users =
          std::span{active}.subspan(first, std::min(kCustomersAtOnce, active.size() - first));
      candidates.draw(training.data, users, training.random);
      step.take(candidates, users);
    }
  }
}

}  // namespace

std::size_t padded_stride(std::size_t factors) noexcept {
  return (factors + kernels::kRowGroup) / kernels::kRowGroup * kernels::kRowGroup;
}

AlignedFloats fold_in_customers(std::span<const float> vectors, std::size_t factors,
                                const Interactions& interactions) {
  const std::size_t stride = padded_stride(factors);
  AlignedFloats users(interactions.customers() * stride, 0.0F);
  for (std::size_t u = 0; u < interactions.customers(); ++u) {
    const auto row = interactions.row(u);
    if (row.empty()) continue;
    float* const w = users.data() + u * stride;
    for (const auto item : row) {
      const float* const h = vectors.data() + item * (factors + 1);
      for (std::size_t k = 0; k < factors; ++k) w[k] += h[k];
    }
    const float norm = 1.0F / std::sqrt(static_cast<float>(row.size()));
    for (std::size_t k = 0; k < factors; ++k) w[k] *= norm;
    w[factors] = 1.0F;
  }
  return users;
}

Result<std::vector<float>> train_locally(const TaskPlan& plan, std::span<const float> vectors,
                                         const Interactions& interactions, Random& random) {
  if (interactions.items() != plan.items || vectors.size() != vectors_length(plan)) {
    return Error{ModelsErrc::wrong_shape, "item vectors do not fit the item list"};
  }
  const std::size_t d = plan.gradient.factors;
  const std::size_t stride = padded_stride(d);
  auto items = restride<AlignedFloats>(vectors, d + 1, stride);
  Training training{plan.gradient,
                    interactions,
                    stride,
                    fold_in_customers(vectors, d, interactions),
                    items,
                    std::move(items),
                    SplitMix64{seed_from(random)}};
  if (plan.kind == TaskKind::bpr) {
    train_bpr(training);
  } else {
    train_softmax(training);
  }
  auto trained = restride<std::vector<float>>(training.items, stride, d + 1);
  if (!std::ranges::all_of(trained, [](float value) { return std::isfinite(value); })) {
    return Error{ModelsErrc::not_finite, "local training diverged; lower local_rate"};
  }
  return trained;
}

}  // namespace guildsum::models::detail
