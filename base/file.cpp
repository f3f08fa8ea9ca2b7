#include "base/file.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <fcntl.h>
#include <limits>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>

#include "base/errors.hpp"

namespace guildsum {
namespace {

namespace fs = std::filesystem;

Result<FileDescriptor> open_file(const fs::path& path, int flags, unsigned mode = 0) {
  int fd = -1;
  do {
    fd = ::open(path.c_str(), flags | O_CLOEXEC, static_cast<mode_t>(mode));
  } while (fd < 0 && errno == EINTR);
  if (fd < 0) return os_error(errno, "opening", path);
  return FileDescriptor{fd};
}

Result<std::uint64_t> length_of(int fd, const fs::path& path) {
  struct stat status{};
  if (::fstat(fd, &status) != 0) return os_error(errno, "examining", path);
  if (S_ISDIR(status.st_mode)) return os_error(EISDIR, "reading", path);
  return static_cast<std::uint64_t>(status.st_size);
}

Result<void> write_all(int fd, ByteView content, const fs::path& path) {
  while (!content.empty()) {
    const ssize_t written = ::write(fd, content.data(), content.size());
    if (written < 0 && errno == EINTR) continue;
    if (written < 0) return os_error(errno, "writing", path);
    content = content.subspan(static_cast<std::size_t>(written));
  }
  return {};
}

Result<void> sync_data(int fd, const fs::path& path) {
  if (::fdatasync(fd) != 0) return os_error(errno, "syncing", path);
  return {};
}

/// The directory in which `path` is an entry.
fs::path directory_of(const fs::path& path) {
  return path.has_parent_path() ? path.parent_path() : fs::path{"."};
}

/// Reads up to `out.size()` bytes from the current position; fewer only at the end of the file.
Result<std::size_t> read_some(int fd, MutableByteView out, const fs::path& path) {
  std::size_t filled = 0;
  while (filled < out.size()) {
    const ssize_t count = ::read(fd, out.data() + filled, out.size() - filled);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return os_error(errno, "reading", path);
    if (count == 0) break;
    filled += static_cast<std::size_t>(count);
  }
  return filled;
}

/// Reads into `Buffer` (bytes or text) what the file has, one byte beyond the limit at most.
template <class Buffer>
Result<Buffer> read_limited(const fs::path& path, std::size_t limit_bytes) {
  GS_TRY(const FileDescriptor file, open_file(path, O_RDONLY));
  GS_TRY(const std::uint64_t length, length_of(file.get(), path));
  const auto too_large = [&] {
    return Error{BaseErrc::too_large,
                 path.string() + " has more than " + std::to_string(limit_bytes) + " bytes"};
  };
  if (length > limit_bytes) return too_large();
  // Pipes and /proc report length 0: read until the end whatever the length says.
  Buffer content;
  std::size_t filled = 0;
  std::size_t target = static_cast<std::size_t>(length) + 1;
  while (true) {
    content.resize(target);
    const auto room = std::as_writable_bytes(std::span{content}).subspan(filled);
    GS_TRY(const std::size_t count, read_some(file.get(), room, path));
    filled += count;
    if (filled > limit_bytes) return too_large();
    if (count < room.size()) break;
    target = filled + std::max<std::size_t>(filled, 4096);
  }
  content.resize(filled);
  return content;
}

}  // namespace

void FileDescriptor::close() noexcept {
  if (fd_ >= 0) ::close(std::exchange(fd_, -1));
}

Error os_error(int error_number, std::string_view action, const fs::path& path) {
  const auto code = [error_number] {
    switch (error_number) {
      case ENOENT:
        return BaseErrc::not_found;
      case EEXIST:
        return BaseErrc::already_exists;
      case ENOSPC:
      case EDQUOT:
        return BaseErrc::no_space;
      default:
        return BaseErrc::io_failed;
    }
  }();
  return {code, std::string{action} + " " + path.string() + ": " +
                    std::generic_category().message(error_number)};
}

Result<Bytes> read_file(const fs::path& path, std::size_t limit_bytes) {
  return read_limited<Bytes>(path, limit_bytes);
}

Result<std::string> read_text_file(const fs::path& path, std::size_t limit_bytes) {
  return read_limited<std::string>(path, limit_bytes);
}

Result<void> write_file_atomically(const fs::path& path, ByteView content, unsigned mode) {
  std::string temporary =
      (directory_of(path) / ("." + path.filename().string() + ".XXXXXX")).string();
  const FileDescriptor file{::mkostemp(temporary.data(), O_CLOEXEC)};
  if (!file.is_open()) return os_error(errno, "creating a temporary file for", path);

  const auto write_and_rename = [&]() -> Result<void> {
    if (::fchmod(file.get(), static_cast<mode_t>(mode)) != 0) {
      return os_error(errno, "setting the mode of", temporary);
    }
    GS_CHECK(write_all(file.get(), content, path));
    if (::fsync(file.get()) != 0) return os_error(errno, "syncing", path);
    if (::rename(temporary.c_str(), path.c_str()) != 0) return os_error(errno, "renaming to", path);
    return {};
  };
  auto written = write_and_rename();
  if (written.has_error()) {
    ::unlink(temporary.c_str());
    return written;
  }
  return sync_directory(directory_of(path));
}

Result<void> make_private_directory(const fs::path& path) {
  if (path.empty()) return Error{BaseErrc::invalid_argument, "empty directory name"};
  const fs::path clean = path.has_filename() ? path : path.parent_path();
  const fs::path parent = directory_of(clean);
  std::error_code ignored;
  if (parent != clean && !fs::exists(parent, ignored)) GS_CHECK(make_private_directory(parent));
  if (::mkdir(clean.c_str(), 0700) == 0) return sync_directory(parent);
  if (errno != EEXIST) return os_error(errno, "creating directory", clean);

  struct stat status{};
  if (::stat(clean.c_str(), &status) != 0) return os_error(errno, "examining", clean);
  if (!S_ISDIR(status.st_mode)) {
    return Error{BaseErrc::already_exists, clean.string() + " is not a directory"};
  }
  if ((status.st_mode & 077) != 0 && ::chmod(clean.c_str(), status.st_mode & 0700) != 0) {
    return os_error(errno, "closing to other users the directory", clean);
  }
  return {};
}

Result<void> sync_directory(const fs::path& path) {
  GS_TRY(const FileDescriptor directory, open_file(path, O_RDONLY | O_DIRECTORY));
  if (::fsync(directory.get()) != 0) return os_error(errno, "syncing directory", path);
  return {};
}

Result<void> remove_file(const fs::path& path) {
  if (::unlink(path.c_str()) != 0) {
    if (errno == ENOENT) return {};
    return os_error(errno, "removing", path);
  }
  return sync_directory(directory_of(path));
}

Result<AppendFile> AppendFile::open(const fs::path& path, unsigned mode) {
  GS_TRY(FileDescriptor file, open_file(path, O_WRONLY | O_CREAT | O_APPEND, mode));
  GS_TRY(const std::uint64_t length, length_of(file.get(), path));
  GS_CHECK(sync_directory(directory_of(path)));
  return AppendFile{std::move(file), path, length};
}

Result<void> AppendFile::append(ByteView record) {
  const auto write_durably = [&]() -> Result<void> {
    GS_CHECK(write_all(file_.get(), record, path_));
    return sync_data(file_.get(), path_);
  };
  auto written = write_durably();
  if (written.has_error()) {
    // Best effort: the caller learns of the first failure; recovery drops a torn record anyway.
    [[maybe_unused]] const int cut = ::ftruncate(file_.get(), static_cast<off_t>(size_bytes_));
    return written;
  }
  size_bytes_ += record.size();
  return {};
}

Result<void> AppendFile::truncate(std::uint64_t length_bytes) {
  if (length_bytes > size_bytes_) {
    return Error{BaseErrc::invalid_argument,
                 "cannot truncate " + path_.string() + " to more than it has"};
  }
  if (::ftruncate(file_.get(), static_cast<off_t>(length_bytes)) != 0) {
    return os_error(errno, "truncating", path_);
  }
  size_bytes_ = length_bytes;
  return sync_data(file_.get(), path_);
}

Result<PositionedFile> PositionedFile::open(const fs::path& path, unsigned mode) {
  GS_TRY(FileDescriptor file, open_file(path, O_RDWR | O_CREAT, mode));
  GS_CHECK(sync_directory(directory_of(path)));
  return PositionedFile{std::move(file), path};
}

Result<PositionedFile> PositionedFile::open_read_only(const fs::path& path) {
  GS_TRY(FileDescriptor file, open_file(path, O_RDONLY));
  return PositionedFile{std::move(file), path};
}

Result<void> PositionedFile::read_at(std::uint64_t offset, MutableByteView out) const {
  while (!out.empty()) {
    const ssize_t count = ::pread(file_.get(), out.data(), out.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return os_error(errno, "reading", path_);
    if (count == 0) return Error{BaseErrc::corrupt, path_.string() + " is shorter than expected"};
    offset += static_cast<std::uint64_t>(count);
    out = out.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PositionedFile::write_at(std::uint64_t offset, ByteView content) {
  while (!content.empty()) {
    const ssize_t count =
        ::pwrite(file_.get(), content.data(), content.size(), static_cast<off_t>(offset));
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return os_error(errno, "writing", path_);
    offset += static_cast<std::uint64_t>(count);
    content = content.subspan(static_cast<std::size_t>(count));
  }
  return {};
}

Result<void> PositionedFile::preallocate(std::uint64_t length_bytes) {
  if (length_bytes == 0) return {};
  if (length_bytes > static_cast<std::uint64_t>(std::numeric_limits<off_t>::max())) {
    return Error{BaseErrc::no_space, "cannot reserve that much for " + path_.string()};
  }
  const int failure = ::posix_fallocate(file_.get(), 0, static_cast<off_t>(length_bytes));
  if (failure != 0) return os_error(failure, "reserving space for", path_);
  return {};
}

Result<void> PositionedFile::sync() { return sync_data(file_.get(), path_); }

Result<std::uint64_t> PositionedFile::size_bytes() const { return length_of(file_.get(), path_); }

Result<FileLock> FileLock::acquire(const fs::path& path) {
  GS_TRY(FileDescriptor file, open_file(path, O_RDWR | O_CREAT, kPrivateFile));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno != EWOULDBLOCK) return os_error(errno, "locking", path);
    std::array<char, 24> text{};
    const ssize_t count = ::pread(file.get(), text.data(), text.size(), 0);
    const std::string_view holder{text.data(), count > 0 ? static_cast<std::size_t>(count) : 0};
    const std::string_view pid = holder.substr(0, holder.find('\n'));
    return Error{BaseErrc::busy, path.string() + " is held by process " +
                                     (pid.empty() ? "(unknown)" : std::string{pid})};
  }
  const std::string own = std::to_string(::getpid()) + "\n";
  if (::ftruncate(file.get(), 0) != 0) return os_error(errno, "writing", path);
  GS_CHECK(write_all(file.get(), as_bytes(own), path));
  return FileLock{std::move(file)};
}

}  // namespace guildsum
