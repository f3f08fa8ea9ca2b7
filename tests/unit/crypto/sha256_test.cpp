#include "crypto/sha256.hpp"

#include <thread>
#include <vector>

#include <boost/test/unit_test.hpp>

#include "samples.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::string_view kAbc =
    "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr std::string_view kNothing =
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

}  // namespace

BOOST_AUTO_TEST_SUITE(sha256_test)

BOOST_AUTO_TEST_CASE(known_digests_match) {
  BOOST_TEST(sha256(as_bytes("abc")).hex() == kAbc);
  BOOST_TEST(sha256(ByteView{}).hex() == kNothing);
}

BOOST_AUTO_TEST_CASE(parts_hash_as_their_concatenation) {
  BOOST_TEST(sha256(as_bytes("a"), as_bytes(""), as_bytes("bc")).hex() == kAbc);
  const ByteView parts[] = {as_bytes("ab"), as_bytes("c")};
  BOOST_TEST(sha256(std::span<const ByteView>{parts}).hex() == kAbc);
  BOOST_TEST(sha256(std::span<const ByteView>{}).hex() == kNothing);
}

BOOST_AUTO_TEST_CASE(pieces_of_any_size_give_one_digest) {
  const Bytes message = test::sample_bytes(1, 1000);
  for (const std::size_t piece : {1U, 7U, 64U, 999U, 1000U}) {
    Sha256 hasher;
    for (std::size_t at = 0; at < message.size(); at += piece) {
      hasher.update(ByteView{message}.subspan(at, std::min(piece, message.size() - at)));
    }
    BOOST_TEST(hasher.finish().hex() == sha256(message).hex());
  }
}

BOOST_AUTO_TEST_CASE(finishing_starts_anew) {
  Sha256 hasher;
  hasher.update(as_bytes("something"));
  (void)hasher.finish();
  hasher.update(as_bytes("abc"));
  BOOST_TEST(hasher.finish().hex() == kAbc);
}

BOOST_AUTO_TEST_CASE(a_moved_hasher_keeps_what_it_saw) {
  Sha256 first;
  first.update(as_bytes("ab"));
  Sha256 second{std::move(first)};
  second.update(as_bytes("c"));
  BOOST_TEST(second.finish().hex() == kAbc);
}

BOOST_AUTO_TEST_CASE(threads_do_not_share_state) {
  std::vector<int> wrong(4);
  {
    std::vector<std::jthread> threads;
    for (int& count : wrong) {
      threads.emplace_back([&count] {
        for (int i = 0; i < 2000; ++i) count += sha256(as_bytes("abc")).hex() == kAbc ? 0 : 1;
      });
    }
  }
  for (const int count : wrong) BOOST_TEST(count == 0);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
