#include "crypto/shamir.hpp"

#include <numeric>

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

using SampleSecret = Secret<struct SampleSecretTag, 32>;

static_assert(!std::is_copy_constructible_v<Share>);
static_assert(!std::is_copy_assignable_v<Share>);

SeedStream coefficients(std::uint64_t seed = 1) {
  return SeedStream{test::sample_secret<ExpansionSeed>(seed), "shares"};
}

std::vector<Share> dealt(const SampleSecret& secret, SharePolicy policy, std::uint64_t seed = 1) {
  auto stream = coefficients(seed);
  auto shares = split(secret.expose(), policy, stream);
  BOOST_REQUIRE(shares.has_value());
  return std::move(shares).value();
}

/// Opens from the shares at `positions`.
Result<SampleSecret> opened(const std::vector<Share>& shares,
                            std::span<const std::size_t> positions) {
  std::vector<ShareIndex> holders;
  std::vector<const ShareLimbs*> chosen;
  for (const std::size_t position : positions) {
    holders.push_back(ShareIndex::of_position(position));
    chosen.push_back(&shares[position].expose());
  }
  GS_TRY(const Recovery recovery, Recovery::create(holders));
  return recovery.recover<SampleSecret>(chosen);
}

std::vector<std::size_t> shuffled(std::size_t count, std::uint64_t seed) {
  std::vector<std::size_t> positions(count);
  std::iota(positions.begin(), positions.end(), 0U);
  SeededRandom random{seed};
  for (std::size_t i = count; i > 1; --i)
    std::swap(positions[i - 1], positions[test::draw(random) % i]);
  return positions;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(shamir_test)

BOOST_AUTO_TEST_CASE(any_threshold_shares_in_any_order_open_the_secret) {
  for (const auto& [threshold, count] :
       {std::pair{1U, 1U}, {1U, 4U}, {2U, 2U}, {3U, 5U}, {8U, 8U}, {56U, 100U}}) {
    const auto secret = test::sample_secret<SampleSecret>(threshold * 1000 + count);
    const auto shares = dealt(secret, {.threshold = threshold, .count = count});
    BOOST_TEST(shares.size() == count);
    for (std::uint64_t trial = 0; trial < 5; ++trial) {
      const auto order = shuffled(count, trial);
      const auto exact = opened(shares, std::span{order}.first(threshold));
      BOOST_REQUIRE(exact.has_value());
      BOOST_TEST(to_hex(exact->expose()) == to_hex(secret.expose()));
      BOOST_TEST(to_hex(opened(shares, order)->expose()) == to_hex(secret.expose()));
    }
  }
}

BOOST_AUTO_TEST_CASE(fewer_than_threshold_shares_do_not_open_the_secret) {
  const auto secret = test::sample_secret<SampleSecret>(5);
  const auto shares = dealt(secret, {.threshold = 4, .count = 7});
  for (std::uint64_t trial = 0; trial < 20; ++trial) {
    const auto order = shuffled(7, trial);
    const auto wrong = opened(shares, std::span{order}.first(3));
    if (wrong.has_error()) {
      BOOST_TEST((wrong.error() == CryptoErrc::recovery_failed));
    } else {
      BOOST_TEST(to_hex(wrong->expose()) != to_hex(secret.expose()));
    }
  }
}

BOOST_AUTO_TEST_CASE(below_the_threshold_every_secret_is_possible) {
  // t - 1 shares of one secret and the constant term of another lie on one polynomial: they exclude
  // nothing.
  const auto shares = dealt(test::sample_secret<SampleSecret>(5), {.threshold = 3, .count = 3});
  const FieldElement x1 = FieldElement::reduce(1);
  const FieldElement x2 = FieldElement::reduce(2);
  const FieldElement y1 = shares[0].expose()[0];
  const FieldElement y2 = shares[1].expose()[0];
  for (std::uint64_t other = 0; other < 10; ++other) {
    const FieldElement c0 = FieldElement::reduce(other * 0x123456789ULL);
    // Solve c1 x + c2 x^2 = y - c0 at both points.
    const FieldElement u1 = (y1 - c0) * x1.inverse();
    const FieldElement u2 = (y2 - c0) * x2.inverse();
    const FieldElement c2 = (u2 - u1) * (x2 - x1).inverse();
    const FieldElement polynomial[] = {c0, u1 - c2 * x1, c2};
    BOOST_TEST((evaluate(polynomial, *ShareIndex::parse(1)) == y1));
    BOOST_TEST((evaluate(polynomial, *ShareIndex::parse(2)) == y2));
  }
}

BOOST_AUTO_TEST_CASE(extreme_secrets_survive_the_limbs) {
  for (const unsigned fill : {0x00U, 0xffU, 0x80U, 0x01U}) {
    const Bytes bytes(32, static_cast<std::byte>(fill));
    const SampleSecret secret{std::span<const std::byte, 32>{bytes.data(), 32}};
    const auto shares = dealt(secret, {.threshold = 2, .count = 3});
    const std::size_t positions[] = {2, 0};
    BOOST_TEST(to_hex(opened(shares, positions)->expose()) == to_hex(bytes));
  }
  for (std::size_t bit = 0; bit < 256; ++bit) {
    Bytes bytes(32);
    bytes[bit / 8] = static_cast<std::byte>(1U << (bit % 8));
    const SampleSecret secret{std::span<const std::byte, 32>{bytes.data(), 32}};
    const auto shares = dealt(secret, {.threshold = 1, .count = 1});
    const std::size_t positions[] = {0};
    BOOST_TEST(to_hex(opened(shares, positions)->expose()) == to_hex(bytes));
  }
}

BOOST_AUTO_TEST_CASE(limbs_are_fifty_two_bits_from_the_low_end) {
  Bytes bytes(32);
  for (std::size_t i = 0; i < 32; ++i) bytes[i] = static_cast<std::byte>(i + 1);
  const SampleSecret secret{std::span<const std::byte, 32>{bytes.data(), 32}};
  const auto shares = dealt(secret, {.threshold = 1, .count = 1});
  const auto& limbs = shares[0].expose();
  BOOST_TEST(limbs[0].value() == 0x7060504030201U);  // Bits 0 to 51.
  BOOST_TEST(limbs[1].value() == 0xd0c0b0a09080U);   // Bits 52 to 103.
  BOOST_TEST(limbs[4].value() == 0x201f1e1d1c1bU);   // Bits 208 to 255.
}

BOOST_AUTO_TEST_CASE(the_same_seed_deals_the_same_shares) {
  const auto secret = test::sample_secret<SampleSecret>(5);
  const auto first = dealt(secret, {.threshold = 3, .count = 4}, 7);
  const auto second = dealt(secret, {.threshold = 3, .count = 4}, 7);
  const auto other = dealt(secret, {.threshold = 3, .count = 4}, 8);
  for (std::size_t i = 0; i < first.size(); ++i) {
    BOOST_TEST((first[i].encode() == second[i].encode()));
    BOOST_TEST((first[i].encode() != other[i].encode()));
  }
}

BOOST_AUTO_TEST_CASE(impossible_policies_are_refused) {
  const auto secret = test::sample_secret<SampleSecret>(5);
  auto stream = coefficients();
  for (const SharePolicy policy : {SharePolicy{0, 3}, SharePolicy{4, 3}, SharePolicy{0, 0},
                                   SharePolicy{2, std::size_t{kMaxShares} + 1}}) {
    BOOST_TEST((split(secret.expose(), policy, stream).error() == CryptoErrc::invalid_threshold));
  }
}

BOOST_AUTO_TEST_CASE(indices_start_at_one_and_do_not_repeat) {
  BOOST_TEST((ShareIndex::parse(0).error() == CryptoErrc::invalid_share_index));
  BOOST_TEST((ShareIndex::parse(kMaxShares + 1).error() == CryptoErrc::invalid_share_index));
  BOOST_TEST(ShareIndex::parse(kMaxShares)->value() == kMaxShares);
  BOOST_TEST(ShareIndex::of_position(0).value() == 1U);
  const ShareIndex twice[] = {*ShareIndex::parse(3), *ShareIndex::parse(1), *ShareIndex::parse(3)};
  BOOST_TEST((Recovery::create(twice).error() == CryptoErrc::duplicate_share_index));
  BOOST_TEST((Recovery::create({}).error() == CryptoErrc::invalid_threshold));
}

BOOST_AUTO_TEST_CASE(the_number_of_shares_must_fit_the_set) {
  const auto shares = dealt(test::sample_secret<SampleSecret>(5), {.threshold = 2, .count = 3});
  const ShareIndex holders[] = {ShareIndex::of_position(0), ShareIndex::of_position(1)};
  const auto recovery = Recovery::create(holders);
  BOOST_TEST(recovery->size() == 2U);
  const ShareLimbs* const one[] = {&shares[0].expose()};
  BOOST_TEST((recovery->recover<SampleSecret>(one).error() == CryptoErrc::wrong_length));
  const FieldElement element[] = {FieldElement{}};
  BOOST_TEST((recovery->recover_element(element).error() == CryptoErrc::wrong_length));
}

BOOST_AUTO_TEST_CASE(one_set_of_weights_opens_many_secrets) {
  std::vector<ShareIndex> holders;
  for (const std::size_t position : {4U, 1U, 6U})
    holders.push_back(ShareIndex::of_position(position));
  const auto recovery = Recovery::create(holders);
  for (std::uint64_t i = 0; i < 5; ++i) {
    const auto secret = test::sample_secret<SampleSecret>(i);
    const auto shares = dealt(secret, {.threshold = 3, .count = 7}, i);
    const ShareLimbs* const chosen[] = {&shares[4].expose(), &shares[1].expose(),
                                        &shares[6].expose()};
    BOOST_TEST(to_hex(recovery->recover<SampleSecret>(chosen)->expose()) ==
               to_hex(secret.expose()));
  }
}

BOOST_AUTO_TEST_CASE(limbs_beyond_their_bits_are_no_secret_and_leave_zeros) {
  for (std::size_t k = 0; k < kShareLimbs; ++k) {
    ShareLimbs limbs{};
    limbs[k] = FieldElement::reduce(std::uint64_t{1} << (k + 1 < kShareLimbs ? 52 : 48));
    const ShareIndex holders[] = {ShareIndex::of_position(0)};
    const ShareLimbs* const chosen[] = {&limbs};
    std::array<std::byte, 32> out;
    out.fill(std::byte{1});
    const auto recovered = Recovery::create(holders)->recover_into(chosen, out);
    BOOST_TEST((recovered.error() == CryptoErrc::recovery_failed));
    BOOST_TEST((out == std::array<std::byte, 32>{}));
  }
}

BOOST_AUTO_TEST_CASE(encodings_read_back_and_others_are_refused) {
  const auto shares = dealt(test::sample_secret<SampleSecret>(5), {.threshold = 2, .count = 2});
  const auto encoded = shares[1].encode();
  const auto parsed = Share::parse(encoded);
  BOOST_REQUIRE(parsed.has_value());
  BOOST_TEST((parsed->encode() == encoded));
  BOOST_TEST((Share::parse(ByteView{encoded}.first(39)).error() == CryptoErrc::wrong_length));
  for (std::size_t k = 0; k < kShareLimbs; ++k) {
    for (const std::uint64_t limb : {FieldElement::kModulus, ~std::uint64_t{0}}) {
      auto bad = encoded;
      store_le(limb, std::span{bad}.subspan(8 * k, 8));
      BOOST_TEST((Share::parse(bad).error() == CryptoErrc::invalid_share));
    }
  }
}

BOOST_AUTO_TEST_CASE(a_moved_share_leaves_zeros_behind) {
  auto shares = dealt(test::sample_secret<SampleSecret>(5), {.threshold = 2, .count = 2});
  const auto encoded = shares[0].encode();
  const Share moved{std::move(shares[0])};
  BOOST_TEST((moved.encode() == encoded));
  BOOST_TEST((shares[0].encode() == std::array<std::byte, kShareBytes>{}));
  BOOST_TEST((moved.duplicate().encode() == encoded));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
