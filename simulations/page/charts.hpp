#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

/// Charts as inline SVG. Each needs a table of the same numbers beside it.
namespace guildsum::simulations::page {

/// A horizontal bar. `text` stands behind it; the whisker is `error` to both sides.
struct Bar {
  std::string label;
  double value = 0;
  std::string text;
  double error = 0;
};
/// `name` is what a screen reader says. Values are 0 or more.
[[nodiscard]] std::string bar_chart(std::string_view name, const std::vector<Bar>& bars);

/// From an open circle to a full one: what somebody had and what she has now.
struct Change {
  std::string label;
  double before = 0;
  double after = 0;
  std::string text;
};
[[nodiscard]] std::string change_chart(std::string_view name, std::string_view before,
                                       std::string_view after, const std::vector<Change>& changes);

/// Points in ascending x; one point alone is a level across the whole chart. At most four lines
/// look different.
struct Line {
  std::string label;
  std::vector<std::pair<double, double>> points;
};
struct Axes {
  std::string name;  ///< What a screen reader says.
  std::string x;     ///< What the horizontal axis shows.
  std::string y;
  std::optional<double> y_min{};  ///< By default below the lowest point.
  std::optional<double> y_max{};
};
[[nodiscard]] std::string line_chart(const Axes& axes, const std::vector<Line>& lines);

/// Rows by columns of shares from 0 to 1, the fuller the darker. `texts` (as many, or none) stand
/// in the fields where these are wide enough.
struct HeatRow {
  std::string label;
  std::vector<double> values;
  std::vector<std::string> texts{};
};
[[nodiscard]] std::string heat_map(std::string_view name, const std::vector<std::string>& columns,
                                   const std::vector<HeatRow>& rows);

}  // namespace guildsum::simulations::page
