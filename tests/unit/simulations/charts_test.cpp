#include "simulations/page/charts.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations::page {
namespace {

std::size_t count(const std::string& text, std::string_view part) {
  std::size_t found = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++found;
  return found;
}

bool contains(const std::string& text, std::string_view part) { return count(text, part) > 0; }

}  // namespace

BOOST_AUTO_TEST_SUITE(charts_test)

BOOST_AUTO_TEST_CASE(bars_are_as_long_as_their_values) {
  const auto text = bar_chart("Quality", {{"a", 2, "two"}, {"b", 1, "one"}, {"<c>", 0, "none"}});
  BOOST_TEST(contains(text, "aria-label=\"Quality\""));
  BOOST_TEST(count(text, "<rect") == 3U);
  const auto width = [&](std::size_t bar) {
    std::size_t at = 0;
    for (std::size_t k = 0; k <= bar; ++k) at = text.find("width=\"", text.find("<rect", at)) + 7;
    return std::stod(text.substr(at));
  };
  BOOST_TEST(width(0) == 2 * width(1), boost::test_tools::tolerance(0.01));
  BOOST_TEST(width(2) == 0);
  BOOST_TEST(contains(text, "&lt;c&gt;"));
}

BOOST_AUTO_TEST_CASE(a_whisker_is_drawn_where_there_is_an_error) {
  BOOST_TEST(!contains(bar_chart("x", {{"a", 1, "1"}}), "class=\"error\""));
  BOOST_TEST(contains(bar_chart("x", {{"a", 1, "1", 0.1}}), "class=\"error\""));
}

BOOST_AUTO_TEST_CASE(a_loss_has_another_colour_than_a_gain) {
  const auto text =
      change_chart("Gain", "alone", "federated", {{"a", 1, 2, "+"}, {"b", 2, 1, "-"}});
  BOOST_TEST(count(text, "class=\"bad\"") == 1U);
  BOOST_TEST(count(text, "class=\"hollow\"") == 3U);  // One of them in the legend.
  BOOST_TEST(contains(text, "alone"));
}

BOOST_AUTO_TEST_CASE(lines_differ_and_levels_cross_the_chart) {
  const auto text = line_chart({.name = "Curve", .x = "epochs", .y = "NDCG"},
                               {{"federated", {{1, 0.1}, {2, 0.2}}}, {"alone", {{0, 0.15}}}});
  BOOST_TEST(count(text, "<polyline") == 1U);
  BOOST_TEST(count(text, "class=\"l s1\"") == 2U);  // The level and its sign in the legend.
  BOOST_TEST(contains(text, "epochs"));
}

BOOST_AUTO_TEST_CASE(nothing_to_draw_is_no_division_by_zero) {
  for (const auto& text :
       {bar_chart("x", {}), bar_chart("x", {{"a", 0, "0"}}), change_chart("x", "a", "b", {}),
        change_chart("x", "a", "b", {{"a", 1, 1, ""}}), line_chart({"x", "x", "y"}, {}),
        line_chart({"x", "x", "y"}, {{"a", {{1, 0}, {1, 0}}}}), heat_map("x", {}, {})}) {
    BOOST_TEST(!contains(text, "nan"));
    BOOST_TEST(!contains(text, "inf"));
    BOOST_TEST(contains(text, "</svg>"));
  }
}

BOOST_AUTO_TEST_CASE(a_heat_map_has_a_field_for_each_value) {
  const auto text =
      heat_map("x", {"p", "q"}, {{"a", {0, 1}, {"0.08", "0.09"}}, {"b", {0.5, 2}}});
  BOOST_TEST(count(text, "<rect") == 4U);
  BOOST_TEST(contains(text, "fill-opacity=\"0.08\""));
  BOOST_TEST(count(text, "fill-opacity=\"1.00\"") == 2U);
  BOOST_TEST(contains(text, "0.09</text>"));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations::page
