#include "simulations/faults/report.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "base/errors.hpp"
#include "base/file.hpp"
#include "base/json.hpp"

namespace guildsum::simulations {
namespace {

namespace json = boost::json;

json::object scenario_of(const Scenario& s) {
  const FaultRates& f = s.faults;
  json::object object{{"name", s.name},
                      {"shops_min", s.shops_min},
                      {"shops_max", s.shops_max},
                      {"rounds", s.rounds},
                      {"vector_length", s.vector_length},
                      {"cohort_min", s.cohort_min},
                      {"attempts_max", s.attempts_max},
                      {"attempt_deadline_ms", s.attempt_deadline().count()},
                      {"faults",
                       {{"until_ms", f.until.count()},
                        {"lose_request", f.lose_request},
                        {"lose_answer", f.lose_answer},
                        {"delay", f.delay},
                        {"delay_max_ms", f.delay_max.count()},
                        {"duplicate", f.duplicate},
                        {"shop_crash", f.shop_crash},
                        {"coordinator_crash", f.coordinator_crash},
                        {"ledger_failure", f.ledger_failure},
                        {"upload_lost", f.upload_lost},
                        {"partition", f.partition},
                        {"partition_max_ms", f.partition_max.count()},
                        {"departure", f.departure},
                        {"departure_max_ms", f.departure_max.count()},
                        {"departure_for_good", f.departure_for_good},
                        {"slow", f.slow},
                        {"skew_max_ms", f.skew_max.count()}}}};
  json::array attackers;
  for (const Attacker& attacker : s.attackers) {
    attackers.push_back({{"shop", attacker.shop}, {"kind", to_string(attacker.kind)}});
  }
  object["attackers"] = std::move(attackers);
  if (s.lie) object["coordinator"] = to_string(*s.lie);
  if (!s.attacker_shares.empty()) {
    json::array shares;
    for (const AttackerShare& some : s.attacker_shares) {
      shares.push_back({{"share", some.share}, {"kind", to_string(some.kind)}});
    }
    object["attacker_shares"] = std::move(shares);
  }
  if (!s.sweep.key.empty()) object["sweep"] = "faults." + s.sweep.key;
  return object;
}

json::array faults_of(const std::vector<Fault>& faults) {
  json::array array;
  for (const Fault& fault : faults) array.push_back(to_json(fault));
  return array;
}

json::array violations_of(const std::vector<Violation>& violations) {
  json::array array;
  for (const Violation& v : violations) {
    array.push_back({{"invariant", v.invariant}, {"at_ms", v.at_ms}, {"what", v.what}});
  }
  return array;
}

json::object attacks_of(const CampaignTotals& t) {
  json::object attacks;
  for (std::size_t k = 0; k < kAttackKinds; ++k) {
    const auto kind = static_cast<AttackKind>(k);
    if (t.attacks[k].tried == 0) continue;
    attacks[to_string(kind)] = {{"tried", t.attacks[k].tried}, {"refused", t.attacks[k].refused}};
  }
  return attacks;
}

json::object totals_of(const CampaignTotals& t, RunMode mode) {
  json::object kinds;
  for (std::size_t k = 0; k < t.faults_by_kind.size(); ++k) {
    kinds[to_string(static_cast<FaultKind>(k))] = t.faults_by_kind[k];
  }
  json::object object{{"seeds", t.seeds},
          {"tasks_completed", t.completed},
          {"tasks_abandoned", t.abandoned},
          {"attempts", t.attempts},
          {"sums_opened", t.sums},
          {"shops_counted", t.counted},
          {"faults", t.faults},
          {"faults_by_kind", kinds},
          {"attacks", attacks_of(t)},
          {"lies_told", t.lies},
          {"refused_by_shops", t.refusals},
          {"shop_crashes", t.shop_crashes},
          {"coordinator_crashes", t.coordinator_crashes},
          {"transactions", t.transactions},
          {"messages", t.messages},
          {"checks", t.checks},
          {"signature_checks", t.signature_checks},
          {"signature_checks_memoised", t.signature_checks_memoised},
          {"events", t.events},
          {"virtual_ms", t.virtual_ms}};
  if (mode == RunMode::arithmetic_only) {
    object["update_error_mean"] = t.update_error_mean;
    object["update_error_max"] = t.update_error_max;
  }
  return object;
}

json::object failure_json(const FaultReport& report, const CampaignPoint& point) {
  const Failure& failure = *point.campaign.failure;
  return {{"seed", failure.outcome.seed},
          {"shops", failure.outcome.shops},
          {"replay", replay_command(report, point, failure.outcome.seed)},
          {"violations", violations_of(failure.outcome.violations)},
          {"faults", failure.outcome.faults.size()},
          {"shrunk_to", faults_of(failure.shrunk)},
          {"shrunk_violations", violations_of(failure.shrunk_violations)},
          {"shrinking_runs", failure.tries}};
}

json::object run_json(const RunOutcome& run) {
  json::object object{
      {"seed", run.seed},     {"shops", run.shops},           {"completed", run.completed},
      {"reason", run.reason}, {"virtual_ms", run.virtual_ms}, {"faults", faults_of(run.faults)}};
  if (!run.update_errors.empty()) {
    object["update_errors"] = json::array(run.update_errors.begin(), run.update_errors.end());
  }
  return object;
}

/// Without masks and messages most has nothing to check.
bool is_arithmetic(const Invariant& invariant) {
  return invariant.id == "I1" || invariant.id == "I4";
}

json::array invariants_of(const Failure* failure, RunMode mode) {
  json::array array;
  for (const Invariant& invariant : invariants()) {
    json::object entry{{"id", invariant.id}, {"says", invariant.says}};
    const bool broken =
        failure != nullptr &&
        std::ranges::find(failure->outcome.violations, invariant.id, &Violation::invariant) !=
            failure->outcome.violations.end();
    if (mode == RunMode::arithmetic_only && !is_arithmetic(invariant)) {
      entry["not applicable"] = "no masks, no signatures and no messages";
    } else if (!invariant.not_applicable.empty()) {
      entry["not applicable"] = invariant.not_applicable;
    } else {
      entry["holds"] = !broken;
    }
    array.push_back(std::move(entry));
  }
  return array;
}

}  // namespace

const Failure* failure_of(const FaultReport& report) noexcept {
  for (const CampaignPoint& point : report.points) {
    if (point.campaign.failure) return &*point.campaign.failure;
  }
  return nullptr;
}

std::string replay_command(const FaultReport& report, const CampaignPoint& point,
                           std::uint64_t seed) {
  std::string command =
      "guildsum-simulate run " + report.scenario.name + ".toml --seed " + std::to_string(seed);
  if (report.scenario.mode == RunMode::arithmetic_only) command += " --arithmetic-only";
  if (!report.scenario.sweep.key.empty()) {
    command += " --set faults." + report.scenario.sweep.key + "=" +
               cli::format_fixed(point.value, 3) + " --no-sweep";
  }
  return command;
}

json::object to_json(const FaultReport& report) {
  const Failure* failure = failure_of(report);
  json::array points;
  for (const CampaignPoint& point : report.points) {
    json::object entry;
    if (!report.scenario.sweep.key.empty()) entry["value"] = point.value;
    entry["totals"] = totals_of(point.campaign.totals, report.scenario.mode);
    entry["digest"] = point.campaign.digest;
    if (point.campaign.only) entry["run"] = run_json(*point.campaign.only);
    if (point.campaign.failure) entry["failure"] = failure_json(report, point);
    points.push_back(std::move(entry));
  }
  return {{"report", "faults"},
          {"masks", report.scenario.mode == RunMode::masked},
          {"scenario", scenario_of(report.scenario)},
          {"command", report.command},
          {"first_seed", report.first_seed},
          {"seeds", report.seeds},
          {"passed", failure == nullptr},
          {"invariants", invariants_of(failure, report.scenario.mode)},
          {"points", std::move(points)},
          {"seconds", report.seconds}};
}

std::string to_text(const FaultReport& report) {
  std::string text;
  if (report.scenario.mode == RunMode::arithmetic_only) {
    text += "arithmetic only: no masks, no signatures, no messages\n";
  }
  for (const CampaignPoint& point : report.points) {
    const CampaignTotals& t = point.campaign.totals;
    if (!report.scenario.sweep.key.empty()) {
      text += report.scenario.sweep.key + " " + cli::format_fixed(point.value, 2) + ": ";
    }
    text += cli::format_count(t.seeds) + (t.seeds == 1 ? " seed, " : " seeds, ") +
            cli::format_count(t.faults) + " faults, " + cli::format_count(t.attempts) +
            " attempts, " + cli::format_count(t.sums) + " sums opened, " +
            cli::format_count(t.completed) + " tasks completed, " + cli::format_count(t.abandoned) +
            " abandoned, " + cli::format_count(t.checks) + " checks\n";
    if (report.scenario.mode == RunMode::arithmetic_only) {
      text += "mean error of an update " + cli::format_fixed(t.update_error_mean, 6) +
              ", at most " + cli::format_fixed(t.update_error_max, 6) + "\n";
    } else {
      text += cli::format_count(t.signature_checks_memoised) + " of " +
              cli::format_count(t.signature_checks) +
              " signature checks were answered from memory\n";
    }
    if (!point.campaign.failure) continue;
    const Failure& failure = *point.campaign.failure;
    text += "seed " + std::to_string(failure.outcome.seed) + " fails:\n";
    for (const Violation& v : failure.outcome.violations) {
      text += "  " + v.invariant + " at " + std::to_string(v.at_ms) + " ms: " + v.what + "\n";
    }
    text += "shrunk from " + std::to_string(failure.outcome.faults.size()) + " faults to " +
            std::to_string(failure.shrunk.size()) + ":\n";
    for (const Fault& fault : failure.shrunk) text += "  " + describe(fault) + "\n";
    text += "replay: " + replay_command(report, point, failure.outcome.seed) + "\n";
  }
  if (failure_of(report) == nullptr) text += "all invariants hold\n";
  return text;
}

Result<> write_fault_report(const FaultReport& report, const std::filesystem::path& directory) {
  std::error_code error;
  std::filesystem::create_directories(directory, error);
  if (error) return Error{boost::system::error_code{error}, directory.string()};
  const json::object object = to_json(report);
  const std::string text = guildsum::json::pretty(object) + "\n";
  GS_CHECK(write_file_atomically(directory / "report.json", as_bytes(text), kPublicFile));
  const std::string page = fault_report_page(object);
  return write_file_atomically(directory / "report.html", as_bytes(page), kPublicFile);
}

}  // namespace guildsum::simulations
