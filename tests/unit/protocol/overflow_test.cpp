#include "protocol/overflow.hpp"

#include <limits>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

SumBounds bounds(std::uint32_t n_max, std::uint32_t weight_cap, std::uint8_t value_bits,
                 std::uint64_t noise_margin = 0) {
  return {n_max, weight_cap, value_bits, noise_margin};
}

template <class T>
bool is_invalid(const Result<T>& result) {
  return result.has_error() && result.error() == BaseErrc::invalid_argument;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(overflow_test)

BOOST_AUTO_TEST_CASE(the_smallest_ring_is_as_computed_by_hand) {
  struct Row {
    SumBounds bounds;
    unsigned ring_bits;
  };
  const Row rows[] = {
      {bounds(8, 1, 24), 27},    // 8 * (2^23 - 1) = 2^26 - 8
      {bounds(9, 1, 24), 28},    // just above 2^26
      {bounds(1, 1, 20), 20},    // 2^19 - 1 < 2^19
      {bounds(256, 1, 24), 32},  // 2^31 - 256
      {bounds(256, 4, 30), 40},
      {bounds(3, 1, 2), 16},      // 3 needs 3 bits; 16 is the smallest ring there is
      {bounds(1, 1, 20, 1), 21},  // the margin reaches 2^19
      {bounds(2, 1, 62), 63},     // 2^62 - 2
      {bounds(4, 1, 62), 64},     // 2^63 - 4
  };
  for (const Row& row : rows) {
    const auto plan = smallest_ring(row.bounds);
    GS_REQUIRE_OK(plan);
    BOOST_TEST(plan->ring_bits == row.ring_bits);
  }
}

BOOST_AUTO_TEST_CASE(the_inequality_holds_in_the_smallest_ring_and_in_no_smaller_one) {
  for (const std::uint32_t n : {1U, 2U, 3U, 7U, 8U, 100U, 255U, 256U}) {
    for (const std::uint32_t weight : {1U, 2U, 5U, 1000U}) {
      for (std::uint8_t bits = 2; bits <= 40; ++bits) {
        const SumBounds b = bounds(n, weight, bits, 12345);
        const auto sum = sum_bound(b);
        const auto plan = smallest_ring(b);
        GS_REQUIRE_OK(sum);
        GS_REQUIRE_OK(plan);
        BOOST_TEST((std::uint64_t{1} << (plan->ring_bits - 1)) > *sum);
        if (plan->ring_bits > 16) {
          BOOST_TEST((std::uint64_t{1} << (plan->ring_bits - 2)) <= *sum);
          GS_CHECK_REFUSED(plan_ring(b, static_cast<std::uint8_t>(plan->ring_bits - 1)),
                           ProtocolErrc::overflow_not_excluded);
        }
        GS_REQUIRE_OK(plan_ring(b, plan->ring_bits));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(a_ring_that_is_too_small_is_refused_with_the_missing_bits) {
  const auto plan = plan_ring(bounds(256, 4, 30), 32);
  GS_CHECK_REFUSED(plan, ProtocolErrc::overflow_not_excluded);
  BOOST_TEST(plan.error().detail() ==
             "256 shops with weights up to 4 and values of 30 bits need a ring of 40 bits; 8 of "
             "them are missing in 32");
}

BOOST_AUTO_TEST_CASE(a_larger_ring_tells_its_spare_bits) {
  const auto plan = plan_ring(bounds(8, 1, 24), 32);
  GS_REQUIRE_OK(plan);
  BOOST_TEST(plan->needed_bits == 27);
  BOOST_TEST(plan->spare_bits() == 5);
}

BOOST_AUTO_TEST_CASE(sums_beyond_every_ring_are_refused_without_wrapping) {
  GS_CHECK_REFUSED(smallest_ring(bounds(5, 1, 62)), ProtocolErrc::overflow_not_excluded);
  GS_CHECK_REFUSED(plan_ring(bounds(5, 1, 62), 64), ProtocolErrc::overflow_not_excluded);
  const auto most = std::numeric_limits<std::uint32_t>::max();
  GS_CHECK_REFUSED(smallest_ring(bounds(most, most, 62)), ProtocolErrc::overflow_not_excluded);
  GS_CHECK_REFUSED(sum_bound(bounds(most, most, 62)), ProtocolErrc::overflow_not_excluded);
  const auto margin = std::numeric_limits<std::uint64_t>::max();
  GS_CHECK_REFUSED(smallest_ring(bounds(1, 1, 2, margin)), ProtocolErrc::overflow_not_excluded);
}

BOOST_AUTO_TEST_CASE(bounds_and_rings_out_of_range_are_invalid) {
  BOOST_TEST(is_invalid(smallest_ring(bounds(0, 1, 24))));
  BOOST_TEST(is_invalid(smallest_ring(bounds(1, 0, 24))));
  BOOST_TEST(is_invalid(smallest_ring(bounds(1, 1, 1))));
  BOOST_TEST(is_invalid(smallest_ring(bounds(1, 1, 63))));
  BOOST_TEST(is_invalid(plan_ring(bounds(1, 1, 8), 15)));
  BOOST_TEST(is_invalid(plan_ring(bounds(1, 1, 8), 65)));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
