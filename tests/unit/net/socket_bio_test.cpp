#include "base/net/detail/socket_bio.hpp"

#include <array>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "base/net/detail/openssl.hpp"

using namespace guildsum::net::detail;

namespace {

struct Pair {
  Pair() { BOOST_REQUIRE(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends.data()) == 0); }
  ~Pair() {
    for (const int fd : ends) {
      if (fd >= 0) ::close(fd);
    }
  }
  std::array<int, 2> ends{-1, -1};
};

}  // namespace

BOOST_AUTO_TEST_SUITE(socket_bio_test)

BOOST_AUTO_TEST_CASE(bytes_pass_and_are_counted) {
  Pair pair;
  Counters counters;
  const BioPtr near{new_socket_bio(pair.ends[0], &counters)};
  const BioPtr far{new_socket_bio(pair.ends[1], nullptr)};
  std::array<char, 16> got{};

  BOOST_TEST(BIO_write(near.get(), "hello", 5) == 5);
  BOOST_TEST(BIO_read(far.get(), got.data(), 16) == 5);
  BOOST_TEST(std::string(got.data()) == "hello");
  BOOST_TEST(BIO_write(far.get(), "you", 3) == 3);
  BOOST_TEST(BIO_read(near.get(), got.data(), 16) == 3);
  BOOST_TEST(counters.sent.load() == 5U);
  BOOST_TEST(counters.received.load() == 3U);
}

BOOST_AUTO_TEST_CASE(nothing_to_read_is_no_end) {
  Pair pair;
  const BioPtr bio{new_socket_bio(pair.ends[0], nullptr)};
  char byte = 0;

  BOOST_TEST(BIO_read(bio.get(), &byte, 1) < 0);
  BOOST_TEST(BIO_should_retry(bio.get()) != 0);
  BOOST_TEST(BIO_eof(bio.get()) == 0);
}

BOOST_AUTO_TEST_CASE(the_other_side_leaving_is_an_end_and_raises_no_signal) {
  Pair pair;
  const BioPtr bio{new_socket_bio(pair.ends[0], nullptr)};
  ::close(std::exchange(pair.ends[1], -1));
  char byte = 0;

  BOOST_TEST(BIO_write(bio.get(), "x", 1) < 0);  // SIGPIPE would end the test program here.
  BOOST_TEST(BIO_should_retry(bio.get()) == 0);
  BOOST_TEST(BIO_read(bio.get(), &byte, 1) == 0);
  BOOST_TEST(BIO_eof(bio.get()) == 1);
}

BOOST_AUTO_TEST_SUITE_END()
