#include <algorithm>
#include <cmath>

#include <boost/json.hpp>

#include "base/cli/format.hpp"
#include "simulations/library/model_report.hpp"
#include "simulations/page/charts.hpp"
#include "simulations/page/html.hpp"

// The report for people: one page, made from the JSON object.
namespace guildsum::simulations {
namespace {

namespace json = boost::json;
using page::Column;

double number(const json::object& object, std::string_view key) {
  return object.at(key).to_number<double>();
}
std::string word(const json::object& object, std::string_view key) {
  const auto& text = object.at(key).as_string();
  return {text.data(), text.size()};
}
std::string fixed(double value) { return cli::format_fixed(value, 4); }
std::string percent(double share) {
  const double shown = std::round(1000 * share) / 10 + 0.0;  // Never minus zero.
  return (shown >= 0 ? "+" : "") + cli::format_fixed(shown, 1) + " %";
}
std::string with_error(double value, double error) { return fixed(value) + " ± " + fixed(error); }

std::string quality_section(const json::array& models) {
  std::vector<page::Bar> bars;
  std::vector<std::string> rows;
  for (const auto& value : models) {
    const auto& model = value.as_object();
    const double ndcg = number(model, "ndcg_at_20");
    bars.push_back({word(model, "training"), ndcg, fixed(ndcg), number(model, "ndcg_error")});
    rows.push_back(page::cell(model.at("training")) + page::cell(model.at("evaluated")) +
                   page::number_cell(with_error(ndcg, number(model, "ndcg_error"))) +
                   page::number_cell(with_error(number(model, "recall_at_20"),
                                                number(model, "recall_error"))) +
                   page::number_cell(fixed(number(model, "hit_rate_at_10"))) +
                   page::number_cell(fixed(number(model, "coverage_at_20"))) +
                   page::cell(model.at("secure_sums")));
  }
  return page::section(
      "Quality", page::bar_chart("NDCG@20 by training", bars) +
                     page::table({{"training", false},
                                  {"customers"},
                                  {"NDCG@20"},
                                  {"Recall@20"},
                                  {"hit rate@10"},
                                  {"coverage@20"},
                                  {"secure sums"}},
                                 rows));
}

std::string shops_section(const json::array& shops) {
  std::vector<page::Change> changes;
  std::vector<std::string> rows;
  bool compared = false;
  for (const auto& value : shops) {
    const auto& shop = value.as_object();
    const double federated = number(shop, "federated");
    std::string row = page::cell(shop.at("shop")) + page::cell(shop.at("customers")) +
                      page::cell(shop.at("evaluated"));
    if (shop.contains("alone")) {
      compared = true;
      const double alone = number(shop, "alone");
      changes.push_back(
          {word(shop, "shop"), alone, federated, percent(number(shop, "gain"))});
      row += page::number_cell(with_error(alone, number(shop, "alone_error")));
    }
    row += page::number_cell(with_error(federated, number(shop, "federated_error")));
    if (shop.contains("gain")) row += page::number_cell(percent(number(shop, "gain")));
    rows.push_back(std::move(row));
  }
  std::vector<Column> columns{{"shop", false}, {"customers"}, {"evaluated"}};
  if (compared) columns.push_back({"alone"});
  columns.push_back({"federated"});
  if (compared) columns.push_back({"gain"});
  const std::string chart =
      compared ? page::change_chart("NDCG@20 of each shop, alone and federated", "alone",
                                    "federated (NDCG@20)", changes)
               : std::string{};
  return page::section(compared ? "Gain of each shop" : "Shops",
                       chart + page::table(columns, rows));
}

std::string curve_section(const json::object& report) {
  const auto* curve = report.if_contains("curve");
  if (curve == nullptr) return {};
  page::Line federated{"federated", {}};
  std::vector<std::string> rows;
  for (const auto& value : curve->as_array()) {
    const auto& point = value.as_object();
    federated.points.emplace_back(number(point, "at"), number(point, "ndcg_at_20"));
    rows.push_back(page::cell(point.at("at")) +
                   page::number_cell(fixed(number(point, "ndcg_at_20"))) +
                   page::number_cell(fixed(number(point, "recall_at_20"))));
  }
  std::vector<page::Line> lines{std::move(federated)};
  for (const auto& value : report.at("models").as_array()) {
    const auto& model = value.as_object();
    if (word(model, "training") == "federated") continue;
    lines.push_back({word(model, "training"), {{0, number(model, "ndcg_at_20")}}});
  }
  const bool rounds = report.at("scenario").as_object().at("model").as_object().contains("rounds");
  const std::string steps = rounds ? "rounds" : "epochs";
  return page::section(
      "Learning curve",
      page::line_chart({.name = "NDCG@20 by " + steps, .x = steps, .y = "NDCG@20"}, lines) +
          page::table({{steps}, {"NDCG@20"}, {"Recall@20"}}, rows));
}

/// Recall by epsilon, beside the levels of the models without noise.
std::string privacy_section(const json::object& report) {
  const auto& privacy = report.at("differential_privacy").as_object();
  std::string body = "<p>Off: " + page::text_of(privacy.at("reason")) + ".</p>";
  const auto* by_epsilon = privacy.if_contains("by_epsilon");
  if (by_epsilon == nullptr) return page::section("Differential privacy", body);
  page::Line noisy{"with noise", {}};
  std::vector<std::string> rows;
  for (const auto& value : by_epsilon->as_array()) {
    const auto& row = value.as_object();
    noisy.points.emplace_back(number(row, "epsilon"), number(row, "recall_at_20"));
    rows.push_back(page::number_cell(fixed(number(row, "epsilon"))) +
                   page::number_cell(cli::format_fixed(number(row, "noise_deviation"), 2)) +
                   page::number_cell(with_error(number(row, "recall_at_20"),
                                                number(row, "recall_error"))) +
                   page::number_cell(with_error(number(row, "ndcg_at_20"),
                                                number(row, "ndcg_error"))));
  }
  std::ranges::sort(noisy.points);
  std::vector<page::Line> lines{std::move(noisy)};
  for (const auto& value : report.at("models").as_array()) {
    const auto& model = value.as_object();
    const auto name = word(model, "training");
    if (name != "federated" && name != "popularity") continue;
    lines.push_back({name == "federated" ? "without noise" : name,
                     {{0, number(model, "recall_at_20")}}});
  }
  body += "<p>Each row below is the same model made anew, with noise that every shop adds before "
          "masking; epsilon is for one customer at one shop.</p>";
  const page::Axes axes{.name = "Recall@20 by epsilon", .x = "epsilon", .y = "Recall@20"};
  return page::section("Differential privacy",
                       body + page::line_chart(axes, lines) +
                           page::table({{"epsilon"}, {"noise deviation"}, {"Recall@20"},
                                        {"NDCG@20"}},
                                       rows));
}

std::string exactness_section(const json::object& sums) {
  const bool exact = number(sums, "values_different") == 0;
  const std::string sentence =
      exact ? "<p class=\"good\">Every secret sum equals the plain one, value by value.</p>"
            : "<p class=\"alarm\">Secret sums differ from the plain ones.</p>";
  return page::section("Exactness of the sums", sentence + page::members(sums));
}

std::string participation_section(const json::array& shops) {
  std::vector<std::string> columns;
  std::vector<page::HeatRow> map;
  std::vector<std::string> rows;
  for (const auto& value : shops) {
    const auto& shop = value.as_object();
    page::HeatRow row{word(shop, "shop"), {}, {}};
    std::uint64_t in = 0;
    for (const auto& sum : shop.at("in_sum").as_array()) {
      row.values.push_back(sum.to_number<double>());
      in += sum.to_number<std::uint64_t>();
    }
    columns.clear();
    for (std::size_t k = 1; k <= row.values.size(); ++k) columns.push_back(std::to_string(k));
    rows.push_back(page::cell(shop.at("shop")) + page::number_cell(cli::format_count(in)) +
                   page::number_cell(cli::format_count(row.values.size() - in)));
    map.push_back(std::move(row));
  }
  return page::section("Participation",
                       "<p>By secure sum: dark where the shop is in it. The others fell silent "
                       "after key sharing, and their masks were recovered.</p>" +
                           page::heat_map("Participation by sum and shop", columns, map) +
                           page::table({{"shop", false}, {"in so many sums"}, {"dropped out"}},
                                       rows));
}

std::string phases_section(const json::array& phases) {
  std::vector<page::Bar> bars;
  std::vector<std::string> rows;
  for (const auto& value : phases) {
    const auto& phase = value.as_object();
    const auto up = phase.at("bytes_up").to_number<std::uint64_t>();
    const auto down = phase.at("bytes_down").to_number<std::uint64_t>();
    bars.push_back({word(phase, "phase"), static_cast<double>(up + down),
                    cli::format_bytes(up + down)});
    rows.push_back(page::cell(phase.at("phase")) + page::number_cell(cli::format_bytes(up)) +
                   page::number_cell(cli::format_bytes(down)) +
                   page::number_cell(cli::format_fixed(number(phase, "shops_seconds"), 2)) +
                   page::number_cell(cli::format_fixed(number(phase, "coordinator_seconds"), 2)));
  }
  return page::section(
      "Bytes and processor time by phase",
      "<p>Of all rounds and all shops together. Times are seconds of one processor; what other "
      "threads take is not in them.</p>" +
          page::bar_chart("Bytes by phase", bars) +
          page::table({{"phase", false},
                       {"to the coordinator"},
                       {"to the shops"},
                       {"shops, s"},
                       {"coordinator, s"}},
                      rows));
}

std::string fairness_section(const json::object& fairness) {
  std::vector<page::Bar> bars;
  std::vector<std::string> rows;
  for (const auto& value : fairness.at("groups").as_array()) {
    const auto& group = value.as_object();
    const double ndcg = number(group, "ndcg_at_10");
    bars.push_back({word(group, "group"), ndcg, fixed(ndcg), number(group, "ndcg_error")});
    rows.push_back(page::cell(group.at("group")) + page::cell(group.at("customers")) +
                   page::number_cell(with_error(ndcg, number(group, "ndcg_error"))) +
                   page::number_cell(with_error(number(group, "recall_at_20"),
                                                number(group, "recall_error"))) +
                   page::cell(group.at("served_badly")));
  }
  json::object figures = fairness;
  for (const char* key : {"groups", "suppressed", "ndcg_at_10", "recall_at_20"}) {
    figures.stable_erase(key);
  }
  const auto& gap = fairness.at("ndcg_at_10").as_object();
  const auto suppressed = fairness.at("suppressed").as_array().size();
  std::string sentence =
      "<p>NDCG@10 of the groups lies " +
      with_error(number(gap, "difference"), number(gap, "difference_error")) +
      " apart; the worst served group has " + cli::format_fixed(number(gap, "ratio"), 2) +
      " of the best.";
  if (suppressed > 0) {
    sentence += " Groups of fewer than 50 customers are not shown: " +
                cli::format_count(suppressed) + ".";
  }
  return page::section("Fairness", sentence + "</p>" +
                                       page::bar_chart("NDCG@10 by group of customers", bars) +
                                       page::table({{"group", false},
                                                    {"customers"},
                                                    {"NDCG@10"},
                                                    {"Recall@20"},
                                                    {"below 0.8 of the mean", false}},
                                                   rows) +
                                       page::members(figures));
}

std::string attack_row(const json::object& attack) {
  std::string row = page::cell(attack.at("label")) + page::cell(attack.at("shop"));
  if (const auto* refused = attack.if_contains("refused")) {
    return row + "<td class=\"good\" colspan=\"5\">refused: " + page::text_of(*refused) + "</td>";
  }
  row += page::number_cell(fixed(number(attack, "ndcg_honest"))) +
         page::number_cell(fixed(number(attack, "ndcg_attacked"))) +
         page::number_cell(percent(number(attack, "change")));
  if (!attack.contains("item")) return row + page::number_cell("-") + page::number_cell("-");
  const double all = number(attack, "other_shops_customers");
  const auto share = [&](std::string_view key) {
    return page::text_of(attack.at(key)) + " (" +
           cli::format_fixed(100 * number(attack, key) / std::max(1.0, all), 1) + " %)";
  };
  return row + page::number_cell(share("shown_honest")) +
         page::number_cell(share("shown_attacked"));
}

std::string attacks_section(const json::array& attacks) {
  std::vector<page::Change> changes;
  std::vector<page::Bar> shows;
  std::vector<std::string> rows;
  for (const auto& value : attacks) {
    const auto& attack = value.as_object();
    rows.push_back(attack_row(attack));
    if (attack.contains("refused")) continue;
    changes.push_back({word(attack, "label"), number(attack, "ndcg_honest"),
                       number(attack, "ndcg_attacked"), percent(number(attack, "change"))});
    if (attack.contains("item")) {
      const auto shown = attack.at("shown_attacked").to_number<double>();
      shows.push_back({word(attack, "label"), shown, page::text_of(attack.at("shown_attacked"))});
    }
  }
  return page::section(
      "Poisoning",
      "<p>One shop follows the protocol and contributes what is not so, one attack at a time. No "
      "sum shows it. Measured on the customers of the other shops; an item counts as shown where "
      "it is among a customer's first 20.</p>" +
          page::change_chart("NDCG@20 of the other shops' customers under each attack", "honest",
                             "attacked (NDCG@20)", changes) +
          (shows.empty() ? std::string{}
                         : "<p>Customers of other shops to whom the item is shown:</p>" +
                               page::bar_chart("Customers to whom the item is shown", shows)) +
          page::table({{"attack", false},
                       {"shop"},
                       {"NDCG@20"},
                       {"attacked"},
                       {"change"},
                       {"item shown"},
                       {"attacked"}},
                      rows));
}

}  // namespace

std::string model_report_page(const json::object& report) {
  const auto& scenario = report.at("scenario").as_object();
  const bool passed = report.at("passed").as_bool();
  std::string body = std::string{"<p class=\"verdict"} + (passed ? "" : " alarm") + "\">" +
                     page::text_of(report.at("verdict")) + "</p><p><code>" +
                     page::text_of(report.at("command")) + "</code></p>\n";
  body += quality_section(report.at("models").as_array()) + curve_section(report) +
          shops_section(report.at("shops").as_array());
  if (const auto* attacks = report.if_contains("attacks")) {
    body += attacks_section(attacks->as_array());
  }
  body += exactness_section(report.at("secure_sums").as_object());
  if (const auto* fairness = report.if_contains("fairness")) {
    body += fairness_section(fairness->as_object());
  }
  if (const auto* shops = report.if_contains("participation")) {
    body += participation_section(shops->as_array());
  }
  body += phases_section(report.at("phases").as_array());
  body += privacy_section(report);
  body += page::section("Scenario", page::members(scenario) +
                                        page::members(scenario.at("data").as_object()) +
                                        page::members(scenario.at("model").as_object()));
  body += "<p>Took " + page::text_of(report.at("seconds")) + " seconds.</p>";
  return page::document("Simulation: " + word(scenario, "name"), body);
}

}  // namespace guildsum::simulations
