#include "coordinator/cli/print.hpp"

#include <sstream>

#include <boost/json.hpp>
#include <boost/test/unit_test.hpp>

using namespace guildsum;
using namespace guildsum::coordinator;

namespace {

const boost::json::object kDocument{{"text", "plain"},
                                    {"number", 7},
                                    {"nothing", nullptr},
                                    {"flag", true},
                                    {"names", boost::json::array{"a", "b"}},
                                    {"none", boost::json::array{}},
                                    {"at", "2026-01-31T09:05:00.250Z"}};

std::string printed(cli::OutputFormat format, std::string_view rows = {}) {
  cli::GlobalOptions global;
  global.format = format;
  const cli::Arguments arguments;
  std::ostringstream out;
  std::ostringstream err;
  const cli::Invocation invocation{global, arguments, out, err};
  const bool done = print_as_json(invocation, kDocument, rows);
  return done ? out.str() : "not printed";
}

}  // namespace

BOOST_AUTO_TEST_SUITE(print_test)

BOOST_AUTO_TEST_CASE(members_are_shown_as_people_read_them) {
  BOOST_TEST(text_of(kDocument, "text") == "plain");
  BOOST_TEST(text_of(kDocument, "number") == "7");
  BOOST_TEST(text_of(kDocument, "flag") == "true");
  BOOST_TEST(text_of(kDocument, "names") == "a, b");
  for (const char* key : {"nothing", "none", "missing"}) BOOST_TEST(text_of(kDocument, key) == "-");
  BOOST_TEST(minute_of(kDocument, "at") == "2026-01-31 09:05");
  BOOST_TEST(minute_of(kDocument, "missing") == "-");
}

BOOST_AUTO_TEST_CASE(members_of_another_kind_are_nothing) {
  BOOST_TEST(number_of(kDocument, "number") == 7U);
  BOOST_TEST(number_of(kDocument, "text") == 0U);
  BOOST_TEST(number_of(kDocument, "missing") == 0U);
  BOOST_TEST(array_of(kDocument, "names").size() == 2U);
  BOOST_TEST(array_of(kDocument, "text").empty());
  BOOST_TEST(array_of(kDocument, "missing").empty());
}

BOOST_AUTO_TEST_CASE(json_is_one_document_or_one_line_per_row) {
  BOOST_TEST(printed(cli::OutputFormat::text) == "not printed");
  const auto whole = boost::json::parse(printed(cli::OutputFormat::json));
  BOOST_TEST((whole.as_object() == kDocument));
  BOOST_TEST(printed(cli::OutputFormat::jsonl, "names") == "\"a\"\n\"b\"\n");
  BOOST_TEST(printed(cli::OutputFormat::jsonl, "missing").empty());
  const auto line = printed(cli::OutputFormat::jsonl);
  BOOST_TEST(line.find('\n') == line.size() - 1);
}

BOOST_AUTO_TEST_SUITE_END()
