#include "crypto/secret_buffer.hpp"

#include <string>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "crypto/errors.hpp"
#include "samples.hpp"
#include "tests/support/mapping_flags.hpp"

namespace guildsum::crypto {
namespace {

static_assert(!std::is_copy_constructible_v<SecretBuffer>);

using guildsum::test::kLocksAreReal;
using guildsum::test::mapping_flags;

}  // namespace

BOOST_AUTO_TEST_SUITE(secret_buffer_test)

BOOST_AUTO_TEST_CASE(a_buffer_starts_zero_and_holds_what_is_written) {
  auto buffer = SecretBuffer::allocate(5000);
  BOOST_REQUIRE(buffer.has_value());
  BOOST_TEST(buffer->size() == 5000U);
  BOOST_TEST(std::ranges::all_of(buffer->expose(), [](std::byte b) { return b == std::byte{0}; }));
  const Bytes content = test::sample_bytes(1, 5000);
  std::ranges::copy(content, buffer->mutable_expose().begin());
  BOOST_TEST(std::ranges::equal(buffer->expose(), content));
}

BOOST_AUTO_TEST_CASE(pages_are_locked_and_left_out_of_dumps) {
  const auto buffer = SecretBuffer::copy_of(as_bytes("secret"));
  BOOST_REQUIRE(buffer.has_value());
  const std::string flags = mapping_flags(buffer->expose().data());
  BOOST_TEST(flags.find(" dd ") != std::string::npos, flags);
  BOOST_TEST(flags.find(" wf ") != std::string::npos, flags);
  if (!kLocksAreReal || lockable_bytes() < 65536) return;
  BOOST_TEST(buffer->is_locked());
  BOOST_TEST(!buffer->lock_error().failed());
  BOOST_TEST(flags.find(" lo ") != std::string::npos, flags);
}

BOOST_AUTO_TEST_CASE(a_used_up_limit_is_told_and_the_buffer_works) {
  if (!kLocksAreReal) return;
  // In a child, so that the limit does not stay.
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) {
    const rlimit none{0, 0};
    setrlimit(RLIMIT_MEMLOCK, &none);
    // Root may lock regardless of the limit.
    if (geteuid() == 0 && setuid(65534) != 0) _exit(2);
    auto buffer = SecretBuffer::copy_of(as_bytes("secret"));
    const bool told = buffer.has_value() && !buffer->is_locked() && buffer->lock_error().failed();
    const bool works = buffer.has_value() && as_text(buffer->expose()) == "secret";
    _exit(told && works && lockable_bytes() == 0 ? 0 : 1);
  }
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(WIFEXITED(status));
  BOOST_TEST(WEXITSTATUS(status) == 0);
}

BOOST_AUTO_TEST_CASE(a_forked_child_sees_zeros) {
  const auto buffer = SecretBuffer::copy_of(as_bytes("secret"));
  const pid_t child = fork();
  BOOST_REQUIRE(child >= 0);
  if (child == 0) _exit(buffer->expose()[0] == std::byte{0} ? 0 : 1);
  int status = 0;
  BOOST_REQUIRE(waitpid(child, &status, 0) == child);
  BOOST_TEST(WEXITSTATUS(status) == 0);
  BOOST_TEST(as_text(buffer->expose()) == "secret");
}

BOOST_AUTO_TEST_CASE(moving_hands_the_pages_over) {
  auto first = SecretBuffer::copy_of(as_bytes("first"));
  const std::byte* pages = first->expose().data();
  SecretBuffer second{std::move(first).value()};
  BOOST_TEST(second.expose().data() == pages);
  SecretBuffer third = SecretBuffer::copy_of(as_bytes("third")).value();
  third = std::move(second);
  BOOST_TEST(third.expose().data() == pages);
  BOOST_TEST(second.size() == 0U);
  BOOST_TEST(second.is_locked());
}

BOOST_AUTO_TEST_CASE(empty_and_impossible_sizes_are_answered) {
  const auto empty = SecretBuffer::allocate(0);
  BOOST_REQUIRE(empty.has_value());
  BOOST_TEST(empty->size() == 0U);
  BOOST_TEST(empty->is_locked());
  const auto huge = SecretBuffer::allocate(~std::size_t{0});
  BOOST_TEST((huge.error() == CryptoErrc::memory_unavailable));
  const auto large = SecretBuffer::allocate(std::size_t{1} << 60);
  BOOST_TEST((large.error() == CryptoErrc::memory_unavailable));
}

BOOST_AUTO_TEST_SUITE_END()

}  // namespace guildsum::crypto
