#include "participant/source/product_id.hpp"

#include <array>
#include <set>

#include <boost/test/unit_test.hpp>

#include "base/random.hpp"

using namespace guildsum;
using namespace guildsum::participant;

namespace {

/// Digits without a check digit, which is then found by trying: nothing of the product's sum.
std::string completed(const std::string& body) {
  std::string only;
  for (char digit = '0'; digit <= '9'; ++digit) {
    if (!normalised_gtin(body + digit)) continue;
    BOOST_TEST(only.empty(), body << " has two check digits");
    only = body + digit;
  }
  BOOST_TEST(!only.empty(), body << " has no check digit");
  return only;
}

std::string random_digits(Random& random, std::size_t count) {
  std::string out;
  while (out.size() < count) {
    std::array<std::byte, 1> byte{};
    random.fill(byte);
    if (const int value = std::to_integer<int>(byte[0]); value < 250) {
      out.push_back(static_cast<char>('0' + value % 10));
    }
  }
  if (out.find_first_not_of('0') == std::string::npos) out.back() = '1';
  return out;
}

std::string gtin(std::string_view text) { return normalised_gtin(text).value_or("none"); }

}  // namespace

BOOST_AUTO_TEST_SUITE(product_id_test)

BOOST_AUTO_TEST_CASE(published_numbers_become_fourteen_digits) {
  BOOST_TEST(gtin("6291041500213") == "06291041500213");   // GS1, check digit calculation
  BOOST_TEST(gtin("73513537") == "00000073513537");        // a GTIN-8
  BOOST_TEST(gtin("036000291452") == "00036000291452");    // a GTIN-12
  BOOST_TEST(gtin("4006381333931") == "04006381333931");   // a GTIN-13
  BOOST_TEST(gtin("5901234123457") == "05901234123457");   // a GTIN-13
  BOOST_TEST(gtin("978-0-306-40615-7") == "09780306406157");  // ISBN-13 (ISO 2108)
  BOOST_TEST(gtin("978 3 16 148410 0") == "09783161484100");
  BOOST_TEST(gtin("14006381333938") == "14006381333938");  // a case of a trade item
}

BOOST_AUTO_TEST_CASE(what_is_no_gtin_is_refused) {
  for (const char* text :
       {"", "-", "7", "6291041500214", "4006381333930", "400638133393", "40063813339310",
        "004006381333931", "4.00638E+12", "400638133393X", "00000000", "0000000000000",
        "\xD9\xA1"}) {
    BOOST_TEST(gtin(text) == "none", text);
  }
}

BOOST_AUTO_TEST_CASE(one_wrong_digit_is_always_noticed_and_most_swapped_ones_are) {
  SeededRandom random{11};
  for (int run = 0; run < 200; ++run) {
    for (const std::size_t length : {8U, 12U, 13U, 14U}) {
      const std::string good = completed(random_digits(random, length - 1));
      const std::size_t at = static_cast<std::size_t>(run) % length;
      for (char digit = '0'; digit <= '9'; ++digit) {
        std::string wrong = good;
        wrong[at] = digit;
        BOOST_TEST(normalised_gtin(wrong).has_value() == (wrong == good), wrong);
      }
      if (at == 0) continue;
      // Neighbours that differ by five keep the sum: the code's known weakness.
      std::string swapped = good;
      std::swap(swapped[at - 1], swapped[at]);
      const int difference = good[at - 1] - good[at];
      BOOST_TEST(normalised_gtin(swapped).has_value() == (difference % 5 == 0), swapped);
    }
  }
}

BOOST_AUTO_TEST_CASE(zeros_in_front_change_nothing_and_fourteen_digits_stay) {
  SeededRandom random{12};
  for (int run = 0; run < 200; ++run) {
    const std::string upc = completed(random_digits(random, 11));
    BOOST_TEST(gtin(upc) == gtin("0" + upc));
    BOOST_TEST(gtin(upc) == gtin("00" + upc));
    BOOST_TEST(gtin(gtin(upc)) == gtin(upc));
    BOOST_TEST(gtin(upc).size() == 14U);
  }
}

BOOST_AUTO_TEST_CASE(numbers_that_each_company_gives_out_are_told) {
  for (const char* front : {"020", "029", "040", "049", "200", "250", "299", "050", "980", "981",
                            "990"}) {
    BOOST_TEST(is_restricted_gtin(gtin(completed(front + std::string{"123456789"}))), front);
  }
  for (const char* front : {"001", "019", "030", "039", "060", "139", "300", "400", "977", "978"}) {
    BOOST_TEST(!is_restricted_gtin(gtin(completed(front + std::string{"123456789"}))), front);
  }
  BOOST_TEST(is_restricted_gtin(gtin(completed("0123456"))));
  BOOST_TEST(is_restricted_gtin(gtin(completed("2123456"))));
  BOOST_TEST(!is_restricted_gtin(gtin("73513537")));
  BOOST_TEST(is_restricted_gtin("2"));
}

BOOST_AUTO_TEST_CASE(brands_and_part_numbers_fall_together_only_by_case_and_blanks) {
  const auto joined = [](const char* brand, const char* part) {
    return brand_and_part(brand, part).value_or("none");
  };
  BOOST_TEST(joined(" Acme  TOOLS ", "X - 100") == "acme tools|x-100");
  BOOST_TEST(joined("acme tools", "x-100") == "acme tools|x-100");
  BOOST_TEST(joined("acme", "1-23") != joined("acme", "12-3"));
  BOOST_TEST(joined("ac", "me1") != joined("acme", "1"));
  for (const auto& [brand, part] : {std::pair{"", "1"}, std::pair{"a", " "}, std::pair{"a|b", "1"},
                                    std::pair{"a", "1|2"}, std::pair{"a\n", "1"},
                                    std::pair{"Local:north:a", "b"}}) {
    BOOST_TEST(joined(brand, part) == "none");
  }
}

BOOST_AUTO_TEST_CASE(the_best_known_id_is_taken_and_kinds_never_meet) {
  ProductFields fields{.gtin = "4006381333931",
                       .brand = "Acme",
                       .part_number = "7",
                       .shop = "north",
                       .local = "sku-1"};
  std::set<std::string> ids{product_id(fields).value()};
  BOOST_TEST(ids.contains("04006381333931"));
  const std::string in_store = completed("200123456789");
  fields.gtin = in_store;
  BOOST_TEST(product_id(fields).value() == "acme|7");
  fields.brand = "";
  BOOST_TEST(product_id(fields).value() == "local:north:sku-1");
  fields.gtin = "";
  BOOST_TEST(product_id(fields).value() == "local:north:sku-1");
  fields.gtin = "4006381333930";
  fields.brand = "Acme";
  BOOST_TEST(!product_id(fields).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
