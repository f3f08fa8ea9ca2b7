#include "crypto/shamir.hpp"

#include <charconv>

#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

/// A "0x..." string.
FieldElement element(const boost::json::value& value) {
  const auto& text = value.as_string();
  std::uint64_t number = 0;
  std::from_chars(text.data() + 2, text.data() + text.size(), number, 16);
  const auto parsed = FieldElement::parse(number);
  BOOST_REQUIRE(parsed.has_value());
  return *parsed;
}

struct Point {
  ShareIndex x;
  FieldElement y;
};

std::vector<Point> points(const boost::json::value& test) {
  std::vector<Point> result;
  for (const auto& share : test.at("shares").as_array()) {
    result.push_back(
        {*ShareIndex::parse(share.at("x").to_number<std::uint32_t>()), element(share.at("y"))});
  }
  return result;
}

FieldElement opened(std::span<const Point> from) {
  std::vector<ShareIndex> holders;
  std::vector<FieldElement> values;
  for (const Point& point : from) {
    holders.push_back(point.x);
    values.push_back(point.y);
  }
  return *Recovery::create(holders)->recover_element(values);
}

template <class Check>
int for_each_case(const Check& check) {
  int run = 0;
  const auto file = vectors::load("shamir/prime_field.json");
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::text(test, "prime") != "2^61-1") continue;
    check(test);
    ++run;
  }
  return run;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shamir_test)

BOOST_AUTO_TEST_CASE(shares_are_the_values_of_the_polynomial) {
  const int run = for_each_case([](const boost::json::value& test) {
    std::vector<FieldElement> coefficients;
    for (const auto& value : test.at("coefficients").as_array()) {
      coefficients.push_back(element(value));
    }
    for (const Point& point : points(test)) {
      BOOST_TEST(evaluate(coefficients, point.x).value() == point.y.value());
    }
  });
  BOOST_TEST(run == 3);
}

BOOST_AUTO_TEST_CASE(any_run_of_threshold_shares_opens_the_secret_and_one_less_does_not) {
  for_each_case([](const boost::json::value& test) {
    const auto shares = points(test);
    const auto threshold = test.at("t").to_number<std::size_t>();
    const FieldElement secret = element(test.at("secret"));
    for (std::size_t first = 0; first + threshold <= shares.size(); ++first) {
      const auto window = std::span{shares}.subspan(first, threshold);
      BOOST_TEST(opened(window).value() == secret.value());
      BOOST_TEST(opened(window.first(threshold - 1)).value() != secret.value());
    }
  });
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
