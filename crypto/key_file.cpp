#include "crypto/key_file.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "crypto/errors.hpp"

namespace guildsum::crypto {
namespace {

constexpr std::size_t kKeyFileBytesMax = 64 * 1024;
constexpr mode_t kOthers = S_IRWXG | S_IRWXO;

/// The whole file into `out`, which has its exact size.
Result<void> read_exactly(int fd, std::string& out, const std::filesystem::path& path) {
  std::size_t done = 0;
  while (done < out.size()) {
    const auto got = ::read(fd, out.data() + done, out.size() - done);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return os_error(errno, "reading", path);
    if (got == 0) return Error{BaseErrc::io_failed, path.string() + " shrank while it was read"};
    done += static_cast<std::size_t>(got);
  }
  return {};
}

}  // namespace

Result<void> write_key_file(const std::filesystem::path& path, const SecretText& text,
                            bool replace) {
  if (replace) return write_file_atomically(path, as_bytes(text.expose()), kPrivateFile);
  // A link, unlike a rename, fails when the name is taken; the content is complete by then.
  const std::filesystem::path draft = path.string() + "." + std::to_string(::getpid()) + ".new";
  GS_CHECK(write_file_atomically(draft, as_bytes(text.expose()), kPrivateFile));
  const int link_error = ::link(draft.c_str(), path.c_str()) == 0 ? 0 : errno;
  GS_CHECK(remove_file(draft));
  if (link_error != 0) return os_error(link_error, "creating", path);
  return sync_directory(path.has_parent_path() ? path.parent_path() : ".");
}

Result<SecretText> read_key_file(const std::filesystem::path& path) {
  const FileDescriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!file.is_open()) return os_error(errno, "opening", path);
  struct stat status{};
  if (::fstat(file.get(), &status) != 0) return os_error(errno, "reading", path);
  if (!S_ISREG(status.st_mode)) return Error{BaseErrc::io_failed, path.string() + " is no file"};
  if ((status.st_mode & kOthers) != 0) {
    return Error{CryptoErrc::file_permissions_too_open,
                 path.string() + ": run chmod 600 on it if nobody else has read it"};
  }
  const auto size = static_cast<std::size_t>(status.st_size);
  if (size > kKeyFileBytesMax) return Error{BaseErrc::too_large, path.string()};
  std::string text(size, '\0');
  const auto read = read_exactly(file.get(), text, path);
  SecretText secret{std::move(text)};  // Wiped on the way out of a failure as well.
  GS_CHECK(read);
  return secret;
}

}  // namespace guildsum::crypto
