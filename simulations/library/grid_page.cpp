#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "simulations/library/grid.hpp"
#include "simulations/page/charts.hpp"
#include "simulations/page/html.hpp"

// The report of a sweep for people: one page, made from the JSON object.
namespace guildsum::simulations {
namespace {

namespace json = boost::json;

std::string text(const json::value& value) {
  return {value.as_string().data(), value.as_string().size()};
}

std::optional<double> as_number(const std::string& text) {
  double value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

/// The figures that a chart draws: qualities from 0 to 1, or the share of completed tasks.
constexpr std::array kDrawn{"federated", "alone", "centralised", "popularity", "completed"};

double figure(const json::value& point, std::string_view key) {
  return point.as_object().at("figures").as_object().at(key).to_number<double>();
}

std::string main_figure(const json::array& points) {
  const bool faults =
      points.front().as_object().at("figures").as_object().contains("completed");
  return faults ? "completed" : "federated";
}

std::string label_of(const std::string& drawn) {
  return drawn == "completed" ? "share of tasks completed" : "NDCG@20";
}

/// Points over one axis: lines where its values are numbers, bars where they are words.
std::string one_axis(const std::string& key, const json::array& points) {
  std::vector<page::Line> lines;
  std::vector<page::Bar> bars;
  const auto drawn = main_figure(points);
  bool numbers = true;
  for (const char* name : kDrawn) {
    page::Line line{name, {}};
    for (const auto& point : points) {
      const auto& settings = point.as_object().at("settings").as_object();
      const auto& figures = point.as_object().at("figures").as_object();
      const auto at = as_number(text(settings.at(key)));
      numbers = numbers && at.has_value();
      if (at && figures.contains(name)) line.points.emplace_back(*at, figure(point, name));
    }
    if (!line.points.empty()) {
      std::ranges::sort(line.points);
      lines.push_back(std::move(line));
    }
  }
  if (numbers && points.size() > 1) {
    page::Axes axes{.name = label_of(drawn) + " by " + key, .x = key, .y = label_of(drawn)};
    if (drawn == "completed") {
      axes.y_min = 0;
      axes.y_max = 1;
    }
    return page::line_chart(axes, lines);
  }
  for (const auto& point : points) {
    const double value = figure(point, drawn);
    bars.push_back({text(point.as_object().at("settings").as_object().at(key)), value,
                    cli::format_fixed(value, 4)});
  }
  return page::bar_chart(label_of(drawn) + " by " + key, bars);
}

/// Points over two axes, from the lowest figure to the highest.
std::string two_axes(const json::array& axes, const json::array& points) {
  const auto drawn = main_figure(points);
  double low = figure(points.front(), drawn);
  double high = low;
  for (const auto& point : points) {
    low = std::min(low, figure(point, drawn));
    high = std::max(high, figure(point, drawn));
  }
  const auto& columns = axes[1].as_object().at("values").as_array();
  std::vector<std::string> names;
  for (const auto& value : columns) names.push_back(text(value));
  std::vector<page::HeatRow> rows;
  std::size_t number = 0;
  for (const auto& value : axes[0].as_object().at("values").as_array()) {
    page::HeatRow row{text(value), {}, {}};
    for (std::size_t c = 0; c < columns.size(); ++c) {
      const double at = figure(points[number++], drawn);
      row.values.push_back(high > low ? (at - low) / (high - low) : 1);
      row.texts.push_back(cli::format_fixed(at, 4));
    }
    rows.push_back(std::move(row));
  }
  return "<p>" + page::escaped(label_of(drawn)) + ", the higher the darker; rows " +
         page::escaped(text(axes[0].as_object().at("key"))) + ", columns " +
         page::escaped(text(axes[1].as_object().at("key"))) + ".</p>" +
         page::heat_map(label_of(drawn), names, rows);
}

std::string points_table(const json::array& points) {
  std::vector<page::Column> columns;
  const auto& first = points.front().as_object();
  for (const auto& member : first.at("settings").as_object()) {
    columns.push_back({std::string{member.key()}});
  }
  for (const auto& member : first.at("figures").as_object()) {
    std::string name{member.key()};
    std::ranges::replace(name, '_', ' ');
    columns.push_back({std::move(name)});
  }
  std::vector<std::string> rows;
  for (const auto& value : points) {
    std::string row;
    for (const auto& member : value.as_object().at("settings").as_object()) {
      row += page::number_cell(text(member.value()));
    }
    for (const auto& member : value.as_object().at("figures").as_object()) {
      row += member.value().is_double()
                 ? page::number_cell(cli::format_fixed(member.value().get_double(), 5))
                 : page::cell(member.value());
    }
    rows.push_back(std::move(row));
  }
  return page::table(columns, rows);
}

}  // namespace

std::string grid_page(const json::object& report) {
  const auto& points = report.at("points").as_array();
  const auto& axes = report.at("axes").as_array();
  const bool passed = report.at("passed").as_bool();
  std::string body = "<p class=\"verdict ";
  body += passed ? "good\">Every run passed: sums exact, invariants kept."
                 : "alarm\">A run failed: see its report in report.json.";
  body += "</p><p><code>" + page::text_of(report.at("command")) + "</code></p>\n";
  std::string charts;
  if (axes.size() == 1) charts = one_axis(text(axes[0].as_object().at("key")), points);
  if (axes.size() == 2) charts = two_axes(axes, points);
  body += page::section("Results", charts + points_table(points));
  std::vector<std::string> rows;
  for (const auto& point : points) {
    rows.push_back("<td><code>" +
                   page::text_of(point.as_object().at("report").as_object().at("command")) +
                   "</code></td>");
  }
  body += page::section("Each point by itself", page::table({{"command", false}}, rows));
  body += "<p>Took " + page::text_of(report.at("seconds")) + " seconds.</p>";
  return page::document("Sweep: " + text(report.at("scenario")), body);
}

}  // namespace guildsum::simulations
