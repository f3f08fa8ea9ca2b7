#include <algorithm>
#include <cstdio>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "simulations/faults/report.hpp"

// The report for people: one page, made from the JSON object.
namespace guildsum::simulations {
namespace {

namespace json = boost::json;

constexpr std::string_view kStyle =
    "body{font:1rem/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem;"
    "color:#1b1f24;background:#fff}h1{font-size:1.6rem}h2{font-size:1.15rem;margin-top:2rem;"
    "border-bottom:1px solid #c9ced6}.wide{overflow-x:auto}table{border-collapse:collapse}"
    "th,td{text-align:left;padding:.2rem .9rem .2rem 0;font-variant-numeric:tabular-nums;"
    "vertical-align:top}td.n,th.n{text-align:right}th{color:#4a5260;font-weight:600}"
    "code{overflow-wrap:anywhere}.alarm{color:#b3261e;font-weight:600}.good{color:#1a7f37;"
    "font-weight:600}svg{width:100%;height:auto;max-width:44rem}svg text{font-size:14px;"
    "fill:currentColor}.bar{fill:#3b6fb6}.line{stroke:#3b6fb6;fill:none;stroke-width:2}"
    ".axis{stroke:#8a93a1;stroke-width:1}"
    "@media(prefers-color-scheme:dark){body{color:#e6e9ee;background:#14171c}th{color:#a7b0be}"
    "h2{border-color:#3a414d}.alarm{color:#ff8a80}.good{color:#7ee2a0}.bar{fill:#7aa7e0}"
    ".line{stroke:#7aa7e0}}@media print{body{margin:0;max-width:none;color:#000;background:#fff}"
    "section{break-inside:avoid}}";

std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '&') {
      out += "&amp;";
    } else if (c == '<') {
      out += "&lt;";
    } else if (c == '>') {
      out += "&gt;";
    } else if (c == '"') {
      out += "&quot;";
    } else {
      out += c;
    }
  }
  return out;
}

std::string text_of(const json::value& value) {
  if (const auto* text = value.if_string()) return escaped({text->data(), text->size()});
  if (value.is_bool()) return value.get_bool() ? "yes" : "no";
  if (value.is_double()) {
    char buffer[32];
    const int length = std::snprintf(buffer, sizeof buffer, "%.4g", value.get_double());
    return {buffer, static_cast<std::size_t>(length)};
  }
  if (value.is_int64() && value.get_int64() < 0) return std::to_string(value.get_int64());
  if (value.is_number()) return cli::format_count(value.to_number<std::uint64_t>());
  return escaped(json::serialize(value));
}

std::string in_words(std::string_view key) {
  std::string words{key};
  std::ranges::replace(words, '_', ' ');
  return escaped(words);
}

std::string section(const std::string& heading, const std::string& content) {
  return "<section><h2>" + heading + "</h2>" + content + "</section>\n";
}

std::string cell(const json::value& value) {
  return (value.is_number() ? "<td class=\"n\">" : "<td>") + text_of(value) + "</td>";
}

/// A table of two columns: key and value.
std::string members(const json::object& object) {
  std::string rows;
  for (const auto& member : object) {
    if (member.value().is_structured()) continue;
    rows += "<tr><th>" + in_words(member.key()) + "</th>" + cell(member.value()) + "</tr>";
  }
  return "<div class=\"wide\"><table>" + rows + "</table></div>";
}

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

/// Horizontal bars, longest first as given.
std::string bars(const json::object& values) {
  constexpr int kRow = 24;
  constexpr int kLeft = 150;
  constexpr int kWidth = 220;
  double largest = 1;
  for (const auto& member : values) {
    largest = std::max(largest, member.value().to_number<double>());
  }
  std::string out;
  int y = 0;
  for (const auto& member : values) {
    const double value = member.value().to_number<double>();
    const int width = static_cast<int>(value / largest * kWidth);
    const std::string middle = std::to_string(y + 16);
    out += "<text x=\"" + std::to_string(kLeft - 8) + "\" y=\"" + middle +
           "\" text-anchor=\"end\">" + in_words(member.key()) + "</text><rect class=\"bar\" x=\"" +
           std::to_string(kLeft) + "\" y=\"" + std::to_string(y + 4) + "\" width=\"" +
           std::to_string(width) + "\" height=\"16\"/><text x=\"" +
           std::to_string(kLeft + width + 6) + "\" y=\"" + middle + "\">" +
           text_of(member.value()) + "</text>";
    y += kRow;
  }
  return "<svg viewBox=\"0 0 440 " + std::to_string(y + 4) +
         "\" role=\"img\" aria-label=\"Faults by kind\">" + out + "</svg>";
}

