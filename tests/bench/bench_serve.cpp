#include <algorithm>
#include <chrono>
#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

#include <benchmark/benchmark.h>

#include "base/clock.hpp"
#include "base/json.hpp"
#include "base/random.hpp"
#include "models/ials.hpp"
#include "participant/serving/local_api.hpp"
#include "participant/serving/recommendations.hpp"
#include "participant/store/purchase_store.hpp"
#include "synthetic_pairs.hpp"

/// GET /v1/recommendations without the socket: the query's parameters, the customer's row in the
/// store, ten items by an iALS model, and the JSON.
namespace guildsum::bench {
namespace {

using namespace guildsum::participant;

constexpr std::size_t kCustomers = 500;
constexpr std::size_t kPurchases = 20;

std::string customer_id(std::size_t customer) { return "customer-" + std::to_string(customer); }
std::string item_id(std::size_t item) { return "item-" + std::to_string(item); }

template <class T>
T done(Result<T> result) {
  if (result.has_error()) throw std::runtime_error{result.error().message()};
  return std::move(result).value();
}
void done(const Result<>& result) {
  if (result.has_error()) throw std::runtime_error{result.error().message()};
}

models::Vocabulary catalogue(std::uint32_t items) {
  std::vector<models::Item> list;
  for (std::uint32_t i = 0; i < items; ++i) list.push_back({item_id(i), "Item " + item_id(i)});
  return done(models::Vocabulary::build(std::move(list)));
}

/// A shop with customers of twenty purchases and a model of random factors.
struct Shop {
  Shop(std::uint32_t items, std::uint32_t factors) : shelf{catalogue(items), "ials"} {
    PurchaseStore::Import import{purchases, false};
    Draws draws{3};
    for (std::size_t u = 0; u < kCustomers; ++u) {
      for (std::size_t k = 0; k < kPurchases; ++k) {
        PurchaseEvent event;
        event.customer = customer_id(u);
        event.item = item_id(draws.below(items));
        event.time = Clock::Wall{std::chrono::days{20'000 + k}};
        done(import.add(event, "bench.csv"));
      }
    }
    done(import.finish());
    shelf.put_data(std::make_shared<const ShopData>(done(purchases.load(shelf.vocabulary()))));
    models::FactorModel model{items, factors, Draws{1}.factors(items, factors, 1.0), {}};
    model.plan.factors = factors;
    shelf.put({"ials", protocol::ModelVersion{1}, done(models::make_ials(model))});
  }
  ManualClock clock;
  std::unique_ptr<Store> store = done(Store::open_in_memory(clock));
  Pseudonymizer pseudonyms{Bytes(32, std::byte{9})};
  PurchaseStore purchases{*store, pseudonyms};
  ModelShelf shelf;
  SeededRandom random{4};
};

/// One answer; its length.
std::size_t answer(Shop& shop, std::size_t customer, const std::string& explain) {
  const net::Parameters parameters{{"user", customer_id(customer)}, {"explain", explain}};
  const auto query = done(parse_recommendation_query(parameters));
  const auto found = done(recommend_for(query, shop.shelf, shop.purchases, shop.random));
  return json::compact(to_json(found, query.explain)).size();
}

double percentile(std::vector<double>& values, double share) {
  const auto at = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
  std::nth_element(values.begin(), values.begin() + at, values.end());
  return values[static_cast<std::size_t>(at)];
}

void serve(benchmark::State& state, const std::string& explain) {
  Shop shop{static_cast<std::uint32_t>(state.range(0)), static_cast<std::uint32_t>(state.range(1))};
  Draws draws{5};
  std::vector<double> milliseconds;
  std::size_t bytes = 0;
  for (auto _ : state) {
    const auto start = std::chrono::steady_clock::now();
    bytes += answer(shop, draws.below(kCustomers), explain);
    const auto end = std::chrono::steady_clock::now();
    milliseconds.push_back(std::chrono::duration<double, std::milli>(end - start).count());
  }
  state.SetItemsProcessed(state.iterations());
  state.counters["p50_ms"] = percentile(milliseconds, 0.50);
  state.counters["p99_ms"] = percentile(milliseconds, 0.99);
  state.counters["answer_bytes"] =
      static_cast<double>(bytes) / static_cast<double>(milliseconds.size());
}

void serve_top_n(benchmark::State& state) { serve(state, "0"); }
void serve_top_n_explained(benchmark::State& state) { serve(state, "1"); }

BENCHMARK(serve_top_n)->Args({20'000, 64})->MeasureProcessCPUTime()->Unit(benchmark::kMicrosecond);
BENCHMARK(serve_top_n_explained)
    ->Args({20'000, 64})
    ->MeasureProcessCPUTime()
    ->Unit(benchmark::kMicrosecond);

}  // namespace
}  // namespace guildsum::bench
