#include "base/secret_memory.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include <boost/test/unit_test.hpp>
#include <openssl/crypto.h>
#include <openssl/err.h>

#include "base/memory_log.hpp"
#include "base/secret.hpp"
#include "tests/support/mapping_flags.hpp"

namespace guildsum {
namespace {

using Key = Secret<struct SampleKeyTag, 32>;

constexpr std::size_t kSmallArena = 4096;

std::array<std::byte, 32> filled(unsigned char value) {
  std::array<std::byte, 32> bytes{};
  bytes.fill(std::byte{value});
  return bytes;
}

bool in_arena(const Key& key) { return CRYPTO_secure_allocated(key.expose().data()) == 1; }

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_memory_test)

BOOST_AUTO_TEST_CASE(secrets_live_in_an_arena_that_is_not_dumped) {
  // Made before there is an arena: freed properly all the same.
  Key early{filled(1)};
  BOOST_TEST(!in_arena(early));
  const auto state = set_aside_secret_memory(kSmallArena);
  BOOST_TEST_REQUIRE((state != SecretMemory::ordinary));
  BOOST_TEST((set_aside_secret_memory() == state));

  Key key{filled(7)};
  BOOST_TEST(in_arena(key));
  const auto flags = test::mapping_flags(key.expose().data());
  BOOST_TEST(flags.find(" dd ") != std::string::npos, flags);
  if (test::kLocksAreReal) {
    const bool locked = flags.find(" lo ") != std::string::npos;
    BOOST_TEST(locked == (state == SecretMemory::locked), flags);
  }
  early = std::move(key);
  BOOST_TEST(in_arena(early));
  BOOST_TEST(std::ranges::equal(early.expose(), filled(7)));
  // NOLINTNEXTLINE(bugprone-use-after-move): what is left behind is specified.
  BOOST_TEST(std::ranges::equal(key.expose(), filled(0)));
}

BOOST_AUTO_TEST_CASE(what_was_freed_is_wiped) {
  static_cast<void>(set_aside_secret_memory(kSmallArena));
  const std::byte* address = nullptr;
  {
    const Key key{filled(9)};
    address = key.expose().data();
    BOOST_TEST((address[16] == std::byte{9}));
  }
  // The arena keeps its pages; its free list is written over the first bytes of a block only.
  BOOST_TEST((address[16] == std::byte{0}));
}

BOOST_AUTO_TEST_CASE(a_full_arena_is_counted_and_nothing_fails) {
  static_cast<void>(set_aside_secret_memory(kSmallArena));
  BOOST_TEST(secrets_outside_arena() == 0U);
  {
    std::vector<Key> many;
    for (std::size_t k = 0; k < kSmallArena / Key::kSize + 10; ++k) many.emplace_back(filled(3));
    BOOST_TEST(in_arena(many.front()));
    BOOST_TEST(!in_arena(many.back()));
    BOOST_TEST(std::ranges::equal(many.back().expose(), filled(3)));
  }
  const auto outside = secrets_outside_arena();
  BOOST_TEST(outside >= 10U);
  BOOST_TEST(ERR_peek_error() == 0UL);
  BOOST_TEST(in_arena(Key{filled(4)}));
  BOOST_TEST(secrets_outside_arena() == outside);

  MemoryLog log;
  warn_about_secret_memory(log);
  BOOST_TEST(log.count("secrets.outside_arena") == 1U);
}

BOOST_AUTO_TEST_CASE(containers_of_secrets_use_it_too) {
  static_cast<void>(set_aside_secret_memory(kSmallArena));
  std::vector<int, SecretAllocator<int>> numbers{1, 2, 3};
  BOOST_TEST(CRYPTO_secure_allocated(numbers.data()) == 1);
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum
