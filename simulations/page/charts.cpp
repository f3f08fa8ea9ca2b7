#include "simulations/page/charts.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "base/cli/format.hpp"
#include "simulations/page/html.hpp"

namespace guildsum::simulations::page {
namespace {

constexpr double kWidth = 360;
constexpr std::size_t kStyles = 4;

std::string fixed(double value) { return cli::format_fixed(value, 1); }

std::string attribute(std::string_view key, double value) {
  return " " + std::string{key} + "=\"" + fixed(value) + "\"";
}

std::string text_at(double x, double y, std::string_view anchor, std::string_view text,
                    std::string_view kind = {}) {
  return "<text" + attribute("x", x) + attribute("y", y) + " text-anchor=\"" + std::string{anchor} +
         "\"" + (kind.empty() ? std::string{} : " class=\"" + std::string{kind} + "\"") + ">" +
         escaped(text) + "</text>";
}

std::string line_from(double x1, double y1, double x2, double y2, std::string_view kind) {
  return "<line class=\"" + std::string{kind} + "\"" + attribute("x1", x1) + attribute("y1", y1) +
         attribute("x2", x2) + attribute("y2", y2) + "/>";
}

std::string figure(std::string_view name, double height, std::string_view legend,
                   std::string_view content) {
  return "<figure>" + std::string{legend} + "<svg viewBox=\"0 0 " +
         cli::format_fixed(kWidth, 0) + " " + cli::format_fixed(height, 0) +
         "\" role=\"img\" aria-label=\"" + escaped(name) + "\">" + std::string{content} +
         "</svg></figure>";
}

/// Room for the longest label, in a font of about 6.4 units a letter.
double label_width(std::size_t letters) {
  return std::clamp(6.6 * static_cast<double>(letters) + 8, 30.0, 150.0);
}

/// 1, 2 or 5 times a power of ten, so that about four of them cover `span`.
double step_of(double span) {
  const double raw = span / 4;
  const double power = std::pow(10.0, std::floor(std::log10(raw)));
  for (const double factor : {1.0, 2.0, 5.0}) {
    if (raw <= factor * power) return factor * power;
  }
  return 10 * power;
}

int digits_of(double step) {
  const double digits = -std::floor(std::log10(step) + 1e-9);
  return digits > 0 ? static_cast<int>(digits) : 0;
}

/// The label of a tick; what is 0 but for rounding has no sign.
std::string tick(double value, double step) {
  return cli::format_fixed(std::abs(value) < step / 2 ? 0.0 : value, digits_of(step));
}

/// Where labels stand: at the left of their rows, or above them when they are long.
struct Labels {
  explicit Labels(std::size_t letters)
      : above{letters > 20}, left{above ? 4 : label_width(letters)} {}
  /// `middle`: of the row's own line.
  [[nodiscard]] std::string draw(const std::string& label, double middle) const {
    return above ? text_at(0, middle - 13, "start", label)
                 : text_at(left - 6, middle + 4, "end", label);
  }
  [[nodiscard]] double height(double row) const { return above ? row + 18 : row; }
  /// The row's own line, from its top.
  [[nodiscard]] double middle(double row) const { return above ? row / 2 + 18 : row / 2; }
  bool above;
  double left;
};

struct Scale {
  double low = 0;
  double high = 1;
  double from = 0;  ///< of the picture
  double to = 1;
  [[nodiscard]] double at(double value) const {
    return from + (value - low) / (high - low) * (to - from);
  }
};

}  // namespace

std::string bar_chart(std::string_view name, const std::vector<Bar>& bars) {
  constexpr double kRow = 24;
  std::size_t letters = 0;
  std::size_t behind = 0;
  double largest = 0;
  for (const Bar& bar : bars) {
    letters = std::max(letters, bar.label.size());
    behind = std::max(behind, bar.text.size());
    largest = std::max(largest, bar.value + bar.error);
  }
  const Labels labels{letters};
  const double left = labels.left;
  const double room = std::max(60.0, kWidth - left - label_width(behind));
  const Scale scale{0, largest > 0 ? largest : 1, left, left + room};
  std::string out;
  double y = 0;
  for (const Bar& bar : bars) {
    const double middle = y + labels.middle(kRow);
    out += labels.draw(bar.label, middle) + "<rect class=\"f0\"" + attribute("x", left) +
           attribute("y", middle - 8) + attribute("width", scale.at(bar.value) - left) +
           " height=\"16\"/>";
    if (bar.error > 0) {
      out += line_from(scale.at(std::max(0.0, bar.value - bar.error)), middle,
                       scale.at(bar.value + bar.error), middle, "error");
    }
    out += text_at(scale.at(bar.value + bar.error) + 5, middle + 4, "start", bar.text);
    y += labels.height(kRow);
  }
  return figure(name, y + 4, {}, out);
}

std::string change_chart(std::string_view name, std::string_view before, std::string_view after,
                         const std::vector<Change>& changes) {
  constexpr double kRow = 20;
  std::size_t letters = 0;
  std::size_t behind = 0;
  double largest = 0;
  double lowest = changes.empty() ? 0 : changes.front().before;
  for (const Change& change : changes) {
    letters = std::max(letters, change.label.size());
    behind = std::max(behind, change.text.size());
    largest = std::max({largest, change.before, change.after});
    lowest = std::min({lowest, change.before, change.after});
  }
  if (largest <= lowest) largest = lowest + 1;
  const Labels labels{letters};
  const double left = labels.left;
  const double right = kWidth - label_width(behind);
  const Scale scale{lowest, largest, left + 8, right - 8};
  std::string out;
  double y = 0;
  for (const Change& change : changes) {
    const double middle = y + labels.middle(kRow);
    const std::string kind = change.after < change.before ? "bad" : "f0";
    out += labels.draw(change.label, middle) +
           line_from(left, middle, right, middle, "axis") +
           line_from(scale.at(change.before), middle, scale.at(change.after), middle, "error") +
           "<circle class=\"hollow\" r=\"4\"" + attribute("cx", scale.at(change.before)) +
           attribute("cy", middle) + "/><circle class=\"" + kind + "\" r=\"5\"" +
           attribute("cx", scale.at(change.after)) + attribute("cy", middle) + "/>" +
           text_at(kWidth, middle + 4, "end", change.text);
    y += labels.height(kRow);
  }
  const std::string legend =
      "<div class=\"legend\"><span><svg viewBox=\"0 0 32 12\"><circle class=\"hollow\" r=\"4\" "
      "cx=\"16\" cy=\"6\"/></svg>" +
      escaped(before) +
      "</span><span><svg viewBox=\"0 0 32 12\"><circle class=\"f0\" r=\"5\" cx=\"16\" "
      "cy=\"6\"/></svg>" +
      escaped(after) + "</span></div>";
  return figure(name, y + 4, legend, out);
}

namespace {

struct Frame {
  Scale x;
  Scale y;
};

Frame frame_of(const Axes& axes, const std::vector<Line>& lines) {
  double x_low = INFINITY;
  double x_high = -INFINITY;
  double y_low = INFINITY;
  double y_high = -INFINITY;
  for (const Line& line : lines) {
    for (const auto& [x, y] : line.points) {
      if (line.points.size() > 1) {
        x_low = std::min(x_low, x);
        x_high = std::max(x_high, x);
      }
      y_low = std::min(y_low, y);
      y_high = std::max(y_high, y);
    }
  }
  if (!(x_low < x_high)) {
    x_low = 0;
    x_high = 1;
  }
  if (!(y_low < y_high)) y_high = y_low + std::max(1e-3, std::abs(y_low) * 0.1);
  const double margin = 0.06 * (y_high - y_low);
  Frame frame;
  frame.y = {axes.y_min.value_or(y_low >= 0 ? std::max(0.0, y_low - margin) : y_low - margin),
             axes.y_max.value_or(y_high + margin), 206, 12};
  frame.x = {x_low, x_high, 58, kWidth - 14};
  return frame;
}

std::string grid(const Axes& axes, const Frame& frame) {
  std::string out;
  const double step = step_of(frame.y.high - frame.y.low);
  for (double value = std::ceil(frame.y.low / step - 1e-9) * step; value <= frame.y.high + 1e-9;
       value += step) {
    out += line_from(frame.x.from, frame.y.at(value), frame.x.to, frame.y.at(value), "axis") +
           text_at(frame.x.from - 6, frame.y.at(value) + 4, "end",
                   tick(value, step), "soft");
  }
  const double across = step_of(frame.x.high - frame.x.low);
  for (double value = std::ceil(frame.x.low / across - 1e-9) * across;
       value <= frame.x.high + 1e-9; value += across) {
    out += line_from(frame.x.at(value), frame.y.from, frame.x.at(value), frame.y.from + 4, "axis") +
           text_at(frame.x.at(value), frame.y.from + 18, "middle",
                   tick(value, across), "soft");
  }
  return out + text_at((frame.x.from + frame.x.to) / 2, frame.y.from + 38, "middle", axes.x);
}

}  // namespace

std::string line_chart(const Axes& axes, const std::vector<Line>& lines) {
  const Frame frame = frame_of(axes, lines);
  std::string out = grid(axes, frame);
  std::string legend = "<div class=\"legend\"><span>" + escaped(axes.y) + "</span>";
  std::size_t number = 0;
  for (const Line& line : lines) {
    const std::string style = std::to_string(number++ % kStyles);
    legend += "<span><svg viewBox=\"0 0 32 10\"><line class=\"l s" + style +
              "\" x1=\"0\" y1=\"5\" x2=\"32\" y2=\"5\"/></svg>" + escaped(line.label) + "</span>";
    if (line.points.size() == 1) {
      const double y = frame.y.at(line.points.front().second);
      out += line_from(frame.x.from, y, frame.x.to, y, "l s" + style);
      continue;
    }
    std::string points;
    std::string marks;
    for (const auto& [x, y] : line.points) {
      points += (points.empty() ? "" : " ") + fixed(frame.x.at(x)) + "," + fixed(frame.y.at(y));
      marks += "<circle class=\"f" + style + "\" r=\"3.5\"" + attribute("cx", frame.x.at(x)) +
               attribute("cy", frame.y.at(y)) + "/>";
    }
    out += "<polyline class=\"l s" + style + "\" points=\"" + points + "\"/>" + marks;
  }
  return figure(axes.name, 252, legend + "</div>", out);
}

std::string heat_map(std::string_view name, const std::vector<std::string>& columns,
                     const std::vector<HeatRow>& rows) {
  std::size_t letters = 0;
  for (const HeatRow& row : rows) letters = std::max(letters, row.label.size());
  const double left = label_width(letters);
  const double width =
      (kWidth - left) / static_cast<double>(std::max<std::size_t>(1, columns.size()));
  constexpr double kRow = 20;
  std::string out;
  // Labels of narrow columns are left out where they would run into each other.
  const auto every = static_cast<std::size_t>(std::ceil(34 / std::max(1.0, width)));
  for (std::size_t c = 0; c < columns.size(); c += every) {
    out += text_at(left + (static_cast<double>(c) + 0.5) * width, 14, "middle", columns[c], "soft");
  }
  double y = kRow;
  for (const HeatRow& row : rows) {
    out += text_at(left - 6, y + 14, "end", row.label);
    for (std::size_t c = 0; c < row.values.size(); ++c) {
      const double share = std::clamp(row.values[c], 0.0, 1.0);
      out += "<rect class=\"f0\"" + attribute("x", left + static_cast<double>(c) * width + 0.5) +
             attribute("y", y + 0.5) + attribute("width", std::max(0.5, width - 1)) +
             attribute("height", kRow - 1) + " fill-opacity=\"" +
             cli::format_fixed(0.08 + 0.92 * share, 2) + "\"/>";
      if (c < row.texts.size() && width > 6.6 * static_cast<double>(row.texts[c].size())) {
        out += text_at(left + (static_cast<double>(c) + 0.5) * width, y + 14, "middle",
                       row.texts[c], share > 0.5 ? "inverse" : "");
      }
    }
    y += kRow;
  }
  return figure(name, y + 4, {}, out);
}

}  // namespace guildsum::simulations::page
