#include "participant/source/csv_reader.hpp"

#include "base/bytes.hpp"
#include "base/errors.hpp"
#include "base/random.hpp"
#include "tests/support/outcome.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

using Fields = std::vector<std::string>;

struct Reading {
  std::vector<CsvRecord> records;
  std::vector<std::pair<std::uint64_t, CsvFault>> faults;
  char delimiter = 0;

  [[nodiscard]] std::vector<Fields> fields() const {
    std::vector<Fields> out;
    for (const CsvRecord& record : records) out.push_back(record.fields);
    return out;
  }
};

/// Reads `text` in pieces of `piece` bytes.
Reading read(std::string_view text, CsvOptions options = {}, std::size_t piece = 1 << 20) {
  Reading out;
  CsvReader reader{
      options,
      [&](const CsvRecord& record) -> Result<> {
        out.records.push_back(record);
        return {};
      },
      [&](std::uint64_t line, CsvFault fault) { out.faults.emplace_back(line, fault); }};
  for (std::size_t at = 0; at < text.size(); at += piece) {
    GS_REQUIRE_DONE(reader.feed(text.substr(at, piece)));
  }
  GS_REQUIRE_DONE(reader.finish());
  out.delimiter = reader.delimiter();
  return out;
}

void check_fault(const Reading& reading, std::uint64_t line, CsvFault fault) {
  BOOST_REQUIRE(reading.faults.size() == 1U);
  BOOST_TEST(reading.faults[0].first == line);
  BOOST_TEST((reading.faults[0].second == fault));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(csv_reader_test)

BOOST_AUTO_TEST_CASE(records_fields_and_lines_are_found) {
  const Reading reading = read("a,b\n1,2\n\n3,\n");
  BOOST_TEST((reading.fields() == std::vector<Fields>{{"a", "b"}, {"1", "2"}, {"3", ""}}));
  BOOST_TEST(reading.records[0].line == 1U);
  BOOST_TEST(reading.records[2].line == 4U);
  BOOST_TEST(reading.faults.empty());
}

BOOST_AUTO_TEST_CASE(every_line_end_counts_and_the_last_one_may_be_missing) {
  for (const std::string_view text :
       {"a,b\n1,2", "a,b\r\n1,2\r\n", "a,b\r1,2\r", "\r\n\na,b\n1,2"}) {
    const Reading reading = read(text);
    BOOST_TEST((reading.fields() == std::vector<Fields>{{"a", "b"}, {"1", "2"}}));
  }
  BOOST_TEST(read("a\r\nb\r\nc").records[2].line == 3U);
}

BOOST_AUTO_TEST_CASE(quoted_fields_hold_delimiters_line_ends_and_quotes) {
  const Reading reading = read("h1,h2\n\"a,b\",\"x\r\ny\"\n\"say \"\"hi\"\"\",\"\"\nlast,1\n");
  BOOST_TEST(
      (reading.fields() ==
       std::vector<Fields>{{"h1", "h2"}, {"a,b", "x\r\ny"}, {"say \"hi\"", ""}, {"last", "1"}}));
  BOOST_TEST(reading.records[2].line == 4U);
  BOOST_TEST(reading.records[3].line == 5U);
}

BOOST_AUTO_TEST_CASE(a_quote_inside_an_unquoted_field_is_text) {
  const Reading reading = read("size,name\n5\" pipe,x\n6,y\n");
  BOOST_TEST(
      (reading.fields() == std::vector<Fields>{{"size", "name"}, {"5\" pipe", "x"}, {"6", "y"}}));
}

BOOST_AUTO_TEST_CASE(the_pieces_of_a_file_make_no_difference) {
  const std::string text =
      "\xEF\xBB\xBF"
      "name;n\r\n\"M\xC3\xBCller; \"\"A\"\"\";1\r\n\r\nx;2\n\"two\nlines\";3";
  const Reading whole = read(text);
  BOOST_TEST(whole.records.size() == 4U);
  BOOST_TEST(whole.records[0].fields[0] == "name");  // Without the byte order mark.
  for (std::size_t piece = 1; piece < 9; ++piece) {
    const Reading pieces = read(text, {}, piece);
    BOOST_TEST((pieces.fields() == whole.fields()));
    BOOST_TEST(pieces.delimiter == ';');
  }
}

BOOST_AUTO_TEST_CASE(the_delimiter_is_the_one_that_the_header_holds_most_often) {
  BOOST_TEST(read("a,b,c\n").delimiter == ',');
  BOOST_TEST(read("a;b,c;d\n").delimiter == ';');
  BOOST_TEST(read("a\tb\tc\n").delimiter == '\t');
  BOOST_TEST(read("a|b\n").delimiter == '|');
  BOOST_TEST(read("\"a;b;c;d\",e,f\n").delimiter == ',');  // Quoted ones do not count.
  BOOST_TEST(read("alone\n").delimiter == ',');
  CsvOptions options;
  options.delimiter = '|';
  BOOST_TEST((read("a,b|c\n", options).fields() == std::vector<Fields>{{"a,b", "c"}}));
}

BOOST_AUTO_TEST_CASE(text_after_a_closing_quote_costs_its_record_only) {
  const Reading reading = read("a,b\n\"x\"y,1\nz,2\n");
  check_fault(reading, 2, CsvFault::text_after_quote);
  BOOST_TEST((reading.fields() == std::vector<Fields>{{"a", "b"}, {"z", "2"}}));
}

BOOST_AUTO_TEST_CASE(zero_bytes_and_text_that_is_no_utf8_cost_their_record_only) {
  using namespace std::string_view_literals;
  const Reading zero = read("a,b\nx\0y,1\nz,2\n"sv);
  check_fault(zero, 2, CsvFault::control_character);
  BOOST_TEST(zero.records.size() == 2U);
  const Reading latin = read("a,b\nM\xFCller,1\nz,2\n");
  check_fault(latin, 2, CsvFault::bad_encoding);
  BOOST_TEST(latin.records.size() == 2U);
}

BOOST_AUTO_TEST_CASE(latin_1_is_converted) {
  CsvOptions options;
  options.encoding = TextEncoding::latin1;
  const Reading reading = read("a,b\nM\xFCller,\x80\n", options);
  BOOST_TEST(reading.faults.empty());
  BOOST_TEST(reading.records[1].fields[0] == "M\xC3\xBCller");
  BOOST_TEST(reading.records[1].fields[1] == "\xC2\x80");
}

BOOST_AUTO_TEST_CASE(fields_and_records_have_limits) {
  CsvOptions options;
  options.field_limit_bytes = 10;
  options.record_limit_bytes = 25;
  const std::string ten(10, 'x');
  const Reading exact = read("a,b\n" + ten + "," + ten + "\n", options);
  BOOST_TEST(exact.faults.empty());
  const Reading field = read("a,b\n" + ten + "x,1\nz,2\n", options);
  check_fault(field, 2, CsvFault::field_too_large);
  BOOST_TEST(field.records.size() == 2U);
  const Reading record = read("a,b\n" + ten + "," + ten + "," + ten + "\nz,2\n", options);
  check_fault(record, 2, CsvFault::record_too_large);
  BOOST_TEST(record.records.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_quote_that_is_never_closed_is_reported_with_the_line_where_it_opened) {
  const Reading reading = read("a,b\n1,2\n\"open,3");
  check_fault(reading, 3, CsvFault::unterminated_quote);
  BOOST_TEST(reading.records.size() == 2U);
}

BOOST_AUTO_TEST_CASE(files_without_content_have_no_records) {
  for (const std::string_view text : {"", "\n", "\r\n\r\n", "\xEF\xBB\xBF", "\xEF\xBB\xBF\n"}) {
    const Reading reading = read(text);
    BOOST_TEST(reading.records.empty());
    BOOST_TEST(reading.faults.empty());
  }
}

BOOST_AUTO_TEST_CASE(an_error_of_the_receiver_ends_the_reading) {
  int seen = 0;
  CsvReader reader{{},
                   [&](const CsvRecord&) -> Result<> {
                     if (++seen == 2) return Error{BaseErrc::no_space, "full"};
                     return {};
                   },
                   [](std::uint64_t, CsvFault) {}};
  GS_CHECK_FAILS(BaseErrc::no_space, reader.feed("a\nb\nc\nd\n"));
  BOOST_TEST(seen == 2);
}

BOOST_AUTO_TEST_CASE(random_bytes_never_stop_the_reader_and_good_lines_at_the_end_are_read) {
  SeededRandom random{11};
  for (int i = 0; i < 200; ++i) {
    Bytes bytes(200);
    random.fill(bytes);
    std::string text{"a,b\n"};
    for (const std::byte byte : bytes) {
      const char c = static_cast<char>(std::to_integer<int>(byte) & 0x3F);
      if (c != '"') text.push_back(c);
    }
    text += "\nlast,line\n";
    const Reading reading = read(text);
    BOOST_REQUIRE(!reading.records.empty());
    BOOST_TEST((reading.records.back().fields == Fields{"last", "line"}), "round " << i);
  }
}

BOOST_AUTO_TEST_CASE(utf8_is_told_from_what_only_looks_like_it) {
  for (const std::string_view good : {"", "abc", "\xC3\xBC", "\xE2\x82\xAC", "\xF0\x9F\x8D\xB5",
                                      "\xEE\x80\x80", "\xF4\x8F\xBF\xBF"}) {
    BOOST_TEST(is_utf8(good));
  }
  for (const std::string_view bad :
       {"\x80", "\xC3", "\xC0\x80", "\xC1\xBF", "\xE0\x80\x80", "\xED\xA0\x80", "\xF0\x80\x80\x80",
        "\xF4\x90\x80\x80", "\xF5\x80\x80\x80", "\xFF", "\xE2\x82", "a\xE2\x28\xA1"}) {
    BOOST_TEST(!is_utf8(bad));
  }
  BOOST_TEST(latin1_to_utf8("a\xE9\xFF") == "a\xC3\xA9\xC3\xBF");
}

BOOST_AUTO_TEST_SUITE_END()
