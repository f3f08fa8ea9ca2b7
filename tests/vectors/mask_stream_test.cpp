#include "crypto/mask_stream.hpp"

#include "crypto/mask_expand.hpp"
#include "crypto/sha256.hpp"
#include "tests/vectors/vector_file.hpp"

namespace guildsum::crypto {
namespace {

/// `pt` under the stream that starts at `iv`.
Bytes encrypted(const boost::json::value& test) {
  MaskStream stream{vectors::secret<MaskSeed>(test, "key"),
                    vectors::fixed<CounterBlock>(test, "iv")};
  Bytes text = vectors::bytes(test, "pt");
  Bytes key_stream(text.size());
  stream.fill(0, key_stream);
  for (std::size_t i = 0; i < text.size(); ++i) text[i] ^= key_stream[i];
  return text;
}

constexpr std::size_t kMiB = std::size_t{1} << 20;

}  // namespace

BOOST_AUTO_TEST_SUITE(mask_stream_test)

BOOST_AUTO_TEST_CASE(published_aes_256_ctr_ciphertexts_match) {
  const auto file = vectors::load("rfc/aes_ctr.json");
  int run = 0;
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::bytes(test, "key").size() != MaskSeed::kSize) continue;
    BOOST_TEST_CONTEXT(vectors::text(test, "name")) {
      BOOST_TEST(to_hex(encrypted(test)) == vectors::text(test, "ct"));
    }
    ++run;
  }
  BOOST_TEST(run == 4);
}

BOOST_AUTO_TEST_CASE(counter_carries_run_through_all_128_bits_also_after_a_seek) {
  const auto file = vectors::load("rfc/aes_ctr.json");
  for (const auto& test : file.at("carry").as_array()) {
    BOOST_TEST_CONTEXT(vectors::text(test, "iv")) {
      const Bytes expected = vectors::bytes(test, "ct");  // Of zeros: the stream itself.
      BOOST_TEST(to_hex(encrypted(test)) == to_hex(expected));
      MaskStream stream{vectors::secret<MaskSeed>(test, "key"),
                        vectors::fixed<CounterBlock>(test, "iv")};
      for (const std::size_t offset : {33U, 16U, 64U, 5U}) {
        Bytes part(expected.size() - offset);
        stream.fill(offset, part);
        BOOST_TEST(to_hex(part) == to_hex(ByteView{expected}.subspan(offset)));
      }
    }
  }
}

BOOST_AUTO_TEST_CASE(mask_streams_match_the_computed_ones) {
  const auto file = vectors::load("rfc/prg_streams.json");
  int run = 0;
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::text(test, "prg") != "AES-256-CTR, iv=0") continue;
    const auto seed = vectors::secret<MaskSeed>(test, "key");
    MaskStream stream{seed};
    Bytes bytes(kMiB);
    stream.fill(0, bytes);
    BOOST_TEST(to_hex(ByteView{bytes}.first(64)) == vectors::text(test, "first64"));
    BOOST_TEST(sha256(bytes).hex() == vectors::text(test, "sha256_1MiB"));
    Bytes late(64);
    stream.fill(1048512, late);
    BOOST_TEST(to_hex(late) == vectors::text(test, "bytes_at_1048512"));
    ++run;
  }
  BOOST_TEST(run == 3);
}

BOOST_AUTO_TEST_CASE(every_kernel_reads_the_streams_as_little_endian_words) {
  const auto file = vectors::load("rfc/prg_streams.json");
  for (const auto& test : file.at("tests").as_array()) {
    if (vectors::text(test, "prg") != "AES-256-CTR, iv=0") continue;
    const auto seed = vectors::secret<MaskSeed>(test, "key");
    for (const MaskKernel kernel :
         {MaskKernel::evp, MaskKernel::aes_ni, MaskKernel::avx2, MaskKernel::avx512}) {
      if (!is_supported(kernel)) continue;
      BOOST_TEST_CONTEXT("kernel " << name(kernel)) {
        RingVector words{RingBits::of<32>(), kMiB / 4};
        const SignedSeed mask{&seed};
        expand_and_add({&mask, 1}, 0, words.all(), {.kernel = kernel});
        std::uint32_t sum = 0;
        for (std::size_t i = 0; i < words.size(); ++i)
          sum += static_cast<std::uint32_t>(words.at(i));
        BOOST_TEST(sum == test.at("sum_u32le_mod32_1MiB").to_number<std::uint32_t>());
        for (std::size_t i = 0; i < 8; ++i) {
          BOOST_TEST(words.at(i) == test.at("first8_u32le").at(i).to_number<std::uint64_t>());
        }
      }
    }
  }
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
