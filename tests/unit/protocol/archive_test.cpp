#include "protocol/archive.hpp"

#include <boost/test/unit_test.hpp>

#include "allocation_meter.hpp"
#include "protocol/limits.hpp"
#include "round_setup.hpp"

namespace guildsum::protocol {
namespace {

enum class Colour : std::uint8_t { red = 1, green = 2, blue = 3 };

struct Sample {
  std::uint8_t small = 0;
  std::int64_t large = 0;
  bool flag = false;
  StrongId<struct SampleIdTag, std::uint32_t> id;
  FixedBytes<struct SampleBytesTag, 4> fixed;
  std::array<std::byte, 2> pair{};
  Colour colour = Colour::red;
  Bytes blob;
  std::string name = "a";
  std::string text;
  std::chrono::milliseconds wait{0};
  std::vector<std::uint16_t> list;
};
template <class A>
void serialize(A& a, Sample& v) {
  a(v.small, v.large, v.flag, v.id, v.fixed, v.pair, one_of(v.colour, Colour::red, Colour::blue));
  a(blob(v.blob, 8), name(v.name), utf8(v.text, 16), duration(v.wait, 1000));
  a(sequence(v.list, 4));
}

struct Flag {
  bool value = false;
};
template <class A>
void serialize(A& a, Flag& v) {
  a(v.value);
}

struct Tint {
  Colour colour = Colour::red;
};
template <class A>
void serialize(A& a, Tint& v) {
  a(one_of(v.colour, Colour::red, Colour::blue));
}

template <TextRule Rule>
struct Text {
  std::string text;
};
template <class A, TextRule Rule>
void serialize(A& a, Text<Rule>& v) {
  a(TextField{v.text, kNameBytesMax, Rule});
}

struct Wait {
  std::chrono::milliseconds value{0};
};
template <class A>
void serialize(A& a, Wait& v) {
  a(duration(v.value, 1000));
}

/// One wire byte that becomes many bytes of memory: what the budget is there for.
struct Swelling {
  std::uint8_t wire = 0;
  std::array<std::uint64_t, 64> memory{};
};
template <class A>
void serialize(A& a, Swelling& v) {
  a(v.wire);
}
struct Swellings {
  std::vector<Swelling> list;
};
template <class A>
void serialize(A& a, Swellings& v) {
  a(sequence(v.list, 1U << 20));
}

// What must not become a field or a message.
struct Polymorphic {
  virtual ~Polymorphic() = default;
};
static_assert(!WireValue<Polymorphic>);
static_assert(!WireValue<int*>);
static_assert(!WireValue<double>);
static_assert(!WireValue<float>);
static_assert(!WireInteger<bool>);
static_assert(!WireInteger<char>);
template <class T>
concept Serialisable = cereal::traits::is_output_serializable<T, CanonicalOut>::value ||
                       cereal::traits::is_input_serializable<T, BoundedIn>::value;
static_assert(Serialisable<Sample>);
static_assert(!Serialisable<double>);
static_assert(!Serialisable<std::string>);
static_assert(!Serialisable<std::vector<std::uint8_t>>);
static_assert(!Serialisable<std::shared_ptr<Sample>>);
static_assert(!Serialisable<std::unique_ptr<Sample>>);
static_assert(!Serialisable<Secret<struct SampleSecretTag, 32>>);
static_assert(!Serialisable<crypto::Share>);

Sample full_sample() {
  Sample sample;
  sample.small = 0x12;
  sample.large = -2;
  sample.flag = true;
  sample.id = StrongId<SampleIdTag, std::uint32_t>{0x01020304};
  sample.fixed = FixedBytes<SampleBytesTag, 4>::from_hex("a0a1a2a3").value();
  sample.pair = {std::byte{0xb0}, std::byte{0xb1}};
  sample.colour = Colour::green;
  sample.blob = from_hex("c0c1c2").value();
  sample.name = "x-9";
  sample.text = "\u00e9";
  sample.wait = std::chrono::milliseconds{1000};
  sample.list = {1, 0x203};
  return sample;
}

constexpr std::string_view kFullSampleHex =
    "12"                // small
    "feffffffffffffff"  // large
    "01"                // flag
    "04030201"          // id
    "a0a1a2a3"          // fixed
    "b0b1"              // pair
    "02"                // colour
    "03000000c0c1c2"    // blob
    "03000000782d39"    // name
    "02000000c3a9"      // text
    "e803000000000000"  // wait
    "020000000100"      // list
    "0302";

template <TextRule Rule>
bool accepts(std::string_view text) {
  Text<Rule> value{std::string{text}};
  return from_canonical<Text<Rule>>(to_canonical(value)).has_value();
}

}  // namespace

BOOST_AUTO_TEST_SUITE(archive_test)

BOOST_AUTO_TEST_CASE(every_kind_of_field_has_the_documented_bytes) {
  BOOST_TEST(to_hex(to_canonical(full_sample())) == kFullSampleHex);
}

BOOST_AUTO_TEST_CASE(reading_gives_back_what_was_written) {
  const auto read = from_canonical<Sample>(from_hex(kFullSampleHex).value());
  GS_REQUIRE_OK(read);
  BOOST_TEST(to_hex(to_canonical(*read)) == kFullSampleHex);
  BOOST_TEST(read->large == -2);
  BOOST_TEST(read->name == "x-9");
  BOOST_TEST(read->list.size() == 2U);
}

BOOST_AUTO_TEST_CASE(a_missing_or_an_additional_byte_is_refused) {
  Bytes bytes = to_canonical(full_sample());
  for (std::size_t size = 0; size < bytes.size(); ++size) {
    BOOST_TEST(from_canonical<Sample>(ByteView{bytes}.first(size)).has_error());
  }
  bytes.push_back(std::byte{0});
  GS_CHECK_REFUSED(from_canonical<Sample>(bytes), ProtocolErrc::trailing_bytes);
}

BOOST_AUTO_TEST_CASE(a_truth_value_other_than_0_and_1_is_refused) {
  for (unsigned byte = 2; byte < 256; ++byte) {
    const Bytes bytes{static_cast<std::byte>(byte)};
    GS_CHECK_REFUSED(from_canonical<Flag>(bytes), ProtocolErrc::malformed);
  }
}

BOOST_AUTO_TEST_CASE(an_unknown_enumerator_is_refused) {
  for (unsigned byte = 0; byte < 256; ++byte) {
    const auto read = from_canonical<Tint>(Bytes{static_cast<std::byte>(byte)});
    BOOST_TEST(read.has_value() == (byte >= 1 && byte <= 3));
  }
}

BOOST_AUTO_TEST_CASE(a_duration_outside_its_range_is_refused) {
  const auto bytes_of = [](std::int64_t value) {
    Bytes bytes(8);
    store_le(static_cast<std::uint64_t>(value), bytes);
    return bytes;
  };
  GS_REQUIRE_OK(from_canonical<Wait>(bytes_of(1000)));
  GS_CHECK_REFUSED(from_canonical<Wait>(bytes_of(1001)), ProtocolErrc::malformed);
  GS_CHECK_REFUSED(from_canonical<Wait>(bytes_of(-1)), ProtocolErrc::malformed);
  GS_CHECK_REFUSED(from_canonical<Wait>(bytes_of(INT64_MIN)), ProtocolErrc::malformed);
}

BOOST_AUTO_TEST_CASE(names_are_lower_case_letters_digits_and_hyphens) {
  BOOST_TEST(accepts<TextRule::name>("corner-shop-9"));
  for (const auto* bad : {"", "Corner", "a b", "a.b", "a_b", "caf\u00e9", "a\n"}) {
    BOOST_TEST(!accepts<TextRule::name>(bad));
  }
  BOOST_TEST(accepts<TextRule::dotted_name>("ials.gradient"));
  BOOST_TEST(!accepts<TextRule::dotted_name>(""));
  BOOST_TEST(accepts<TextRule::name>(std::string(kNameBytesMax, 'a')));
}

BOOST_AUTO_TEST_CASE(text_is_well_formed_utf8_without_nul) {
  for (const auto* good : {"", "a", "\u00e9", "\u20ac", "\U0001f600", "\U0010ffff", "\ud7ff"}) {
    BOOST_TEST(accepts<TextRule::utf8>(good));
  }
  using namespace std::string_view_literals;
  for (const auto bad : {"\0"sv, "\x80"sv, "\xc3"sv, "\xc0\xaf"sv, "\xc1\xbf"sv, "\xe0\x80\xaf"sv,
                         "\xed\xa0\x80"sv, "\xe2\x82"sv, "\xf0\x80\x80\x80"sv, "\xf4\x90\x80\x80"sv,
                         "\xf5\x80\x80\x80"sv, "\xff"sv, "a\xc3z"sv}) {
    BOOST_TEST(!accepts<TextRule::utf8>(bad));
  }
}

BOOST_AUTO_TEST_CASE(pem_text_is_printable_ascii_and_line_feeds) {
  BOOST_TEST(accepts<TextRule::ascii>("-----BEGIN-----\nMIIB==\n"));
  BOOST_TEST(!accepts<TextRule::ascii>("a\r\n"));
  BOOST_TEST(!accepts<TextRule::ascii>("\x7f"));
  BOOST_TEST(!accepts<TextRule::ascii>("\u00e9"));
}

BOOST_AUTO_TEST_CASE(a_count_beyond_its_limit_or_the_remaining_bytes_allocates_nothing) {
  const Bytes message = from_hex("ffffffff0102").value();
  for (const std::size_t limit : {std::size_t{4}, std::size_t{UINT32_MAX}}) {
    BoundedIn in{message};
    std::vector<std::uint16_t> list;
    auto field = sequence(list, limit);
    const test::AllocationMeter meter;
    in(field);
    BOOST_TEST(meter.total_bytes() < 256U);  // the error's detail
    BOOST_TEST(list.capacity() == 0U);
    BOOST_TEST(in.failed());
  }
}

BOOST_AUTO_TEST_CASE(memory_is_bounded_by_twice_the_input_and_64_kib) {
  constexpr std::size_t kCount = 10'000;
  Bytes bytes(4 + kCount);
  store_le(std::uint32_t{kCount}, MutableByteView{bytes}.first(4));

  const test::AllocationMeter meter;
  GS_CHECK_REFUSED(from_canonical<Swellings>(bytes), ProtocolErrc::too_large);
  BOOST_TEST(meter.total_bytes() < 4096U);

  store_le(std::uint32_t{100}, MutableByteView{bytes}.first(4));
  GS_REQUIRE_OK(from_canonical<Swellings>(ByteView{bytes}.first(104)));
}

BOOST_AUTO_TEST_CASE(the_first_failure_is_the_one_that_is_reported) {
  const Bytes bytes = from_hex("07").value();
  BoundedIn in{bytes};
  bool flag = true;
  std::uint64_t number = 5;
  in(flag, number);
  BOOST_TEST(!flag);
  BOOST_TEST(number == 0U);
  const auto outcome = in.finish();
  GS_CHECK_REFUSED(outcome, ProtocolErrc::malformed);
  BOOST_TEST(outcome.error().detail() == "a truth value is neither 0 nor 1");
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::protocol
