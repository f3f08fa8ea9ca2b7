#include "crypto/field61.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::uint64_t kP = FieldElement::kModulus;
__extension__ using Wide = unsigned __int128;

}  // namespace

BOOST_AUTO_TEST_SUITE(field61_test)

BOOST_AUTO_TEST_CASE(only_numbers_below_the_modulus_are_elements) {
  BOOST_TEST(kP == 2305843009213693951U);
  BOOST_TEST(FieldElement::parse(0)->value() == 0U);
  BOOST_TEST(FieldElement::parse(kP - 1)->value() == kP - 1);
  BOOST_TEST((FieldElement::parse(kP).error() == CryptoErrc::invalid_share));
  BOOST_TEST((FieldElement::parse(~std::uint64_t{0}).error() == CryptoErrc::invalid_share));
}

BOOST_AUTO_TEST_CASE(any_word_reduces_to_its_remainder) {
  SeededRandom random{1};
  for (const std::uint64_t word : {kP - 1, kP, kP + 1, 2 * kP - 1, 2 * kP, 7 * kP, 7 * kP + 6,
                                   8 * kP, ~std::uint64_t{0}, ~std::uint64_t{0} - 7}) {
    BOOST_TEST(FieldElement::reduce(word).value() == word % kP);
  }
  for (int i = 0; i < 1000; ++i) {
    const std::uint64_t word = test::draw(random);
    BOOST_TEST(FieldElement::reduce(word).value() == word % kP);
  }
}

BOOST_AUTO_TEST_CASE(arithmetic_agrees_with_wide_integers) {
  SeededRandom random{2};
  for (int i = 0; i < 2000; ++i) {
    std::uint64_t a = test::draw(random) % kP;
    std::uint64_t b = test::draw(random) % kP;
    if (i % 10 == 0) a = kP - 1;
    if (i % 15 == 0) b = kP - 1;
    if (i % 21 == 0) b = 0;
    const auto x = FieldElement::reduce(a);
    const auto y = FieldElement::reduce(b);
    BOOST_TEST((x + y).value() == (a + b) % kP);
    BOOST_TEST((x - y).value() == (a + kP - b) % kP);
    BOOST_TEST((x * y).value() == static_cast<std::uint64_t>(static_cast<Wide>(a) * b % kP));
  }
}

BOOST_AUTO_TEST_CASE(every_element_but_zero_has_an_inverse) {
  SeededRandom random{3};
  for (int i = 0; i < 200; ++i) {
    const auto x =
        FieldElement::reduce(i < 3 ? static_cast<std::uint64_t>(i) + 1 : test::draw(random));
    BOOST_TEST((x * x.inverse()).value() == 1U);
  }
  BOOST_TEST(FieldElement{}.inverse().value() == 0U);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
