#include "simulations/faults/scenario.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>

#include "base/errors.hpp"
#include "protocol/limits.hpp"

namespace guildsum::simulations {
namespace {

constexpr std::int64_t kShopsMax = 10'000'000;  // without masks
constexpr std::int64_t kVectorLengthMax = 1'000'000;

struct Rate {
  std::string_view key;
  double FaultRates::*member;
};

constexpr std::array kRates{
    Rate{"lose_request", &FaultRates::lose_request},
    Rate{"lose_answer", &FaultRates::lose_answer},
    Rate{"delay", &FaultRates::delay},
    Rate{"duplicate", &FaultRates::duplicate},
    Rate{"shop_crash", &FaultRates::shop_crash},
    Rate{"coordinator_crash", &FaultRates::coordinator_crash},
    Rate{"ledger_failure", &FaultRates::ledger_failure},
    Rate{"upload_lost", &FaultRates::upload_lost},
    Rate{"partition", &FaultRates::partition},
    Rate{"departure", &FaultRates::departure},
    Rate{"departure_for_good", &FaultRates::departure_for_good},
    Rate{"slow", &FaultRates::slow},
};

std::uint32_t count(config::Reader& reader, std::string_view key, std::uint32_t value,
                    std::int64_t min, std::int64_t max) {
  return static_cast<std::uint32_t>(reader.integer(key, value, {min, max}));
}

void read_faults(config::Reader& reader, FaultRates& faults) {
  for (const Rate& rate : kRates) {
    faults.*rate.member =
        reader.number("faults." + std::string{rate.key}, faults.*rate.member, {0, 1});
  }
  using std::chrono::hours;
  const config::DurationRange range{milliseconds{0}, hours{2}};
  faults.until = reader.duration("faults.until", faults.until, range);
  faults.delay_max = reader.duration("faults.delay_max", faults.delay_max, range);
  faults.partition_max = reader.duration("faults.partition_max", faults.partition_max, range);
  faults.departure_max = reader.duration("faults.departure_max", faults.departure_max, range);
  faults.skew_max = reader.duration("faults.skew_max", faults.skew_max, range);
}

void read_deadlines(config::Reader& reader, Scenario& scenario) {
  const config::DurationRange range{milliseconds{1'000}, std::chrono::hours{1}};
  protocol::PhaseDeadlines& d = scenario.deadlines;
  d.check_in = reader.duration("deadlines.check_in", milliseconds{10'000}, range);
  d.share = reader.duration("deadlines.share", milliseconds{10'000}, range);
  d.masked_input = reader.duration("deadlines.masked_input", milliseconds{20'000}, range);
  d.certify = reader.duration("deadlines.certify", milliseconds{10'000}, range);
  d.unmask = reader.duration("deadlines.unmask", milliseconds{10'000}, range);
  d.vote = reader.duration("deadlines.vote", milliseconds{5'000}, range);
  scenario.repair_deadline = reader.duration("deadlines.repair", scenario.repair_deadline, range);
}

void read_sweep(config::Reader& reader, Scenario& scenario) {
  if (!reader.has("sweep")) return;
  scenario.sweep.key = reader.required_text("sweep.key");
  for (const std::string& text : reader.list("sweep.values")) {
    char* end = nullptr;
    const double value = std::strtod(text.c_str(), &end);
    if (text.empty() || *end != '\0' || !(value >= 0 && value <= 1)) {
      reader.problem("sweep.values", "'" + text + "': expected numbers from 0 to 1, in quotes");
    } else {
      scenario.sweep.values.push_back(value);
    }
  }
  if (scenario.sweep.values.empty()) {
    reader.problem("sweep.values", "expected at least one number from 0 to 1, in quotes");
  }
  if (!with_fault_rate(scenario, scenario.sweep.key, 0)) {
    reader.problem("sweep.key", "expected a probability of [faults], such as \"departure\"");
  }
}

void read_lie(config::Reader& reader, Scenario& scenario) {
  const auto word = reader.optional_text("coordinator");
  if (!word) return;
  if (scenario.mode == RunMode::arithmetic_only) {
    reader.problem("coordinator", "expected none: arithmetic alone has no messages to lie in");
  }
  scenario.lie = lie_named(*word);
  if (scenario.lie) return;
  std::string expected;
  for (std::size_t n = 0; n < kCoordinatorLies; ++n) {
    expected += (n == 0 ? "" : ", ") + std::string{to_string(static_cast<CoordinatorLie>(n))};
  }
  reader.problem("coordinator", "'" + *word + "': expected one of " + expected);
}

void read_attackers(config::Reader& reader, Scenario& scenario) {
  double shares = 0;
  for (std::size_t k = 0; k < reader.table_count("attacker"); ++k) {
    const std::string table = "attacker[" + std::to_string(k) + "]";
    Attacker attacker;
    const bool shared = reader.has(table + ".share");
    const double share = shared ? reader.number(table + ".share", 0, {0, 1}) : 0;
    shares += share;
    if (shared && reader.has(table + ".shop")) {
      reader.problem(table + ".share", "expected either a shop or a share of all shops");
    }
    if (shares > 1) reader.problem(table + ".share", "expected shares that add up to 1 at most");
    if (!shared) attacker.shop =
        static_cast<std::uint32_t>(reader.integer(table + ".shop", 0, {0, scenario.shops_min - 1}));
    const std::string word = reader.required_text(table + ".kind");
    const auto kind = attack_named(word);
    if (!kind && !word.empty()) {
      std::string expected;
      for (std::size_t n = 0; n < kAttackKinds; ++n) {
        expected += (n == 0 ? "" : ", ") + std::string{to_string(static_cast<AttackKind>(n))};
      }
      reader.problem(table + ".kind", "'" + word + "': expected one of " + expected);
    }
    if (kind) attacker.kind = *kind;
    if (shared) {
      scenario.attacker_shares.push_back({share, attacker.kind});
      continue;
    }
    const bool known = std::ranges::any_of(
        scenario.attackers, [&](const Attacker& other) { return other.shop == attacker.shop; });
    if (known) {
      reader.problem(table + ".shop", "shop " + std::to_string(attacker.shop) + " attacks already");
    }
    scenario.attackers.push_back(attacker);
  }
}

void check_sizes(config::Reader& reader, const Scenario& s) {
  if (s.shops_min > s.shops_max) {
    reader.problem("shops_min", "expected at most shops_max, " + std::to_string(s.shops_max));
  }
  if (s.cohort_min > s.shops_min) {
    reader.problem("cohort_min", "expected at most shops_min, " + std::to_string(s.shops_min) +
                                     ": no round could ever begin");
  }
  if (s.vector_length % 2 != 0) reader.problem("vector_length", "expected an even number");
  if (s.mode == RunMode::masked && s.vector_length < s.shops_max + 2) {
    reader.problem("vector_length", "expected at least shops_max + 2, " +
                                        std::to_string(s.shops_max + 2) +
                                        ": each shop has a place of its own in the vector");
  }
  // s_min >= floor((n + c) / 2) + 1 must leave at least three honest shops, and n must reach it.
  const std::uint32_t c = s.corrupt == 0 ? protocol::default_corrupt(s.shops_min) : s.corrupt;
  const std::uint32_t threshold = protocol::majority_threshold(s.cohort_min, c);
  if (threshold > s.cohort_min || threshold < c + 3) {
    reader.problem("corrupt", "a cohort of " + std::to_string(s.cohort_min) + " with " +
                                  std::to_string(c) + " corrupt shops has threshold " +
                                  std::to_string(threshold) +
                                  ": expected at most the cohort and at least corrupt + 3");
  }
  if (s.latency_min > s.latency_max) {
    reader.problem("network.latency_min", "expected at most network.latency_max");
  }
}

}  // namespace

milliseconds Scenario::attempt_deadline() const noexcept {
  const auto& d = deadlines;
  return std::max(d.check_in, repair_deadline) + d.share + d.masked_input + d.certify + d.unmask +
         d.vote;
}

milliseconds Scenario::deadline_max() const noexcept {
  const auto& d = deadlines;
  return std::max(
      {d.check_in, repair_deadline, d.share, d.masked_input, d.certify, d.unmask, d.vote});
}

Result<Scenario> load_scenario(const std::filesystem::path& file,
                               const config::Settings& overrides, RunMode mode) {
  GS_TRY(auto reader, config::Reader::load({.file = file, .flags = overrides}));
  Scenario s;
  s.name = reader.text("name", file.stem().string());
  s.mode = reader.boolean("arithmetic_only", false) ? RunMode::arithmetic_only : mode;
  const std::int64_t most = s.mode == RunMode::masked ? protocol::kCohortMax : kShopsMax;
  s.shops_min = count(reader, "shops_min", s.shops_min, 5, most);
  s.shops_max = count(reader, "shops_max", s.shops_max, 5, most);
  s.rounds = count(reader, "rounds", s.rounds, 1, 100);
  s.vector_length = count(reader, "vector_length", s.vector_length, 8, kVectorLengthMax);
  s.cohort_min = count(reader, "cohort_min", s.cohort_min, 5, most);
  s.corrupt = count(reader, "corrupt", s.corrupt, 0, most);
  s.attempts_max = count(reader, "attempts_max", s.attempts_max, 1, 20);
  s.seeds = count(reader, "seeds", s.seeds, 1, 1'000'000);
  const config::DurationRange short_range{milliseconds{1}, milliseconds{60'000}};
  s.latency_min = reader.duration("network.latency_min", s.latency_min, short_range);
  s.latency_max = reader.duration("network.latency_max", s.latency_max, short_range);
  s.restart_max = reader.duration("faults.restart_max", s.restart_max, short_range);
  read_deadlines(reader, s);
  read_faults(reader, s.faults);
  read_sweep(reader, s);
  read_attackers(reader, s);
  read_lie(reader, s);
  check_sizes(reader, s);
  GS_CHECK(reader.finish());
  return s;
}

Result<Scenario> with_fault_rate(Scenario scenario, const std::string& key, double value) {
  const auto rate = std::ranges::find(kRates, key, &Rate::key);
  if (rate == kRates.end()) {
    return Error{BaseErrc::invalid_argument, "faults." + key + " is no probability"};
  }
  scenario.faults.*rate->member = value;
  return scenario;
}

}  // namespace guildsum::simulations
