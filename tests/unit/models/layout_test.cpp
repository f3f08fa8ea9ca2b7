#include "models/layout.hpp"

#include <boost/test/unit_test.hpp>

#include "tests/unit/models/model_setup.hpp"

using namespace guildsum;
using namespace guildsum::models;
using models::test::must;
using models::test::refused;

namespace {

VectorLayout example() {
  return {{Segment::clipped("gradient", 6, 4096, 100), Segment::exact("customers", 2, 1000)}};
}

VectorLayout with(Segment segment) { return {{std::move(segment)}}; }

bool invalid(const Segment& segment, std::string_view why) {
  const VectorLayout layout = with(segment);
  // What validation refuses must not come in over the wire either.
  return refused(layout.validate(), ModelsErrc::wrong_shape, why) &&
         refused(VectorLayout::parse(layout.canonical_bytes()), ModelsErrc::malformed, why);
}

}  // namespace

BOOST_AUTO_TEST_SUITE(layout_test)

BOOST_AUTO_TEST_CASE(a_clipped_segment_is_bounded_by_its_norm_in_units) {
  const auto segment = Segment::clipped("g", 6, 4096, 100);
  BOOST_TEST(segment.bound == 409'600U);
  BOOST_TEST(segment.clip_norm_l2() == 100.0);
  BOOST_TEST((segment.codec == Codec::clipped));
}

BOOST_AUTO_TEST_CASE(lengths_add_up_and_the_largest_bound_counts) {
  BOOST_TEST(example().total_length() == 8U);
  BOOST_TEST(example().bound_max() == 409'600U);
  BOOST_TEST(VectorLayout{}.total_length() == 0U);
  BOOST_TEST(VectorLayout{}.bound_max() == 0U);
}

BOOST_AUTO_TEST_CASE(the_ring_is_the_smallest_that_holds_the_sum) {
  const auto bits = [](std::uint64_t bound, std::uint32_t shops) {
    return with(Segment::exact("a", 1, bound)).ring_bits_min(shops);
  };
  BOOST_TEST(bits(1, 1) == 2U);      // -1 .. 1
  BOOST_TEST(bits(127, 1) == 8U);    // a signed byte
  BOOST_TEST(bits(128, 1) == 9U);    // +128 does not fit into a signed byte
  BOOST_TEST(bits(10, 100) == 11U);  // 1000 < 1024
  BOOST_TEST(bits((std::uint64_t{1} << 62) - 1, 2) == 64U);
  BOOST_TEST(bits(std::uint64_t{1} << 62, 2) == 65U);
  BOOST_TEST(bits(std::uint64_t{1} << 62, 256) == 65U);
  BOOST_TEST(bits(5, 0) == 1U);
}

BOOST_AUTO_TEST_CASE(the_bytes_are_fixed) {
  const VectorLayout layout = with(Segment::exact("ab", 3, 258));
  BOOST_TEST(to_hex(layout.canonical_bytes()) ==
             "47534c59"
             "0100"
             "01000000"
             "02000000"
             "6162"
             "0300000000000000"
             "00"
             "0100000000000000"
             "0201000000000000");
}

BOOST_AUTO_TEST_CASE(bytes_lead_back_to_the_layout) {
  const auto bytes = example().canonical_bytes();
  BOOST_TEST((must(VectorLayout::parse(bytes)) == example()));
}

BOOST_AUTO_TEST_CASE(cut_and_extended_bytes_are_refused) {
  auto bytes = example().canonical_bytes();
  for (std::size_t length = 0; length < bytes.size(); ++length) {
    BOOST_TEST(refused(VectorLayout::parse(ByteView{bytes}.first(length)), ModelsErrc::malformed));
  }
  bytes.push_back(std::byte{0});
  BOOST_TEST(refused(VectorLayout::parse(bytes), ModelsErrc::malformed));
}

BOOST_AUTO_TEST_CASE(another_format_or_version_is_refused) {
  for (const std::size_t at : {0U, 3U, 4U, 5U}) {
    auto bytes = example().canonical_bytes();
    bytes[at] ^= std::byte{1};
    BOOST_TEST(refused(VectorLayout::parse(bytes), ModelsErrc::malformed));
  }
}

BOOST_AUTO_TEST_CASE(a_count_of_segments_that_are_not_there_is_refused) {
  auto bytes = example().canonical_bytes();
  for (std::size_t at = 6; at < 10; ++at) bytes[at] = std::byte{0xff};
  BOOST_TEST(refused(VectorLayout::parse(bytes), ModelsErrc::malformed, "too many segments"));
}

BOOST_AUTO_TEST_CASE(impossible_segments_are_refused_by_name) {
  BOOST_TEST(invalid(Segment::exact("", 1, 1), "bad name"));
  BOOST_TEST(refused(with(Segment::exact(std::string(65, 'a'), 1, 1)).validate(),
                     ModelsErrc::wrong_shape, "bad name"));
  BOOST_TEST(invalid(Segment::exact("a", 0, 1), "segment 'a': bad length"));
  BOOST_TEST(invalid(Segment::exact("a", (std::uint64_t{1} << 40) + 1, 1), "bad length"));
  BOOST_TEST(invalid(Segment::exact("a", 1, 0), "bad bound"));
  BOOST_TEST(invalid(Segment::exact("a", 1, (std::uint64_t{1} << 62) + 1), "bad bound"));
  BOOST_TEST(invalid({"a", 1, Codec::exact, 2, 1}, "exact with a scale"));
  BOOST_TEST(invalid({"a", 1, Codec::clipped, 0, 1}, "scale 0"));
  BOOST_TEST(invalid({"a", 1, static_cast<Codec>(7), 1, 1}, "bad codec"));
}

BOOST_AUTO_TEST_CASE(a_layout_needs_a_segment_and_has_a_longest_length) {
  BOOST_TEST(refused(VectorLayout{}.validate(), ModelsErrc::wrong_shape, "without segments"));
  const VectorLayout longest{{Segment::exact("a", std::uint64_t{1} << 40, 1)}};
  BOOST_TEST(longest.validate().has_value());
  VectorLayout longer = longest;
  longer.segments.push_back(Segment::exact("b", 1, 1));
  BOOST_TEST(refused(longer.validate(), ModelsErrc::wrong_shape, "too long"));
}

BOOST_AUTO_TEST_SUITE_END()
