#include "crypto/hkdf.hpp"

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "crypto/mask_stream.hpp"
#include "samples.hpp"

namespace guildsum::crypto {
namespace {

Bytes derived(ByteView ikm, ByteView salt, ByteView info, std::size_t size = 32) {
  Bytes out(size);
  BOOST_TEST(hkdf_sha256(ikm, salt, info, out).has_value());
  return out;
}

}  // namespace

BOOST_AUTO_TEST_SUITE(hkdf_test)

BOOST_AUTO_TEST_CASE(every_input_changes_the_output) {
  const Bytes base = derived(as_bytes("ikm"), as_bytes("salt"), as_bytes("info"));
  BOOST_TEST((base == derived(as_bytes("ikm"), as_bytes("salt"), as_bytes("info"))));
  BOOST_TEST((base != derived(as_bytes("ikn"), as_bytes("salt"), as_bytes("info"))));
  BOOST_TEST((base != derived(as_bytes("ikm"), as_bytes("sale"), as_bytes("info"))));
  BOOST_TEST((base != derived(as_bytes("ikm"), as_bytes("salt"), as_bytes("inf0"))));
}

BOOST_AUTO_TEST_CASE(a_call_leaves_nothing_for_the_next_one) {
  const Bytes without = derived(as_bytes("ikm"), {}, {});
  (void)derived(as_bytes("other"), as_bytes("salt"), as_bytes("info"));
  BOOST_TEST((derived(as_bytes("ikm"), {}, {}) == without));
}

BOOST_AUTO_TEST_CASE(an_absent_salt_is_thirty_two_zeros) {
  const Bytes zeros(32);
  BOOST_TEST((derived(as_bytes("ikm"), {}, as_bytes("i")) ==
              derived(as_bytes("ikm"), zeros, as_bytes("i"))));
}

BOOST_AUTO_TEST_CASE(empty_key_material_is_allowed) {
  BOOST_TEST((derived({}, {}, as_bytes("a")) != derived({}, {}, as_bytes("b"))));
}

BOOST_AUTO_TEST_CASE(a_shorter_output_is_a_prefix) {
  const Bytes whole = derived(as_bytes("ikm"), {}, {}, kHkdfOutputBytesMax);
  const Bytes part = derived(as_bytes("ikm"), {}, {}, 33);
  BOOST_TEST(std::equal(part.begin(), part.end(), whole.begin()));
}

BOOST_AUTO_TEST_CASE(too_much_output_is_refused_and_the_memory_untouched) {
  Bytes out(kHkdfOutputBytesMax + 1, std::byte{0x5a});
  BOOST_TEST((hkdf_sha256({}, {}, {}, out).error() == CryptoErrc::output_too_long));
  BOOST_TEST(std::ranges::all_of(out, [](std::byte b) { return b == std::byte{0x5a}; }));
}

BOOST_AUTO_TEST_CASE(typed_keys_are_the_same_bytes) {
  const Digest salt = sha256(as_bytes("round"));
  const auto seed = derive<MaskSeed>(as_bytes("ikm"), salt, as_bytes("pair"));
  const Bytes bytes = derived(as_bytes("ikm"), salt.view(), as_bytes("pair"));
  BOOST_TEST(to_hex(seed.expose()) == to_hex(bytes));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
