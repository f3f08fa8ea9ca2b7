#include "models/csv.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::Draw;
using models::test::must;
using models::test::refused;

namespace {

using Record = std::vector<std::string>;

std::vector<Record> read(std::string_view text) {
  CsvReader reader{text, "test.csv"};
  std::vector<Record> records;
  while (auto record = must(reader.next())) records.push_back(*record);
  return records;
}

Result<std::optional<Record>> last(std::string_view text) {
  CsvReader reader{text, "test.csv"};
  while (true) {
    auto record = reader.next();
    if (record.has_error() || !*record) return record;
  }
}

bool are(const std::vector<Record>& records, const std::vector<Record>& expected) {
  return records == expected;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_test)

BOOST_AUTO_TEST_CASE(records_end_at_lf_crlf_and_the_end_of_the_text) {
  BOOST_TEST(are(read("a,b\nc,d\r\ne,f"), {{"a", "b"}, {"c", "d"}, {"e", "f"}}));
  BOOST_TEST(are(read("a,b\n"), {{"a", "b"}}));
  BOOST_TEST(are(read(""), {}));
}

BOOST_AUTO_TEST_CASE(empty_fields_are_fields) {
  BOOST_TEST(are(read(",\n\na,"), {{"", ""}, {""}, {"a", ""}}));
  BOOST_TEST(are(read("\"\",x\n"), {{"", "x"}}));
}

BOOST_AUTO_TEST_CASE(quoted_fields_hold_commas_quotes_and_line_ends) {
  BOOST_TEST(are(read("\"a,b\",\"say \"\"hi\"\"\"\n\"two\r\nlines\",z\n"),
                 {{"a,b", "say \"hi\""}, {"two\r\nlines", "z"}}));
}

BOOST_AUTO_TEST_CASE(a_byte_order_mark_is_skipped_at_the_start_only) {
  BOOST_TEST(are(read("\xEF\xBB\xBF"
                      "a,b"),
                 {{"a", "b"}}));
  BOOST_TEST(are(read("a,\xEF\xBB\xBF"
                      "b"),
                 {{"a",
                   "\xEF\xBB\xBF"
                   "b"}}));
}

BOOST_AUTO_TEST_CASE(a_carriage_return_alone_is_text) {
  BOOST_TEST(are(read("a\rb,c"), {{"a\rb", "c"}}));
}

BOOST_AUTO_TEST_CASE(the_line_of_a_record_counts_quoted_line_ends) {
  CsvReader reader{"a\n\"b\nb\nb\"\nc\n", "test.csv"};
  std::vector<std::size_t> lines;
  while (must(reader.next())) lines.push_back(reader.line());
  BOOST_TEST(lines == (std::vector<std::size_t>{1, 2, 5}));
  BOOST_TEST(reader.error("no good").detail() == "test.csv:5: no good");
}

BOOST_AUTO_TEST_CASE(stray_and_unclosed_quotes_are_refused_with_file_and_line) {
  const auto malformed = ModelsErrc::malformed;
  BOOST_TEST(refused(last("x\na\"b\n"), malformed, "test.csv:2: quote inside an unquoted field"));
  BOOST_TEST(refused(last("\"a\"b"), malformed, "test.csv:1: text after a closing quote"));
  BOOST_TEST(refused(last("x\ny\n\"a\n\n"), malformed, "test.csv:3: quote that is never closed"));
  BOOST_TEST(refused(last("\""), malformed, "never closed"));
  BOOST_TEST(refused(last("a,\"b\"\rc"), malformed, "text after a closing quote"));
}

BOOST_AUTO_TEST_CASE(only_fields_that_need_it_are_quoted) {
  BOOST_TEST(csv_field("plain text") == "plain text");
  BOOST_TEST(csv_field("") == "");
  BOOST_TEST(csv_field("a,b") == "\"a,b\"");
  BOOST_TEST(csv_field("say \"hi\"") == "\"say \"\"hi\"\"\"");
  BOOST_TEST(csv_field("a\nb") == "\"a\nb\"");
  BOOST_TEST(csv_field("a\rb") == "\"a\rb\"");
}

BOOST_AUTO_TEST_CASE(what_is_written_is_read_back) {
  constexpr std::string_view kLetters = "ab,\"\n\r \xC3";
  Draw draw{3};
  for (int trial = 0; trial < 2000; ++trial) {
    Record record(1 + draw.below(4));
    std::string text;
    for (auto& field : record) {
      for (auto left = draw.below(6); left > 0; --left) {
        field.push_back(kLetters[draw.below(kLetters.size())]);
      }
      text += (text.empty() && &field == &record.front() ? "" : ",") + csv_field(field);
    }
    if (text.empty()) continue;
    text += draw.below(2) == 0 ? "\n" : "\r\n";
    BOOST_TEST_REQUIRE(are(read(text), {record}), text);
  }
}

BOOST_AUTO_TEST_SUITE_END()
