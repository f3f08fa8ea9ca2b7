#include "simulations/retail_data.hpp"

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "base/gzip.hpp"
#include "tests/support/temp_dir.hpp"
#include "tests/unit/simulations/simulation_setup.hpp"

namespace guildsum::simulations {
namespace {

using test::kRetailHeader;
using test::must;
using test::refused;
using test::retail;
using test::sale;

Result<RetailData> parse(const std::string& rows) {
  return parse_retail(std::string{kRetailHeader} + rows, "sales.csv");
}

}  // namespace

BOOST_AUTO_TEST_SUITE(retail_data_test)

BOOST_AUTO_TEST_CASE(a_usable_row_keeps_its_fields) {
  const auto data = retail(
      "536365,85123A,\" WHITE, HANGING \",6,2010-12-01 08:26:00,2.55,17850,United Kingdom\n");
  BOOST_TEST_REQUIRE(data.purchases.size() == 1U);
  const auto& purchase = data.purchases.front();
  BOOST_TEST(purchase.invoice == "536365");
  BOOST_TEST(purchase.stock_code == "85123A");
  BOOST_TEST(purchase.title == "WHITE, HANGING");
  BOOST_TEST(purchase.quantity == "6");
  BOOST_TEST(purchase.time == "2010-12-01 08:26:00");
  BOOST_TEST(purchase.price == "2.55");
  BOOST_TEST(purchase.customer == "17850");
  BOOST_TEST(purchase.country == "United Kingdom");
}

BOOST_AUTO_TEST_CASE(unusable_rows_are_counted_under_their_first_reason) {
  const auto data = retail(
      "1,22423,A,1,t,1.0,,UK\n"     // no customer
      "C2,22423,A,-1,t,1.0,5,UK\n"  // cancelled
      "3,22423,A,0,t,1.0,5,UK\n"    // nothing sold
      "4,22423,A,1,t,0,5,UK\n"      // no price
      "5,POST,A,1,t,1.0,5,UK\n"     // not a product
      "C6,POST,A,-1,t,0,,UK\n"      // no customer comes first
      "7,22423,A,1,t,1.0,5,UK\n");
  BOOST_TEST(data.counts.rows == 7U);
  BOOST_TEST(data.counts.used == 1U);
  BOOST_TEST(data.counts.no_customer == 2U);
  BOOST_TEST(data.counts.returns == 2U);
  BOOST_TEST(data.counts.no_price == 1U);
  BOOST_TEST(data.counts.not_a_product == 1U);
  BOOST_TEST(data.purchases.size() == 1U);
}

BOOST_AUTO_TEST_CASE(a_product_code_is_five_digits_and_up_to_two_letters) {
  for (const char* code : {"22423", "85123A", "85123ab"}) {
    BOOST_TEST(retail(sale("1", code, "5")).counts.used == 1U, code);
  }
  for (const char* code : {"2242", "224231", "85123ABC", "8512AA", "A5123", "85123-", "M", ""}) {
    BOOST_TEST(retail(sale("1", code, "5")).counts.not_a_product == 1U, code);
  }
}

BOOST_AUTO_TEST_CASE(a_title_of_blanks_is_empty) {
  BOOST_TEST(retail(sale("1", "22423", "5", "UK", "   ")).purchases.front().title.empty());
}

BOOST_AUTO_TEST_CASE(records_that_are_no_transactions_name_their_line) {
  const std::string good = sale("1", "22423", "5");
  BOOST_TEST(refused(parse(good + "1,22423,A\n"), "sales.csv:3: has 3 fields, not 8"));
  BOOST_TEST(refused(parse("1,22423,A,x,t,1.0,5,UK\n"), "sales.csv:2: quantity 'x' is no number"));
  BOOST_TEST(refused(parse("1,22423,A,1.5,t,1.0,5,UK\n"), "quantity '1.5'"));
  BOOST_TEST(refused(parse("1,22423,A,1,t,,5,UK\n"), "price '' is no number"));
  BOOST_TEST(refused(parse("1,22423,A,1,t,inf,5,UK\n"), "price 'inf' is no number"));
  BOOST_TEST(refused(parse("1,22423,A,1,t,nan,5,UK\n"), "price 'nan'"));
  BOOST_TEST(refused(parse("1,\"22423,A,1,t,1.0,5,UK\n"), "never closed"));
}

BOOST_AUTO_TEST_CASE(another_header_is_refused) {
  BOOST_TEST(refused(parse_retail("", "sales.csv"), "the header must be InvoiceNo,"));
  BOOST_TEST(refused(parse_retail("InvoiceNo,StockCode\n1,2\n", "sales.csv"), "header"));
}

BOOST_AUTO_TEST_CASE(files_are_read_plain_or_compressed) {
  const guildsum::test::TempDir directory;
  const std::string text = std::string{kRetailHeader} + sale("1", "22423", "5");
  test::write(directory / "plain.csv", text);
  must(write_file_atomically(directory / "packed.csv.gz", gzip(as_bytes(text))));
  BOOST_TEST(must(read_retail(directory / "plain.csv")).counts.used == 1U);
  BOOST_TEST(must(read_retail(directory / "packed.csv.gz")).counts.used == 1U);
  BOOST_TEST((read_retail(directory / "missing.csv").error() == BaseErrc::not_found));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::simulations
