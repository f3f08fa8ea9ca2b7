#include <algorithm>
#include <array>
#include <vector>

#include <boost/json.hpp>

#include "simulations/faults/report.hpp"
#include "simulations/page/charts.hpp"
#include "simulations/page/html.hpp"

// The report for people: one page, made from the JSON object.
namespace guildsum::simulations {
namespace {

namespace json = boost::json;
using page::cell;
using page::in_words;
using page::members;
using page::section;
using page::text_of;

std::string invariants_table(const json::array& all) {
  std::string rows = "<tr><th></th><th>Invariant</th><th>Result</th></tr>";
  for (const auto& value : all) {
    const json::object& entry = value.as_object();
    std::string result = "<td>not applicable: ";
    if (const auto* holds = entry.if_contains("holds")) {
      result = holds->as_bool() ? "<td class=\"good\">holds" : "<td class=\"alarm\">BROKEN";
    } else {
      result += text_of(entry.at("not applicable"));
    }
    rows += "<tr><td>" + text_of(entry.at("id")) + "</td><td>" + text_of(entry.at("says")) +
            "</td>" + result + "</td></tr>";
  }
  return "<div class=\"wide\"><table>" + rows + "</table></div>";
}

std::string fault_bars(const json::object& values) {
  std::vector<page::Bar> bars;
  for (const auto& member : values) {
    std::string label{member.key()};
    std::ranges::replace(label, '_', ' ');
    bars.push_back({std::move(label), member.value().to_number<double>(),
                    text_of(member.value())});
  }
  return page::bar_chart("Faults by kind", bars);
}

/// A share of the totals by the swept value.
page::Line share_line(const char* label, const json::array& points, std::string_view part,
                      std::string_view whole) {
  page::Line line{label, {}};
  for (const auto& value : points) {
    const json::object& totals = value.as_object().at("totals").as_object();
    line.points.emplace_back(value.as_object().at("value").to_number<double>(),
                             totals.at(part).to_number<double>() /
                                 std::max(1.0, totals.at(whole).to_number<double>()));
  }
  return line;
}

/// How many tasks completed, and how many attempts opened a sum, by the swept value.
std::string curve(const json::array& points, const std::string& label) {
  return page::line_chart({.name = "Tasks completed", .x = label, .y = "share of", .y_min = 0,
                           .y_max = 1.02},
                          {share_line("tasks that completed", points, "tasks_completed", "seeds"),
                           share_line("attempts that opened a sum", points, "sums_opened",
                                      "attempts")});
}

std::string sweep_table(const json::array& points) {
  std::string rows;
  constexpr std::array kColumns{"seeds",       "tasks_completed", "tasks_abandoned", "attempts",
                                "sums_opened", "shops_counted",   "faults"};
  rows += "<tr><th class=\"n\">value</th>";
  for (const char* column : kColumns) rows += "<th class=\"n\">" + in_words(column) + "</th>";
  rows += "</tr>";
  for (const auto& value : points) {
    const json::object& point = value.as_object();
    rows += "<tr>" + cell(point.at("value"));
    for (const char* column : kColumns) rows += cell(point.at("totals").as_object().at(column));
    rows += "</tr>";
  }
  return "<div class=\"wide\"><table>" + rows + "</table></div>";
}

std::string attacks_table(const json::array& attackers, const json::object& attacks) {
  std::string rows =
      "<tr><th>shop</th><th>attack</th><th class=\"n\">messages</th><th class=\"n\">refused</th>"
      "</tr>";
  for (const auto& value : attackers) {
    const json::object& attacker = value.as_object();
    const auto* tally = attacks.if_contains(attacker.at("kind").as_string());
    rows += "<tr><td>" + text_of(attacker.at("shop")) + "</td>" + cell(attacker.at("kind"));
    rows += tally == nullptr
                ? "<td class=\"n\">its input</td><td class=\"n\">not seen by anybody</td>"
                : cell(tally->as_object().at("tried")) + cell(tally->as_object().at("refused"));
    rows += "</tr>";
  }
  return "<div class=\"wide\"><table>" + rows + "</table></div>";
}

std::string list(const json::array& entries, std::string_view key) {
  std::string out = "<ol>";
  for (const auto& entry : entries) {
    out += "<li>" + text_of(entry.as_object().at(key)) + "</li>";
  }
  return out + "</ol>";
}

std::string failure_section(const json::object& failure) {
  std::string violations = "<ul>";
  for (const auto& value : failure.at("violations").as_array()) {
    const json::object& v = value.as_object();
    violations += "<li class=\"alarm\">" + text_of(v.at("invariant")) + " at " +
                  text_of(v.at("at_ms")) + " ms: " + text_of(v.at("what")) + "</li>";
  }
  const json::array& shrunk = failure.at("shrunk_to").as_array();
  return section("Seed " + text_of(failure.at("seed")) + " fails",
                 violations + "</ul><p>Replay: <code>" + text_of(failure.at("replay")) +
                     "</code></p><p>Of its " + text_of(failure.at("faults")) + " faults these " +
                     std::to_string(shrunk.size()) + " are enough:</p>" + list(shrunk, "text"));
}

}  // namespace

std::string fault_report_page(const json::object& report) {
  const json::object& scenario = report.at("scenario").as_object();
  const json::array& points = report.at("points").as_array();
  const std::string title =
      "Simulation: " + std::string{scenario.at("name").as_string().c_str()};
  const bool passed = report.at("passed").as_bool();
  std::string body = std::string{"<p class=\"verdict "} +
                     (passed ? "good\">All invariants hold" : "alarm\">An invariant is broken") +
                     "</p><p><code>" + text_of(report.at("command")) + "</code></p>\n";
  if (!report.at("masks").as_bool()) {
    body += "<p>Arithmetic only: no masks, no signatures, no messages.</p>\n";
  }
  for (const auto& point : points) {
    if (const auto* failure = point.as_object().if_contains("failure")) {
      body += failure_section(failure->as_object());
    }
  }
  body += section("Invariants", invariants_table(report.at("invariants").as_array()));
  if (const auto* swept = scenario.if_contains("sweep")) {
    const std::string label{swept->as_string().c_str()};
    body += section("Tasks completed", curve(points, label) + sweep_table(points));
  } else if (!points.empty()) {
    const json::object& totals = points.front().as_object().at("totals").as_object();
    body += section("What happened", members(totals));
    const json::array& attackers = scenario.at("attackers").as_array();
    if (!attackers.empty()) {
      body += section("Attackers", attacks_table(attackers, totals.at("attacks").as_object()));
    }
    body += section("Faults by kind", fault_bars(totals.at("faults_by_kind").as_object()));
  }
  for (const auto& point : points) {
    const auto* run = point.as_object().if_contains("run");
    if (run == nullptr) continue;
    body += section("Faults of seed " + text_of(run->as_object().at("seed")),
                    list(run->as_object().at("faults").as_array(), "text"));
  }
  body += section("Scenario", members(scenario) + members(scenario.at("faults").as_object()));
  body += "<p>Took " + text_of(report.at("seconds")) + " seconds.</p>";
  return page::document(title, body);
}

}  // namespace guildsum::simulations
