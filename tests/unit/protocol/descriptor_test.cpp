#include "protocol/descriptor.hpp"

#include <functional>

#include <boost/test/unit_test.hpp>

#include "crypto/sha256.hpp"
#include "protocol/limits.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

using Change = std::function<void(RoundDescriptor&)>;

RoundDescriptor valid_descriptor(std::uint32_t n = 10) {
  static const test::RoundSetup round{5};
  RoundDescriptor d = round.description.descriptor;
  d.n = n;
  d.k = n - 1;
  d.c = default_corrupt(n);
  d.t = d.q = majority_threshold(n, d.c);
  d.s_min = n < 5 ? n : std::max(d.t, kSurvivorsFloor);
  return d;
}

/// The field that the refusal names, or what happened instead.
std::string refused_field(const Change& change, bool allow_tiny = false, std::uint32_t n = 10) {
  RoundDescriptor d = valid_descriptor(n);
  change(d);
  const auto outcome = check_descriptor(d, allow_tiny);
  if (outcome.has_value()) return "accepted";
  if (!(outcome.error() == ProtocolErrc::bad_descriptor)) return outcome.error().message();
  return outcome.error().detail().substr(0, outcome.error().detail().find(':'));
}

}  // namespace

BOOST_AUTO_TEST_SUITE(descriptor_test)

BOOST_AUTO_TEST_CASE(thresholds_follow_from_n_and_c) {
  struct Row {
    std::uint32_t n, c, t;
  };
  const Row rows[] = {{3, 1, 3},   {4, 1, 3},   {5, 1, 4},     {6, 1, 4},      {7, 1, 5},
                      {8, 1, 5},   {9, 1, 6},   {10, 1, 6},    {11, 2, 7},     {20, 2, 12},
                      {21, 3, 13}, {30, 3, 17}, {100, 10, 56}, {255, 26, 141}, {256, 26, 142}};
  for (const Row& row : rows) {
    BOOST_TEST(majority_threshold(row.n, row.c) == row.t);
    // What the two proofs of docs/protocol.md section 4 need.
    BOOST_TEST(2 * row.t - 2 * row.c > row.n - row.c);
    BOOST_TEST(row.n - (row.t - row.c) < row.t);
  }
}

BOOST_AUTO_TEST_CASE(the_default_assumption_is_a_tenth_of_the_roster_but_at_least_one) {
  const std::pair<std::uint32_t, std::uint32_t> rows[] = {
      {0, 1}, {1, 1}, {8, 1}, {10, 1}, {11, 2}, {20, 2}, {21, 3}, {100, 10}, {101, 11}, {256, 26}};
  for (const auto& [active, c] : rows) BOOST_TEST(default_corrupt(active) == c);
}

BOOST_AUTO_TEST_CASE(every_cohort_size_with_default_thresholds_is_accepted) {
  for (std::uint32_t n = 5; n <= kCohortMax; ++n) {
    GS_REQUIRE_OK(check_descriptor(valid_descriptor(n), false));
  }
  for (const std::uint32_t n : {3U, 4U}) {
    BOOST_TEST(refused_field([](RoundDescriptor&) {}, false, n) == "n");
    GS_REQUIRE_OK(check_descriptor(valid_descriptor(n), true));
  }
}

BOOST_AUTO_TEST_CASE(a_cohort_or_threshold_off_the_rules_is_refused_by_name) {
  const std::pair<std::string, Change> rows[] = {
      {"n", [](RoundDescriptor& d) { d.n = 2; }},
      {"n", [](RoundDescriptor& d) { d.n = 0; }},
      {"n", [](RoundDescriptor& d) { d.n = kCohortMax + 1; }},
      {"k", [](RoundDescriptor& d) { d.k -= 1; }},
      {"graph_seed", [](RoundDescriptor& d) { d.graph_seed[31] = std::byte{1}; }},
      {"c", [](RoundDescriptor& d) { d.c = 0; }},
      {"c", [](RoundDescriptor& d) { d.c = UINT32_MAX; }},
      {"t", [](RoundDescriptor& d) { d.t -= 1; }},
      {"t", [](RoundDescriptor& d) { d.t += 1; }},
      {"q", [](RoundDescriptor& d) { d.q -= 1; }},
      {"q", [](RoundDescriptor& d) { d.q = 1; }},
      {"s_min", [](RoundDescriptor& d) { d.s_min = d.t - 1; }},
      {"s_min", [](RoundDescriptor& d) { d.s_min = d.n + 1; }},
      {"s_min",  // c = 4 leaves s_min - c = 2 of 6
       [](RoundDescriptor& d) {
         d.n = 6;
         d.k = 5;
         d.c = 4;
         d.t = d.q = 6;
         d.s_min = 6;
       }},
  };
  for (const auto& [field, change] : rows) BOOST_TEST(refused_field(change) == field);
  BOOST_TEST(refused_field([](RoundDescriptor& d) { d.s_min = 3; }, true, 4) == "s_min");
  BOOST_TEST(refused_field([](RoundDescriptor& d) { d.s_min = 4; }, false, 5) == "s_min");
}

