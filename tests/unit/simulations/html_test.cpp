#include "simulations/page/html.hpp"

#include <boost/test/unit_test.hpp>

namespace guildsum::simulations::page {

BOOST_AUTO_TEST_SUITE(html_test)

BOOST_AUTO_TEST_CASE(text_is_escaped_wherever_it_comes_from) {
  BOOST_TEST(escaped("<a href=\"x\">&</a>") == "&lt;a href=&quot;x&quot;&gt;&amp;&lt;/a&gt;");
  BOOST_TEST(text_of(boost::json::value("<b>")) == "&lt;b&gt;");
  BOOST_TEST(text_cell("<i>") == "<td>&lt;i&gt;</td>");
  BOOST_TEST(in_words("a_<b>") == "a &lt;b&gt;");
  BOOST_TEST(document("<t>", "").find("<t>") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(values_are_written_for_people) {
  BOOST_TEST(text_of(boost::json::value(541909)) == "541,909");
  BOOST_TEST(text_of(boost::json::value(-3)) == "-3");
  BOOST_TEST(text_of(boost::json::value(0.08954321)) == "0.08954");
  BOOST_TEST(text_of(boost::json::value(true)) == "yes");
  BOOST_TEST(text_of(boost::json::value(nullptr)) == "-");
}

BOOST_AUTO_TEST_CASE(tables_have_a_head_and_a_row_for_each) {
  const auto text = table({{"shop", false}, {"gain"}}, {text_cell("a") + number_cell("1"), ""});
  BOOST_TEST(text.find("<th>shop</th><th class=\"n\">gain</th>") != std::string::npos);
  BOOST_TEST(text.find("<tr><td>a</td><td class=\"n\">1</td></tr><tr></tr>") != std::string::npos);
}

BOOST_AUTO_TEST_CASE(members_show_values_and_leave_tables_to_others) {
  const auto text = members({{"shop_count", 8}, {"inner", boost::json::object{{"x", 1}}}});
  BOOST_TEST(text.find("<th>shop count</th><td class=\"n\">8</td>") != std::string::npos);
  BOOST_TEST(text.find("inner") == std::string::npos);
}

BOOST_AUTO_TEST_CASE(a_page_loads_nothing_and_runs_nothing) {
  const auto text = document("Report", section("One", "<p>text</p>"));
  BOOST_TEST(text.starts_with("<!doctype html>"));
  for (const char* part : {"<script", "http", "src=", "@import", "url("}) {
    BOOST_TEST(text.find(part) == std::string::npos, part);
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations::page
