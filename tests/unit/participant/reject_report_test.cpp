#include "participant/source/reject_report.hpp"

#include <set>
#include <sys/stat.h>

#include "base/file.hpp"
#include "tests/support/file_size_limit.hpp"
#include "tests/support/outcome.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::participant;

BOOST_AUTO_TEST_SUITE(reject_report_test)

BOOST_AUTO_TEST_CASE(every_reason_and_every_fault_has_a_name_of_its_own) {
  std::set<std::string_view> codes;
  std::set<std::string_view> texts;
  for (std::size_t i = 0; i < kRejectReasons; ++i) {
    codes.insert(code_of(static_cast<RejectReason>(i)));
    texts.insert(to_string(static_cast<RejectReason>(i)));
  }
  BOOST_TEST(codes.size() == kRejectReasons);
  BOOST_TEST(texts.size() == kRejectReasons);
  BOOST_TEST(code_of(RejectReason::bad_time) == "bad_time");
  BOOST_TEST(code_of(RejectReason::not_in_catalogue) == "not_in_catalogue");
  BOOST_TEST((reason_of(CsvFault::bad_encoding) == RejectReason::bad_encoding));
  BOOST_TEST((reason_of(CsvFault::unterminated_quote) == RejectReason::unterminated_quote));
  BOOST_TEST((reason_of(JsonlFault::line_too_large) == RejectReason::record_too_large));
  BOOST_TEST((reason_of(JsonlFault::too_deep) == RejectReason::too_deep));
  BOOST_TEST((reason_of(JsonlFault::not_an_object) == RejectReason::not_an_object));
  BOOST_TEST((reason_of(CsvFault::record_too_large) == RejectReason::record_too_large));
}

BOOST_AUTO_TEST_CASE(rows_are_counted_by_reason_with_the_first_places) {
  RejectReport report;
  for (std::uint64_t line = 10; line < 20; ++line) {
    report.add("a.csv", line, RejectReason::bad_time);
  }
  report.add("b.csv", 2, RejectReason::no_item);
  BOOST_TEST(report.total() == 11U);
  const auto& times = report.of(RejectReason::bad_time);
  BOOST_TEST(times.rows == 10U);
  BOOST_REQUIRE(times.examples.size() == RejectReport::kExamplesMax);
  BOOST_TEST(times.examples[2].line == 12U);
  BOOST_TEST(report.of(RejectReason::no_item).examples.at(0).file == "b.csv");
  BOOST_TEST(report.of(RejectReason::no_time).rows == 0U);
}

BOOST_AUTO_TEST_CASE(the_list_names_every_place_and_no_content) {
  const test::TempDir dir;
  RejectReport report;
  report.add("the \"old\", file.csv", 7, RejectReason::bad_quantity);
  report.add("b.csv", 8, RejectReason::bad_encoding);
  report.add("the \"old\", file.csv", 9, RejectReason::bad_quantity);
  GS_REQUIRE_DONE(report.write_csv(dir / "rejects.csv"));
  std::vector<CsvRecord> rows;
  CsvReader reader{{},
                   [&](const CsvRecord& record) -> Result<> {
                     rows.push_back(record);
                     return {};
                   },
                   [](std::uint64_t, CsvFault) { BOOST_ERROR("the list is no CSV"); }};
  GS_REQUIRE_DONE(reader.feed(read_text_file(dir / "rejects.csv", 10'000).value()));
  GS_REQUIRE_DONE(reader.finish());
  BOOST_REQUIRE(rows.size() == 4U);
  BOOST_TEST((rows[0].fields == std::vector<std::string>{"file", "line", "reason", "meaning"}));
  BOOST_TEST(rows[1].fields[0] == "the \"old\", file.csv");
  BOOST_TEST(rows[1].fields[2] == "bad_quantity");
  BOOST_TEST(rows[2].fields[1] == "8");
  BOOST_TEST(rows[3].fields[0] == "the \"old\", file.csv");
  struct stat status{};
  BOOST_REQUIRE(::stat((dir / "rejects.csv").c_str(), &status) == 0);
  BOOST_TEST((status.st_mode & 07777U) == 0600U);
}

BOOST_AUTO_TEST_CASE(the_list_has_an_end_that_it_states) {
  const test::TempDir dir;
  RejectReport report;
  for (std::size_t i = 0; i < RejectReport::kListMax + 5; ++i) {
    report.add("a.csv", i, RejectReason::no_item);
  }
  BOOST_TEST(report.total() == RejectReport::kListMax + 5);
  GS_REQUIRE_DONE(report.write_csv(dir / "rejects.csv"));
  const std::string text = read_text_file(dir / "rejects.csv", std::size_t{1} << 30).value();
  BOOST_TEST(text.ends_with(",5,not_listed,\"further rows were not used\"\r\n"));
}

BOOST_AUTO_TEST_CASE(an_empty_list_replaces_an_older_one_and_a_full_disk_keeps_it) {
  const test::TempDir dir;
  RejectReport older;
  older.add("a.csv", 1, RejectReason::no_item);
  GS_REQUIRE_DONE(older.write_csv(dir / "rejects.csv"));
  {
    const test::FileSizeLimit full{5};
    BOOST_TEST(RejectReport{}.write_csv(dir / "rejects.csv").has_error());
  }
  BOOST_TEST(read_text_file(dir / "rejects.csv", 10'000).value().find("a.csv") !=
             std::string::npos);
  GS_REQUIRE_DONE(RejectReport{}.write_csv(dir / "rejects.csv"));
  BOOST_TEST(read_text_file(dir / "rejects.csv", 10'000).value() == "file,line,reason,meaning\r\n");
}

BOOST_AUTO_TEST_SUITE_END()
