#include "models/codec.hpp"

#include <array>
#include <cmath>
#include <limits>

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::Draw;
using models::test::must;
using models::test::refused;

namespace {

constexpr double kInfinity = std::numeric_limits<double>::infinity();
constexpr double kNan = std::numeric_limits<double>::quiet_NaN();
constexpr auto kLowest = std::numeric_limits<std::int64_t>::min();
constexpr auto kHighest = std::numeric_limits<std::int64_t>::max();

std::vector<std::int64_t> rounded(double value, std::uint64_t scale, std::size_t count,
                                  std::uint64_t seed) {
  SeededRandom random{seed};
  const auto segment = Segment::clipped("values", count, scale, 1000);
  std::vector<std::int64_t> out;
  must(append_clipped(segment, std::vector<double>(count, value), 1.0, random, out));
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(codec_test)

BOOST_AUTO_TEST_CASE(a_vector_within_its_norm_keeps_its_length) {
  BOOST_TEST(must(clip_factor(std::array{3.0, -4.0}, 5.0)) == 1.0);
  BOOST_TEST(must(clip_factor(std::array{3.0, -4.0}, 6.0)) == 1.0);
  BOOST_TEST(must(clip_factor({}, 1.0)) == 1.0);
  BOOST_TEST(must(clip_factor(std::array{0.0, 0.0}, 1.0)) == 1.0);
}

BOOST_AUTO_TEST_CASE(a_longer_vector_is_scaled_to_its_norm) {
  BOOST_TEST(must(clip_factor(std::array{3.0, -4.0}, 2.5)) == 0.5,
             boost::test_tools::tolerance(1e-9));
  BOOST_TEST(must(clip_factor(std::array{3.0, -4.0}, 2.5)) < 0.5);
}

BOOST_AUTO_TEST_CASE(values_without_a_norm_are_refused) {
  for (const double bad : {kNan, kInfinity, -kInfinity, 1e200}) {
    BOOST_TEST(refused(clip_factor(std::array{1.0, bad}, 1.0), ModelsErrc::not_finite));
  }
}

BOOST_AUTO_TEST_CASE(no_clipped_vector_leaves_its_bound) {
  Draw draw{5};
  for (int trial = 0; trial < 2000; ++trial) {
    const auto segment =
        Segment::clipped("v", 1 + draw.below(4), 1 + draw.below(5000), 1 + draw.below(100));
    std::vector<double> values(segment.length);
    for (auto& value : values) value = draw.real() * 1e4;
    const double factor = must(clip_factor(values, segment.clip_norm_l2()));
    std::vector<std::int64_t> out;
    must(append_clipped(segment, values, factor, draw.source(), out));
    for (const auto value : out) {
      BOOST_TEST_REQUIRE(std::abs(value) <= static_cast<std::int64_t>(segment.bound));
    }
  }
}

BOOST_AUTO_TEST_CASE(whole_numbers_of_units_are_not_rounded) {
  for (const double value : {0.0, 1.0, -1.0, 0.25, -7.75, 999.5}) {
    for (const auto integer : rounded(value, 4, 50, 1)) {
      BOOST_TEST(integer == static_cast<std::int64_t>(value * 4));
    }
  }
}

BOOST_AUTO_TEST_CASE(rounding_goes_to_a_neighbour_only) {
  Draw draw{9};
  for (int trial = 0; trial < 200; ++trial) {
    const double value = draw.real() * 100;
    const auto below = static_cast<std::int64_t>(std::floor(value));
    for (const auto integer : rounded(value, 1, 20, 2)) {
      BOOST_TEST_REQUIRE((integer == below || integer == below + 1));
    }
  }
}

BOOST_AUTO_TEST_CASE(rounding_has_the_right_mean) {
  constexpr std::size_t kCount = 200'000;
  std::uint64_t seed = 17;
  for (const double value : {0.1, 0.25, 0.5, 0.9, 0.999, -0.3, -0.75, 12.6, -12.6}) {
    double sum = 0;
    for (const auto integer : rounded(value, 1, kCount, ++seed))
      sum += static_cast<double>(integer);
    const double up = value - std::floor(value);
    // Five standard deviations of the mean of kCount Bernoulli trials.
    const double slack = 5 * std::sqrt(up * (1 - up) / kCount);
    BOOST_TEST(std::abs(sum / kCount - value) < slack, "mean of " << value << ", seed " << seed);
  }
}

BOOST_AUTO_TEST_CASE(rounding_follows_the_random_source) {
  BOOST_TEST(rounded(0.5, 1, 500, 3) == rounded(0.5, 1, 500, 3));
  BOOST_TEST(rounded(0.5, 1, 500, 3) != rounded(0.5, 1, 500, 4));
}

BOOST_AUTO_TEST_CASE(the_factor_is_applied_before_the_scale) {
  SeededRandom random{1};
  std::vector<std::int64_t> out{77};
  must(append_clipped(Segment::clipped("v", 2, 8, 10), std::array{4.0, -2.0}, 0.5, random, out));
  BOOST_TEST(out == (std::vector<std::int64_t>{77, 16, -8}));
}

BOOST_AUTO_TEST_CASE(a_clipped_value_out_of_its_segment_is_refused_by_name_and_position) {
  SeededRandom random{1};
  const auto segment = Segment::clipped("gradient", 2, 8, 10);
  std::vector<std::int64_t> out;
  const auto encode = [&](double value, double factor) {
    return append_clipped(segment, std::array{0.0, value}, factor, random, out);
  };
  BOOST_TEST(encode(10.0, 1.0).has_value());
  BOOST_TEST(encode(-10.0, 1.0).has_value());
  BOOST_TEST(refused(encode(10.1, 1.0), ModelsErrc::out_of_range, "segment 'gradient' value 1"));
  BOOST_TEST(refused(encode(-10.1, 1.0), ModelsErrc::out_of_range, "value 1"));
  BOOST_TEST(refused(encode(1e300, 1.0), ModelsErrc::out_of_range));
  BOOST_TEST(refused(encode(kNan, 1.0), ModelsErrc::not_finite, "segment 'gradient' value 1"));
  BOOST_TEST(refused(encode(kInfinity, 1.0), ModelsErrc::not_finite));
  BOOST_TEST(refused(encode(1.0, kNan), ModelsErrc::not_finite));
}

BOOST_AUTO_TEST_CASE(a_segment_of_another_length_is_refused) {
  SeededRandom random{1};
  std::vector<std::int64_t> out;
  const auto clipped = Segment::clipped("g", 3, 8, 10);
  const auto exact = Segment::exact("c", 3, 10);
  BOOST_TEST(refused(append_clipped(clipped, std::array{1.0, 2.0}, 1.0, random, out),
                     ModelsErrc::wrong_shape, "g"));
  BOOST_TEST(refused(append_exact(exact, std::array<std::int64_t, 4>{}, out),
                     ModelsErrc::wrong_shape, "c"));
  BOOST_TEST(out.empty());
}

BOOST_AUTO_TEST_CASE(exact_values_pass_up_to_the_bound_and_never_wrap) {
  const auto segment = Segment::exact("counts", 2, 100);
  std::vector<std::int64_t> out;
  must(append_exact(segment, std::array<std::int64_t, 2>{100, -100}, out));
  BOOST_TEST(out == (std::vector<std::int64_t>{100, -100}));
  for (const std::int64_t bad : {std::int64_t{101}, std::int64_t{-101}, kLowest, kHighest}) {
    BOOST_TEST(refused(append_exact(segment, std::array{std::int64_t{0}, bad}, out),
                       ModelsErrc::out_of_range, "segment 'counts' value 1"));
  }
  BOOST_TEST(out.size() == 2U);
}

BOOST_AUTO_TEST_CASE(decoding_divides_by_the_scale) {
  BOOST_TEST(decode(Segment::clipped("g", 1, 4096, 1), -6144) == -1.5);
  BOOST_TEST(decode(Segment::exact("c", 1, 9), 7) == 7.0);
}

BOOST_AUTO_TEST_CASE(a_sum_that_honest_shops_cannot_reach_is_refused) {
  const VectorLayout layout{{Segment::exact("a", 2, 10), Segment::exact("b", 1, 100)}};
  const auto check = [&](std::vector<std::int64_t> sum) { return check_sum(layout, sum, 3); };
  BOOST_TEST(check({30, -30, 300}).has_value());
  BOOST_TEST(refused(check({31, 0, 0}), ModelsErrc::out_of_range, "segment 'a' value 0"));
  BOOST_TEST(refused(check({0, -31, 0}), ModelsErrc::out_of_range, "segment 'a' value 1"));
  BOOST_TEST(refused(check({0, 0, 301}), ModelsErrc::out_of_range, "segment 'b' value 0"));
  BOOST_TEST(refused(check({0, 0, kLowest}), ModelsErrc::out_of_range));
  BOOST_TEST(refused(check({0, 0}), ModelsErrc::wrong_shape, "2 values for 3"));
  BOOST_TEST(refused(check({0, 0, 0, 0}), ModelsErrc::wrong_shape));
}

BOOST_AUTO_TEST_CASE(a_limit_above_64_bits_limits_nothing) {
  const VectorLayout layout{{Segment::exact("wide", 2, std::uint64_t{1} << 62)}};
  BOOST_TEST(check_sum(layout, std::array{kLowest, kHighest}, 100).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
