#include <boost/test/unit_test.hpp>

#include "base/json.hpp"
#include "tests/support/shop_data.hpp"
#include "tests/support/shop_process.hpp"
#include "tests/support/temp_dir.hpp"

using namespace guildsum;
using namespace guildsum::test;

namespace {

constexpr int kOk = 0;
constexpr int kBadConfig = 5;
constexpr int kBadData = 6;

/// One shop with one file; it need not have joined to look at its data.
struct Setup {
  TempDir directory;
  ShopProcess shop{"bakery", directory / "bakery"};

  struct Report {
    int exit_code = -1;
    std::uint64_t rows = 0;
    std::uint64_t accepted = 0;
    std::string rejects;  ///< lines of rejects.csv without the file's name: "line,reason"
    std::string err;
  };

  Report check(std::string_view content) {
    write_text(shop.orders_file(), content);
    return check();
  }
  Report check() {
    const Finished checked = shop.run({"--format", "json", "check-data"});
    Report report{checked.exit_code, 0, 0, {}, checked.err};
    const auto document = json::parse_object(checked.out);
    if (document.has_error()) return report;
    const auto& source = document->at("sources").as_array().at(0).as_object();
    report.rows = number_at(source, "rows");
    report.accepted = number_at(source, "accepted");
    report.rejects = short_list(text_of(shop.agent_dir() / "rejects.csv"));
    const std::uint64_t rejected = number_at(*document, "rejected");
    // Never silent: every row is either used or on the list.
    BOOST_TEST(report.rows == report.accepted + rejected);
    BOOST_TEST(count_in(report.rejects, " ") == rejected);
    return report;
  }
  /// `"FILE",12,bad_time,"..."` as `12,bad_time `
  std::string short_list(const std::string& csv) const {
    const std::string prefix = "\"" + shop.orders_file().string() + "\",";
    std::string list;
    for (auto at = csv.find(prefix); at != std::string::npos; at = csv.find(prefix, at + 1)) {
      const auto from = at + prefix.size();
      list += csv.substr(from, csv.find(",\"", from) - from) + " ";
    }
    return list;
  }
};

constexpr std::string_view kHeader = "customer,item,time,quantity,order\n";

std::string rows(std::initializer_list<std::string_view> lines) {
  std::string text{kHeader};
  for (const auto line : lines) text += std::string{line} + "\n";
  return text;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(bad_csv_test)

BOOST_FIXTURE_TEST_CASE(byte_order_marks_line_ends_and_quoted_texts_are_read, Setup) {
  const std::string text =
      "\xEF\xBB\xBF"
      "customer,item,time,quantity,order,note\r\n"
      "c1,item-001,2024-03-01T10:00:00Z,1,o1,plain\r\n"
      "\r\n"
      "c2,item-002,2024-03-01T10:00:00Z,2,o2,\"two\r\nlines, and a \"\"quote\"\"\"\r\n"
      "c3,item-003,2024-03-01T10:00:00Z,1,o3,5\" pipe\r\n"
      "c4,item-004,2024-03-01T10:00:00Z,1,o4,last";
  const auto report = check(text);
  BOOST_TEST(report.exit_code == kOk);
  BOOST_TEST(report.accepted == 4U);
  BOOST_TEST(report.rejects == "");
}

BOOST_FIXTURE_TEST_CASE(each_bad_row_is_listed_with_its_line_and_reason, Setup) {
  std::string text = rows({"c1,item-001,2024-03-01T10:00:00Z,1,o1",        // 2
                           "c1,item-001,yesterday,1,o1",                   // 3
                           "c1,item-001,2024-02-31T10:00:00Z,1,o1",        // 4
                           "c1,item-001,2024-03-01T10:00:00Z,many,o1",     // 5
                           "c1,item-001,2024-03-01T10:00:00Z,-1,o1",       // 6
                           ",item-001,2024-03-01T10:00:00Z,1,o1",          // 7
                           "c1,,2024-03-01T10:00:00Z,1,o1",                // 8
                           "c1,item-001,,1,o1",                            // 9
                           "c1,item-001,2024-03-01T10:00:00Z,1",           // 10
                           "c1,item-001,2024-03-01T10:00:00Z,1,o1,extra",  // 11
                           "a@b.example,item-001,2024-03-01T10:00:00Z,1,o1"});
  text += std::string{"c1,item\0-001,2024-03-01T10:00:00Z,1,o1\n", 39};
  text += "c1,item-\xff,2024-03-01T10:00:00Z,1,o1\n";
  text += "c9,item-001,2024-03-01T10:00:00Z,1,o9\n";
  const auto report = check(text);
  BOOST_TEST(report.exit_code == kOk);
  BOOST_TEST(report.rows == 14U);
  BOOST_TEST(report.accepted == 2U);
  BOOST_TEST(report.rejects ==
             "3,bad_time 4,bad_time 5,bad_quantity 6,not_a_purchase 7,no_customer 8,no_item "
             "9,no_time 10,wrong_field_count 11,wrong_field_count 12,email_as_customer "
             "13,control_character 14,bad_encoding ");
}

BOOST_FIXTURE_TEST_CASE(a_stray_quote_costs_its_own_line_only, Setup) {
  // Closed by nothing, by the next stray quote, and by a good quoted field further down.
  const auto alone = check(
      rows({"c1,item-001,2024-03-01T10:00:00Z,1,o1", "c2,\"item-002,2024-03-01T10:00:00Z,1,o2",
            "c3,item-003,2024-03-01T10:00:00Z,1,o3", "c4,item-004,2024-03-01T10:00:00Z,1,o4"}));
  BOOST_TEST(alone.accepted == 3U);
  BOOST_TEST(alone.rejects == "3,unterminated_quote ");

  const auto pair = check(
      rows({"c1,\"item-001,2024-03-01T10:00:00Z,1,o1", "c2,item-002,2024-03-01T10:00:00Z,1,o2",
            "c3,item-003\",2024-03-01T10:00:00Z,1,o3", "c4,item-004,2024-03-01T10:00:00Z,1,o4"}));
  BOOST_TEST(pair.rows == 4U);
  BOOST_TEST(pair.rejects.starts_with("2,unterminated_quote "));
  BOOST_TEST(pair.accepted == 3U);

  const auto before_good = check(
      rows({"c1,\"item-001,2024-03-01T10:00:00Z,1,o1", "c2,item-002,2024-03-01T10:00:00Z,1,o2",
            "c3,\"item-003\",2024-03-01T10:00:00Z,1,o3", "c4,item-004,2024-03-01T10:00:00Z,1,o4"}));
  BOOST_TEST(before_good.accepted == 3U);
  BOOST_TEST(before_good.rejects == "2,unterminated_quote ");
}

BOOST_FIXTURE_TEST_CASE(files_that_cannot_be_used_at_all_are_named, Setup) {
  const auto missing = check();
  BOOST_TEST(missing.exit_code == kBadData);
  BOOST_TEST(missing.err.find("orders.csv") != std::string::npos);

  const auto empty = check("");
  BOOST_TEST(empty.exit_code == kBadData);
  BOOST_TEST(empty.err.find("no header line") != std::string::npos);

  const auto no_item = check("customer,time\nc1,2024-03-01\n");
  BOOST_TEST(no_item.exit_code == kBadData);
  BOOST_TEST(no_item.err.find("no column for the item") != std::string::npos);

  const auto header_only = check(kHeader);
  BOOST_TEST(header_only.exit_code == kBadData);
  BOOST_TEST(header_only.rows == 0U);

  const auto nothing_good = check(rows({"c1,item-001,never,1,o1"}));
  BOOST_TEST(nothing_good.exit_code == kBadData);
  BOOST_TEST(nothing_good.rejects == "2,bad_time ");
}

BOOST_FIXTURE_TEST_CASE(a_mapping_to_a_column_that_is_not_there_names_the_nearest, Setup) {
  write_text(shop.orders_file(), rows({"c1,item-001,2024-03-01T10:00:00Z,1,o1"}));
  const Finished checked =
      shop.run({"check-data", "--set", "source.orders.mapping.customer=custommer"});
  BOOST_TEST(checked.exit_code == kBadData);
  BOOST_TEST(checked.err.find("customer") != std::string::npos);
  const Finished unknown = shop.run({"check-data", "--set", "source.orders.maping.item=item"});
  BOOST_TEST(unknown.exit_code == kBadConfig);
}

BOOST_AUTO_TEST_SUITE_END()
