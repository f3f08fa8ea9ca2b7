#include "base/bytes.hpp"

#include <array>

#include <boost/test/unit_test.hpp>

#include "base/errors.hpp"

using namespace guildsum;

namespace {
using Id = FixedBytes<struct IdTag, 4>;
}

BOOST_AUTO_TEST_SUITE(bytes_test)

BOOST_AUTO_TEST_CASE(hexadecimal_round_trips_every_byte) {
  Bytes all;
  for (int i = 0; i < 256; ++i) all.push_back(static_cast<std::byte>(i));
  const std::string text = to_hex(all);
  BOOST_TEST(text.substr(0, 8) == "00010203");
  BOOST_TEST(text.substr(504) == "fcfdfeff");
  BOOST_TEST((from_hex(text).value() == all));
}

BOOST_AUTO_TEST_CASE(hexadecimal_accepts_upper_case_and_refuses_everything_else) {
  BOOST_TEST((from_hex("AbCd").value() == Bytes{std::byte{0xab}, std::byte{0xcd}}));
  for (const char* wrong : {"a", "0g", "0x", " 00", "00\n", "0-"}) {
    BOOST_TEST((from_hex(wrong).error() == BaseErrc::malformed), wrong);
  }
}

BOOST_AUTO_TEST_CASE(base64url_matches_the_vectors_of_rfc_4648_section_10) {
  const std::array<std::pair<const char*, const char*>, 7> vectors{{{"", ""},
                                                                    {"f", "Zg"},
                                                                    {"fo", "Zm8"},
                                                                    {"foo", "Zm9v"},
                                                                    {"foob", "Zm9vYg"},
                                                                    {"fooba", "Zm9vYmE"},
                                                                    {"foobar", "Zm9vYmFy"}}};
  for (const auto& [plain, encoded] : vectors) {
    BOOST_TEST(to_base64url(as_bytes(plain)) == encoded);
    BOOST_TEST(as_text(from_base64url(encoded).value()) == plain);
  }
}

BOOST_AUTO_TEST_CASE(base64url_uses_the_alphabet_that_is_safe_in_addresses) {
  const Bytes bytes{std::byte{0xfb}, std::byte{0xff}};
  BOOST_TEST(to_base64url(bytes) == "-_8");
  BOOST_TEST((from_base64url("-_8").value() == bytes));
}

BOOST_AUTO_TEST_CASE(base64url_has_one_text_per_value) {
  // Padding, the other alphabet, a stray character, an impossible length, non-zero trailing bits.
  for (const char* wrong : {"Zg==", "+/8", "Zm9v\n", "Z", "Zh", "Zm9"}) {
    BOOST_TEST((from_base64url(wrong).error() == BaseErrc::malformed), wrong);
  }
}

BOOST_AUTO_TEST_CASE(little_endian_puts_the_lowest_byte_first) {
  std::array<std::byte, 8> out{};
  store_le(std::uint64_t{0x0102030405060708}, out);
  BOOST_TEST(to_hex(out) == "0807060504030201");
  BOOST_TEST(load_le<std::uint64_t>(out) == 0x0102030405060708U);
  BOOST_TEST(load_le<std::uint16_t>(out) == 0x0708U);
}

BOOST_AUTO_TEST_CASE(fixed_bytes_take_exactly_their_size) {
  const Id id = Id::from_hex("00ff10a0").value();
  BOOST_TEST(id.hex() == "00ff10a0");
  BOOST_TEST((Id::parse(id.view()).value() == id));
  BOOST_TEST((Id::from_hex("00ff10").error() == BaseErrc::malformed));
  BOOST_TEST((Id::from_hex("00ff10a000").error() == BaseErrc::malformed));
  BOOST_TEST(!id.is_zero());
  BOOST_TEST(Id{}.is_zero());
}

BOOST_AUTO_TEST_CASE(fixed_bytes_are_ordered_as_unsigned_bytes) {
  BOOST_TEST((Id::from_hex("7fffffff").value() < Id::from_hex("80000000").value()));
}

BOOST_AUTO_TEST_SUITE_END()