BOOST_AUTO_TEST_CASE(a_codec_off_the_rules_is_refused_by_name) {
  const std::pair<std::string, Change> rows[] = {
      {"codec.vector_length", [](RoundDescriptor& d) { d.codec.vector_length = 0; }},
      {"codec.vector_length",
       [](RoundDescriptor& d) { d.codec.vector_length = kVectorLengthMax + 1; }},
      {"codec.ring_bits", [](RoundDescriptor& d) { d.codec.ring_bits = 15; }},
      {"codec.ring_bits", [](RoundDescriptor& d) { d.codec.ring_bits = 65; }},
      {"codec.chunk_values", [](RoundDescriptor& d) { d.codec.chunk_values = 0; }},
      {"codec.chunk_values", [](RoundDescriptor& d) { d.codec.chunk_values = 65; }},
      {"codec.chunk_values", [](RoundDescriptor& d) { d.codec.chunk_values = 1U << 20; }},
      {"codec.chunk_values",
       [](RoundDescriptor& d) {
         d.codec.chunk_values = 64;
         d.codec.vector_length = 64ULL * kChunkCountMax + 1;
       }},
      {"codec", [](RoundDescriptor& d) { d.codec.weight_cap = 0; }},
      {"codec", [](RoundDescriptor& d) { d.codec.value_bits = 1; }},
  };
  for (const auto& [field, change] : rows) BOOST_TEST(refused_field(change) == field);
}

BOOST_AUTO_TEST_CASE(a_ring_in_which_the_sum_could_wrap_is_refused) {
  RoundDescriptor d = valid_descriptor();
  d.codec.ring_bits = 27;
  GS_CHECK_REFUSED(check_descriptor(d, false), ProtocolErrc::overflow_not_excluded);
  d.codec.ring_bits = 28;  // 10 * (2^23 - 1) < 2^27
  GS_REQUIRE_OK(check_descriptor(d, false));
  d.codec.weight_cap = 2;
  GS_CHECK_REFUSED(check_descriptor(d, false), ProtocolErrc::overflow_not_excluded);
}

BOOST_AUTO_TEST_CASE(names_privacy_and_deadlines_off_the_rules_are_refused_by_name) {
  using namespace std::chrono_literals;
  const std::pair<std::string, Change> rows[] = {
      {"task_kind", [](RoundDescriptor& d) { d.task_kind = ""; }},
      {"task_kind", [](RoundDescriptor& d) { d.task_kind = "Ease"; }},
      {"task_kind", [](RoundDescriptor& d) { d.task_kind = std::string(65, 'a'); }},
      {"state.step_kind", [](RoundDescriptor& d) { d.state.step_kind = "ease gram"; }},
      {"privacy", [](RoundDescriptor& d) { d.privacy.unit_clip_milli = 1; }},
      {"privacy", [](RoundDescriptor& d) { d.privacy.enabled = true; }},
      {"deadlines", [](RoundDescriptor& d) { d.deadlines.share = 0ms; }},
      {"deadlines", [](RoundDescriptor& d) { d.deadlines.vote = -1ms; }},
      {"deadlines", [](RoundDescriptor& d) { d.deadlines.unmask = 24h * 8; }},
  };
  for (const auto& [field, change] : rows) BOOST_TEST(refused_field(change) == field);
}

BOOST_AUTO_TEST_CASE(another_version_or_suite_is_not_supported) {
  RoundDescriptor d = valid_descriptor();
  d.protocol_version = 2;
  GS_CHECK_REFUSED(check_descriptor(d, false), ProtocolErrc::unsupported_version);
  d = valid_descriptor();
  d.suite = 0;
  GS_CHECK_REFUSED(check_descriptor(d, false), ProtocolErrc::unsupported_version);
}

BOOST_AUTO_TEST_CASE(canonical_bytes_read_back_and_are_what_is_hashed) {
  const RoundDescriptor d = valid_descriptor();
  const Bytes bytes = canonical_bytes(d);
  const auto read = parse_descriptor(bytes);
  GS_REQUIRE_OK(read);
  BOOST_TEST((*read == d));
  BOOST_TEST(round_digest(d).hex() == crypto::sha256(bytes).hex());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BOOST_TEST(parse_descriptor(ByteView{bytes}.first(size)).has_error());
  }
}

BOOST_AUTO_TEST_CASE(every_byte_of_a_descriptor_changes_its_digest) {
  const RoundDescriptor d = valid_descriptor();
  Bytes bytes = canonical_bytes(d);
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    bytes[i] ^= std::byte{1};
    const auto changed = parse_descriptor(bytes);
    BOOST_TEST((changed.has_error() || round_digest(*changed) != round_digest(d)));
    bytes[i] ^= std::byte{1};
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
