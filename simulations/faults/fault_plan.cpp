#include "simulations/faults/fault_plan.hpp"

#include <array>

#include <boost/json.hpp>

namespace guildsum::simulations {
namespace {

constexpr std::array<std::string_view, kFaultKinds> kNames{
    "lose_request",   "lose_answer", "delay",     "duplicate", "shop_crash", "coordinator_crash",
    "ledger_failure", "partition",   "departure", "slow",      "skew",      "upload_lost"};
constexpr std::array<std::string_view, 6> kPhases{
    "check-in", "key shares", "masked input", "survivor signature", "unmasking", "vote"};
constexpr std::array<std::string_view, 4> kCrashes{"before it", "with a torn write",
                                                   "with a write of garbage", "after it"};
constexpr std::uint64_t kSlowFactor = 10;
/// How hard a seed is hit, in quarters of the scenario's rates.
constexpr std::array<double, 4> kIntensities{0.25, 0.5, 1.0, 1.5};
enum : std::uint64_t {
  kShopsStream = 20,
  kAttackStream = 30,
  kIntensityStream = 100,
  kChanceStream = 200,
  kValueStream = 300
};
/// Probabilities are drawn in millionths.
constexpr std::uint64_t kParts = 1'000'000;

/// The finaliser of SplitMix64 (Steele, Lea and Flood 2014).
std::uint64_t mixed(std::uint64_t z) noexcept {
  z += 0x9e3779b97f4a7c15U;
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
  return z ^ (z >> 31);
}

std::string nth(std::uint64_t at) { return std::to_string(at); }

}  // namespace

std::string_view to_string(FaultKind kind) noexcept {
  return kNames[static_cast<std::size_t>(kind)];
}

std::string describe(const Fault& fault) {
  const std::string shop = "shop " + std::to_string(fault.shop);
  const std::string ms = std::to_string(fault.value / 8) + " ms";
  switch (fault.kind) {
    case FaultKind::lose_request:
      return shop + ": request " + nth(fault.at) + " is lost";
    case FaultKind::lose_answer:
      return shop + ": the answer to request " + nth(fault.at) + " is lost";
    case FaultKind::delay:
      return shop + ": request " + nth(fault.at) + " is " + nth(fault.value) + " ms late";
    case FaultKind::duplicate:
      return shop + ": request " + nth(fault.at) + " arrives again after " + nth(fault.value) +
             " ms";
    case FaultKind::shop_crash:
      return shop + ": crashes at step " + nth(fault.at) + ", " +
             std::string{kCrashes[fault.value % 4]} + ", down for " + ms;
    case FaultKind::coordinator_crash:
      return "coordinator: crashes " + std::string{fault.value % 8 == 1 ? "after" : "before"} +
             " transaction " + nth(fault.at) + ", down for " + ms;
    case FaultKind::ledger_failure:
      return "coordinator: transaction " + nth(fault.at) + " fails" +
             (fault.value == 1 ? ", yet it was written" : "");
    case FaultKind::partition:
      return shop + ": cut off at " + nth(fault.at) + " ms for " + nth(fault.value) + " ms";
    case FaultKind::departure:
      return shop + ": leaves attempt " + nth(fault.at) + " after its " +
             std::string{kPhases[fault.value % 8 % 6]} +
             (fault.value / 8 == 0 ? " for good" : " for " + ms);
    case FaultKind::slow:
      return shop + ": " + nth(fault.value) + " times as slow";
    case FaultKind::skew:
      return shop + ": clock off by " + std::to_string(static_cast<std::int64_t>(fault.value)) +
             " ms";
    case FaultKind::upload_lost:
      return "coordinator: of upload " + nth(fault.at) + " of " + shop +
             (fault.value == 1 ? " the end is lost" : " a byte changes") + " on the disk";
  }
  return {};
}

boost::json::object to_json(const Fault& fault) {
  return {{"kind", to_string(fault.kind)},
          {"shop", fault.shop},
          {"at", fault.at},
          {"value", static_cast<std::int64_t>(fault.value)},
          {"text", describe(fault)}};
}

FaultPlan::FaultPlan(const Scenario& scenario, std::uint64_t seed, std::uint32_t shops)
    : scenario_{scenario}, seed_{seed}, shops_{shops} {
  // A sweep is about the rates as they are.
  if (scenario.sweep.key.empty()) {
    intensity_ = kIntensities[draw(kIntensityStream, 0, 0, kIntensities.size())];
  }
}

FaultPlan::FaultPlan(const Scenario& scenario, std::uint64_t seed, std::uint32_t shops,
                     const std::vector<Fault>& script)
    : FaultPlan{scenario, seed, shops} {
  script_.emplace();
  for (const Fault& fault : script) {
    script_->emplace(std::tuple{fault.kind, fault.shop, fault.at}, fault);
  }
}

std::uint64_t FaultPlan::draw(std::uint64_t stream, std::uint64_t a, std::uint64_t b,
                              std::uint64_t bound) const noexcept {
  const std::uint64_t word = mixed(mixed(mixed(mixed(seed_) ^ stream) ^ a) ^ b);
  return bound == 0 ? 0 : word % bound;
}

bool FaultPlan::chance(double probability, FaultKind kind, std::uint64_t a,
                       std::uint64_t b) const noexcept {
  const auto stream = kChanceStream + static_cast<std::uint64_t>(kind);
  return static_cast<double>(draw(stream, a, b, kParts)) <
         probability * intensity_ * static_cast<double>(kParts);
}

double FaultPlan::rate(FaultKind kind) const noexcept {
  const FaultRates& rates = scenario_.faults;
  switch (kind) {
    case FaultKind::lose_request:
      return rates.lose_request;
    case FaultKind::lose_answer:
      return rates.lose_answer;
    case FaultKind::delay:
      return rates.delay;
    case FaultKind::duplicate:
      return rates.duplicate;
    case FaultKind::shop_crash:
      return rates.shop_crash;
    case FaultKind::coordinator_crash:
      return rates.coordinator_crash;
    case FaultKind::ledger_failure:
      return rates.ledger_failure;
    case FaultKind::partition:
      return rates.partition;
    case FaultKind::departure:
      return rates.departure;
    case FaultKind::slow:
      return rates.slow;
    case FaultKind::skew:
      return rates.skew_max.count() > 0 ? 1 : 0;
    case FaultKind::upload_lost:
      return rates.upload_lost;
  }
  return 0;
}

std::uint64_t FaultPlan::value_of(FaultKind kind, std::uint32_t shop, std::uint64_t at) const {
  const auto below = [&](std::uint64_t part, std::int64_t bound) {
    const std::uint64_t stream = kValueStream + 20 * part + static_cast<std::uint64_t>(kind);
    return draw(stream, shop, at, static_cast<std::uint64_t>(bound));
  };
  const FaultRates& rates = scenario_.faults;
  switch (kind) {
    case FaultKind::delay:
    case FaultKind::duplicate:
      return 1 + below(0, rates.delay_max.count());
    case FaultKind::shop_crash:
      return below(0, 4) + 8 * below(1, scenario_.restart_max.count());
    case FaultKind::coordinator_crash:
      return below(0, 2) + 8 * below(1, scenario_.restart_max.count());
    case FaultKind::ledger_failure:
    case FaultKind::upload_lost:
      return below(0, 2);
    case FaultKind::partition:
      return 1 + below(0, rates.partition_max.count());
    case FaultKind::departure: {
      const auto phase = below(0, 6);
      const bool for_good = rates.departure_max.count() == 0 ||
                            static_cast<double>(below(2, kParts)) <
                                rates.departure_for_good * static_cast<double>(kParts);
      return for_good ? phase : phase + 8 * (1 + below(1, rates.departure_max.count()));
    }
    case FaultKind::slow:
      return kSlowFactor;
    case FaultKind::skew:
      return below(0, 2 * rates.skew_max.count() + 1) -
             static_cast<std::uint64_t>(rates.skew_max.count());
    default:
      return 0;
  }
}

std::vector<Fault> FaultPlan::initial() {
  std::vector<Fault> faults;
  const auto add = [&](FaultKind kind, std::uint32_t shop, std::uint64_t at) {
    if (script_) {
      for (const auto& [key, fault] : *script_) {
        if (fault.kind == kind && fault.shop == shop) faults.push_back(fault);
      }
      return;
    }
    if (chance(rate(kind), kind, shop, 0)) {
      faults.push_back({kind, shop, at, value_of(kind, shop, at)});
    }
  };
  const auto until = static_cast<std::uint64_t>(scenario_.faults.until.count());
  for (std::uint32_t shop = 0; shop < shops_; ++shop) {
    add(FaultKind::partition, shop, draw(kValueStream + 99, shop, 0, until));
    add(FaultKind::slow, shop, 0);
    add(FaultKind::skew, shop, 0);
  }
  add(FaultKind::skew, shops_, 0);
  fired_.insert(fired_.end(), faults.begin(), faults.end());
  return faults;
}

std::optional<Fault> FaultPlan::peek(FaultKind kind, std::uint32_t shop, std::uint64_t at,
                                     milliseconds now) const {
  if (now >= scenario_.faults.until) return std::nullopt;
  if (script_) {
    const auto found = script_->find({kind, shop, at});
    return found == script_->end() ? std::nullopt : std::optional{found->second};
  }
  if (!chance(rate(kind), kind, shop, at)) return std::nullopt;
  return Fault{kind, shop, at, value_of(kind, shop, at)};
}

std::optional<Fault> FaultPlan::at(FaultKind kind, std::uint32_t shop, std::uint64_t at,
                                   milliseconds now) {
  const auto fault = peek(kind, shop, at, now);
  if (fault) fired_.push_back(*fault);
  return fault;
}

std::uint32_t drawn_shops(const Scenario& scenario, const FaultPlan& plan) {
  const std::uint64_t spread = scenario.shops_max - scenario.shops_min + 1;
  return scenario.shops_min + static_cast<std::uint32_t>(plan.draw(kShopsStream, 0, 0, spread));
}

std::optional<AttackKind> attack_of(const Scenario& scenario, const FaultPlan& plan,
                                    std::uint32_t shop) {
  for (const Attacker& attacker : scenario.attackers) {
    if (attacker.shop == shop) return attacker.kind;
  }
  auto drawn = static_cast<double>(plan.draw(kAttackStream, shop, 0, kParts));
  for (const AttackerShare& some : scenario.attacker_shares) {
    drawn -= some.share * static_cast<double>(kParts);
    if (drawn < 0) return some.kind;
  }
  return std::nullopt;
}

}  // namespace guildsum::simulations
