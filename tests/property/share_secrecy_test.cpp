#include <array>
#include <map>

#include <boost/test/unit_test.hpp>

#include "crypto/shamir.hpp"
#include "tests/property/round_floor.hpp"
#include "tests/property/small_field.hpp"

using namespace guildsum;
using property::at_zero;
using property::Draw;
using property::evaluate;
using property::SmallField;

namespace {

/// Calls `visit` for every subset of {1 .. n} with exactly `size` members, ascending.
template <class Visit>
void for_each_subset(std::size_t n, std::size_t size, Visit visit) {
  for (std::uint32_t set = 0; set < (1U << n); ++set) {
    std::vector<std::uint64_t> members;
    for (std::size_t k = 0; k < n; ++k) {
      if ((set >> k & 1U) != 0) members.push_back(k + 1);
    }
    if (members.size() == size) visit(members);
  }
}

/// Calls `visit` for every polynomial of degree below t with this constant term.
template <class Field, class Visit>
void for_each_polynomial(std::uint64_t secret, std::size_t t, Visit visit) {
  std::uint64_t count = 1;
  for (std::size_t k = 1; k < t; ++k) count *= Field::kModulus;
  for (std::uint64_t number = 0; number < count; ++number) {
    std::vector<Field> polynomial{Field::reduce(secret)};
    for (std::uint64_t rest = number; polynomial.size() < t; rest /= Field::kModulus) {
      polynomial.push_back(Field::reduce(rest));
    }
    visit(polynomial);
  }
}

template <class Field>
std::vector<std::uint64_t> shares_of(const std::vector<Field>& polynomial,
                                     const std::vector<std::uint64_t>& holders) {
  std::vector<std::uint64_t> shares;
  for (const auto holder : holders) shares.push_back(evaluate(polynomial, holder).value());
  return shares;
}

/// For one secret: how many polynomials give the holders each tuple of shares.
template <class Field>
std::map<std::vector<std::uint64_t>, std::uint64_t> distribution(
    std::uint64_t secret, std::size_t t, const std::vector<std::uint64_t>& holders) {
  std::map<std::vector<std::uint64_t>, std::uint64_t> counts;
  for_each_polynomial<Field>(
      secret, t, [&](const auto& polynomial) { ++counts[shares_of(polynomial, holders)]; });
  return counts;
}

template <std::uint64_t Prime>
void check_secrecy(std::size_t n, std::size_t t) {
  using Field = SmallField<Prime>;
  for (std::size_t size = 1; size < t; ++size) {
    for_each_subset(n, size, [&](const std::vector<std::uint64_t>& holders) {
      const auto reference = distribution<Field>(0, t, holders);
      // Uniform: all p^size tuples, each from equally many polynomials ...
      std::uint64_t tuples = 1;
      std::uint64_t each = 1;
      for (std::size_t k = 0; k < size; ++k) tuples *= Prime;
      for (std::size_t k = size + 1; k < t; ++k) each *= Prime;
      BOOST_TEST(reference.size() == tuples);
      for (const auto& entry : reference) BOOST_TEST_REQUIRE(entry.second == each);
      // ... and the same for every secret, so that the shares say nothing about it.
      for (std::uint64_t secret = 1; secret < Prime; ++secret) {
        BOOST_TEST((distribution<Field>(secret, t, holders) == reference));
      }
    });
  }
}

template <std::uint64_t Prime>
void check_recovery(std::size_t n, std::size_t t) {
  using Field = SmallField<Prime>;
  for_each_subset(n, t, [&](const std::vector<std::uint64_t>& holders) {
    for (std::uint64_t secret = 0; secret < Prime; ++secret) {
      for_each_polynomial<Field>(secret, t, [&](const auto& polynomial) {
        std::vector<Field> points;
        for (const auto holder : holders) points.push_back(evaluate(polynomial, holder));
        BOOST_TEST_REQUIRE(at_zero(holders, points).value() == secret);
      });
    }
  });
}

crypto::FieldElement element(Draw& draw) {
  return crypto::FieldElement::reduce(draw.below(crypto::FieldElement::kModulus));
}

std::array<std::byte, 32> random_secret(Draw& draw) {
  std::array<std::byte, 32> secret;
  for (auto& byte : secret) byte = static_cast<std::byte>(draw.below(256));
  return secret;
}

/// Deals and opens with the product's own code.
std::array<std::byte, 32> opened(const std::vector<crypto::Share>& shares,
                                 const std::vector<std::size_t>& positions) {
  std::vector<crypto::ShareIndex> holders;
  std::vector<const crypto::ShareLimbs*> points;
  for (const std::size_t position : positions) {
    holders.push_back(crypto::ShareIndex::of_position(position));
    points.push_back(&shares[position].expose());
  }
  std::array<std::byte, 32> secret{};
  const auto recovery = crypto::Recovery::create(holders);
  BOOST_TEST_REQUIRE(recovery.has_value());
  static_cast<void>(recovery->recover_into(points, secret));
  return secret;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(share_secrecy_test)

BOOST_AUTO_TEST_CASE(fewer_shares_than_the_threshold_are_independent_of_the_secret) {
  check_secrecy<5>(4, 2);
  check_secrecy<5>(4, 3);
  check_secrecy<7>(5, 3);
  check_secrecy<7>(4, 4);
  check_secrecy<11>(5, 3);
  check_secrecy<13>(3, 2);
}

BOOST_AUTO_TEST_CASE(as_many_shares_as_the_threshold_give_every_secret) {
  check_recovery<5>(4, 2);
  check_recovery<5>(4, 3);
  check_recovery<7>(5, 3);
  check_recovery<11>(4, 3);
}

BOOST_AUTO_TEST_CASE(the_small_arithmetic_is_that_of_the_product) {
  // The same code over 2^61 - 1 agrees with crypto/field61 and crypto/shamir step by step.
  __extension__ using Wide = unsigned __int128;
  Draw draw{2};
  for (int trial = 0; trial < 500; ++trial) {
    const std::size_t t = 1 + draw.below(9);
    std::vector<crypto::FieldElement> polynomial;
    for (std::size_t k = 0; k < t; ++k) polynomial.push_back(element(draw));
    std::vector<std::uint64_t> indices;
    std::vector<crypto::FieldElement> points;
    std::vector<crypto::ShareIndex> holders;
    for (std::size_t k = 0; k < t; ++k) {
      indices.push_back(3 * k + 1 + draw.below(3));
      holders.push_back(
          crypto::ShareIndex::parse(static_cast<std::uint32_t>(indices.back())).value());
      points.push_back(crypto::evaluate(polynomial, holders.back()));
      BOOST_TEST_REQUIRE((evaluate(polynomial, indices.back()) == points.back()));
    }
    const auto recovery = crypto::Recovery::create(holders);
    BOOST_TEST_REQUIRE(recovery.has_value());
    BOOST_TEST_REQUIRE((at_zero(indices, points) == polynomial.front()));
    BOOST_TEST_REQUIRE((recovery->recover_element(points).value() == polynomial.front()));
    const auto a = polynomial.front();
    const auto b = points.front();
    const auto product = static_cast<Wide>(a.value()) * b.value() % crypto::FieldElement::kModulus;
    BOOST_TEST_REQUIRE((a * b).value() == static_cast<std::uint64_t>(product));
    BOOST_TEST_REQUIRE((a - b + b == a));
  }
}

BOOST_AUTO_TEST_CASE(any_threshold_of_real_shares_opens_and_fewer_do_not) {
  Draw draw{3};
  for (int trial = 0; trial < 1000; ++trial) {
    const std::size_t n = 2 + draw.below(12);
    const std::size_t t = 2 + draw.below(n - 1);
    const auto secret = random_secret(draw);
    const auto seed_bytes = random_secret(draw);
    const crypto::ExpansionSeed seed{seed_bytes};
    crypto::SeedStream coefficients{seed, "share-of-mask-key"};
    const auto shares = crypto::split(secret, {t, n}, coefficients);
    BOOST_TEST_REQUIRE(shares.has_value());
    std::vector<std::size_t> positions(n);
    for (std::size_t k = 0; k < n; ++k) positions[k] = k;
    draw.shuffle(positions);
    positions.resize(t + draw.below(n - t + 1));
    BOOST_TEST((opened(*shares, positions) == secret));
    positions.resize(t - 1);
    BOOST_TEST((opened(*shares, positions) != secret));
  }
}

BOOST_AUTO_TEST_SUITE_END()