/// The share of tasks that completed, by the swept value.
std::string curve(const json::array& points, const std::string& label) {
  constexpr double kLeft = 50;
  constexpr double kWidth = 360;
  constexpr double kTop = 12;
  constexpr double kHeight = 200;
  double largest = 0;
  for (const auto& point : points) {
    largest = std::max(largest, point.as_object().at("value").to_number<double>());
  }
  if (largest == 0) largest = 1;
  std::string line;
  std::string marks;
  for (const auto& value : points) {
    const json::object& point = value.as_object();
    const json::object& totals = point.at("totals").as_object();
    const double at = point.at("value").to_number<double>();
    const double share = totals.at("tasks_completed").to_number<double>() /
                         std::max(1.0, totals.at("seeds").to_number<double>());
    const std::string x = cli::format_fixed(kLeft + at / largest * kWidth, 1);
    const std::string y = cli::format_fixed(kTop + (1 - share) * kHeight, 1);
    line += (line.empty() ? "" : " ") + x + "," + y;
    marks += "<circle class=\"bar\" cx=\"" + x + "\" cy=\"" + y + "\" r=\"4\"/><text x=\"" + x +
             "\" y=\"232\" text-anchor=\"middle\">" + cli::format_fixed(at, 2) + "</text>";
  }
  std::string axis;
  for (const int percent : {0, 50, 100}) {
    const std::string y = cli::format_fixed(kTop + (1 - percent / 100.0) * kHeight, 1);
    axis += "<line class=\"axis\" x1=\"50\" x2=\"410\" y1=\"" + y + "\" y2=\"" + y +
            "\"/><text x=\"44\" y=\"" + y + "\" dy=\"4\" text-anchor=\"end\">" +
            std::to_string(percent) + " %</text>";
  }
  return "<svg viewBox=\"0 0 440 260\" role=\"img\" aria-label=\"Tasks completed\">" + axis +
         "<polyline class=\"line\" points=\"" + line + "\"/>" + marks +
         "<text x=\"230\" y=\"254\" text-anchor=\"middle\">" + escaped(label) + "</text></svg>";
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
  const std::string title = "Simulation: " + text_of(scenario.at("name"));
  const bool passed = report.at("passed").as_bool();
  std::string page =
      "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\">"
      "<meta name=\"viewport\" content=\"width=device-width,initial-scale=1\">"
      "<title>" +
      title + "</title><style>" + std::string{kStyle} + "</style></head><body><main><h1>" + title +
      "</h1>\n<p class=\"" +
      (passed ? "good\">All invariants hold" : "alarm\">An invariant is broken") + "</p><p><code>" +
      text_of(report.at("command")) + "</code></p>\n";
  for (const auto& point : points) {
    if (const auto* failure = point.as_object().if_contains("failure")) {
      page += failure_section(failure->as_object());
    }
  }
  page += section("Invariants", invariants_table(report.at("invariants").as_array()));
  if (const auto* swept = scenario.if_contains("sweep")) {
    page += section("Tasks completed", curve(points, text_of(*swept)) + sweep_table(points));
  } else if (!points.empty()) {
    const json::object& totals = points.front().as_object().at("totals").as_object();
    page += section("What happened", members(totals));
    const json::array& attackers = scenario.at("attackers").as_array();
    if (!attackers.empty()) {
      page += section("Attackers", attacks_table(attackers, totals.at("attacks").as_object()));
    }
    page += section("Faults by kind", bars(totals.at("faults_by_kind").as_object()));
  }
  for (const auto& point : points) {
    const auto* run = point.as_object().if_contains("run");
    if (run == nullptr) continue;
    page += section("Faults of seed " + text_of(run->as_object().at("seed")),
                    list(run->as_object().at("faults").as_array(), "text"));
  }
  page += section("Scenario", members(scenario) + members(scenario.at("faults").as_object()));
  return page + "<p>Took " + text_of(report.at("seconds")) + " seconds.</p></main></body></html>\n";
}

}  // namespace guildsum::simulations
