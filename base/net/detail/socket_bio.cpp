#include "base/net/detail/socket_bio.hpp"

#include <cerrno>
#include <sys/socket.h>

namespace guildsum::net::detail {
namespace {

struct SocketBio {
  int fd = -1;
  Counters* counters = nullptr;
  bool at_end = false;
};

SocketBio& state_of(BIO* bio) noexcept { return *static_cast<SocketBio*>(BIO_get_data(bio)); }

bool would_block() noexcept { return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR; }

int bio_read(BIO* bio, char* data, int size) {
  BIO_clear_retry_flags(bio);
  SocketBio& state = state_of(bio);
  const long got = receive_some(state.fd, data, static_cast<std::size_t>(size), state.counters);
  if (got < 0 && would_block()) BIO_set_retry_read(bio);
  if (got == 0) state.at_end = true;
  return static_cast<int>(got);
}

int bio_write(BIO* bio, const char* data, int size) {
  BIO_clear_retry_flags(bio);
  SocketBio& state = state_of(bio);
  const long put = send_some(state.fd, data, static_cast<std::size_t>(size), state.counters);
  if (put < 0 && would_block()) BIO_set_retry_write(bio);
  return static_cast<int>(put);
}

long bio_control(BIO* bio, int command, long, void*) {
  if (command == BIO_CTRL_FLUSH) return 1;
  if (command == BIO_CTRL_EOF) return state_of(bio).at_end ? 1 : 0;
  return 0;
}

int bio_destroy(BIO* bio) {
  delete static_cast<SocketBio*>(BIO_get_data(bio));
  return 1;
}

BIO_METHOD* make_method() noexcept {
  BIO_METHOD* const method =
      BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "guildsum socket");
  if (method == nullptr) return nullptr;
  BIO_meth_set_read(method, bio_read);
  BIO_meth_set_write(method, bio_write);
  BIO_meth_set_ctrl(method, bio_control);
  BIO_meth_set_destroy(method, bio_destroy);
  return method;
}

}  // namespace

long receive_some(int fd, void* data, std::size_t size, Counters* counters) noexcept {
  const long got = ::recv(fd, data, size, 0);
  if (got > 0 && counters != nullptr) counters->received += static_cast<std::uint64_t>(got);
  return got;
}

long send_some(int fd, const void* data, std::size_t size, Counters* counters) noexcept {
  const long put = ::send(fd, data, size, MSG_NOSIGNAL);
  if (put > 0 && counters != nullptr) counters->sent += static_cast<std::uint64_t>(put);
  return put;
}

BIO* new_socket_bio(int fd, Counters* counters) noexcept {
  static BIO_METHOD* const method = make_method();
  BIO* const bio = method == nullptr ? nullptr : BIO_new(method);
  if (bio == nullptr) return nullptr;
  BIO_set_data(bio, new SocketBio{fd, counters});
  BIO_set_init(bio, 1);
  return bio;
}

}  // namespace guildsum::net::detail
