#include "crypto/seed_stream.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/hkdf.hpp"
#include "samples.hpp"

namespace guildsum::crypto {

BOOST_AUTO_TEST_SUITE(seed_stream_test)

BOOST_AUTO_TEST_CASE(the_same_seed_and_label_repeat_the_stream) {
  const auto seed = test::sample_secret<ExpansionSeed>(1);
  SeedStream first{seed, "coefficients"};
  SeedStream second{seed, "coefficients"};
  Bytes whole(100);
  first.fill(whole);
  Bytes parts(100);
  second.fill(std::span{parts}.first(33));
  second.fill(std::span{parts}.subspan(33));
  BOOST_TEST((whole == parts));
}

BOOST_AUTO_TEST_CASE(labels_and_seeds_separate_streams) {
  const auto seed = test::sample_secret<ExpansionSeed>(1);
  const auto drawn = [](const ExpansionSeed& from, std::string_view label) {
    return SeedStream{from, label}.field_element().value();
  };
  BOOST_TEST(drawn(seed, "a") != drawn(seed, "b"));
  BOOST_TEST(drawn(seed, "a") != drawn(seed, ""));
  BOOST_TEST(drawn(seed, "a") != drawn(test::sample_secret<ExpansionSeed>(2), "a"));
}

BOOST_AUTO_TEST_CASE(the_stream_is_aes_ctr_under_the_documented_key) {
  const auto seed = test::sample_secret<ExpansionSeed>(1);
  Bytes info = to_bytes("guildsum/v1/seed-stream");
  info.push_back(std::byte{0});
  append(info, as_bytes("label"));
  Bytes expected(48);
  MaskStream{derive<MaskSeed>(seed.expose(), Digest{}, info)}.fill(0, expected);
  Bytes actual(48);
  SeedStream{seed, "label"}.fill(actual);
  BOOST_TEST((actual == expected));
}

BOOST_AUTO_TEST_CASE(elements_use_all_61_bits) {
  SeedStream stream{test::sample_secret<ExpansionSeed>(1), "bits"};
  int set[61] = {};
  constexpr int kDraws = 2000;
  for (int i = 0; i < kDraws; ++i) {
    const std::uint64_t value = stream.field_element().value();
    BOOST_TEST(value < FieldElement::kModulus);
    for (int bit = 0; bit < 61; ++bit) set[bit] += static_cast<int>(value >> bit & 1);
  }
  // Six standard deviations of a fair coin.
  for (const int count : set) BOOST_TEST(std::abs(count - kDraws / 2) < 135);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
