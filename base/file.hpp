#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <utility>

#include "base/bytes.hpp"
#include "base/result.hpp"

/// Files that survive a power cut: what these functions report as done is on the disk.
///
/// Errors of all functions: BaseErrc::not_found, already_exists, no_space (the disk or the quota is
/// full), io_failed for everything else; the detail names the path and the system's reason.
namespace guildsum {

/// Permission bits of new files: only the owner, or readable by everybody.
inline constexpr unsigned kPrivateFile = 0600;
inline constexpr unsigned kPublicFile = 0644;

/// Owns an open file descriptor. Move-only.
class FileDescriptor {
 public:
  FileDescriptor() = default;
  explicit FileDescriptor(int fd) noexcept : fd_{fd} {}
  FileDescriptor(FileDescriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  FileDescriptor& operator=(FileDescriptor&& other) noexcept {
    if (this != &other) {
      close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }
  FileDescriptor(const FileDescriptor&) = delete;
  FileDescriptor& operator=(const FileDescriptor&) = delete;
  ~FileDescriptor() { close(); }

  [[nodiscard]] int get() const noexcept { return fd_; }
  [[nodiscard]] bool is_open() const noexcept { return fd_ >= 0; }
  void close() noexcept;

 private:
  int fd_ = -1;
};

/// The error of a failed system call: `errno` value, what was tried ("writing"), and on which file.
[[nodiscard]] Error os_error(int error_number, std::string_view action,
                             const std::filesystem::path& path);

/// The whole file; BaseErrc::too_large if it has more than `limit_bytes` (nothing is returned
/// then).
[[nodiscard]] Result<Bytes> read_file(const std::filesystem::path& path, std::size_t limit_bytes);
[[nodiscard]] Result<std::string> read_text_file(const std::filesystem::path& path,
                                                 std::size_t limit_bytes);

/// After success the file has exactly this content, also after a crash; after a failure it has its
/// old content or does not exist. Writes a temporary file in the same directory, syncs it, renames
/// it and syncs the directory. `mode` is exact (the umask does not apply).
[[nodiscard]] Result<void> write_file_atomically(const std::filesystem::path& path,
                                                 ByteView content, unsigned mode = kPrivateFile);

/// Creates the directory and missing parents with mode 0700. One that exists already must be a
/// directory and is closed to group and others (their permission bits are removed).
[[nodiscard]] Result<void> make_private_directory(const std::filesystem::path& path);

/// Makes creations, renames and removals in this directory durable.
[[nodiscard]] Result<void> sync_directory(const std::filesystem::path& path);

/// Removes a file durably. A missing file is success.
[[nodiscard]] Result<void> remove_file(const std::filesystem::path& path);

/// A file that only grows, such as a journal. Not thread safe; one writer per file (see
/// `FileLock`).
class AppendFile {
 public:
  /// Opens or creates; existing content is kept, and appending continues after it.
  [[nodiscard]] static Result<AppendFile> open(const std::filesystem::path& path,
                                               unsigned mode = kPrivateFile);
  /// Writes at the end and returns after `fdatasync`. On failure the file is cut back to its former
  /// length as far as the system allows, so that no torn record is followed by a good one.
  [[nodiscard]] Result<void> append(ByteView record);
  /// Shortens the file durably, to drop a torn record found at recovery. BaseErrc::invalid_argument
  /// if `length_bytes` is beyond the end.
  [[nodiscard]] Result<void> truncate(std::uint64_t length_bytes);
  [[nodiscard]] std::uint64_t size_bytes() const noexcept { return size_bytes_; }

 private:
  AppendFile(FileDescriptor file, std::filesystem::path path, std::uint64_t size_bytes) noexcept
      : file_{std::move(file)}, path_{std::move(path)}, size_bytes_{size_bytes} {}
  FileDescriptor file_;
  std::filesystem::path path_;
  std::uint64_t size_bytes_ = 0;
};

/// A file read and written in pieces at any offset, such as a resumable upload. Reads and writes of
/// disjoint ranges may run in several threads.
class PositionedFile {
 public:
  /// Opens for reading and writing, creating an empty file if there is none.
  [[nodiscard]] static Result<PositionedFile> open(const std::filesystem::path& path,
                                                   unsigned mode = kPrivateFile);
  /// Opens an existing file; writes fail with BaseErrc::io_failed.
  [[nodiscard]] static Result<PositionedFile> open_read_only(const std::filesystem::path& path);
  /// Reads exactly `out.size()` bytes; BaseErrc::corrupt if the file ends before that.
  [[nodiscard]] Result<void> read_at(std::uint64_t offset, MutableByteView out) const;
  [[nodiscard]] Result<void> write_at(std::uint64_t offset, ByteView content);
  /// Reserves disk blocks so that later writes below `length_bytes` cannot fail with no_space; the
  /// file gets at least this length.
  [[nodiscard]] Result<void> preallocate(std::uint64_t length_bytes);
  /// Returns when everything written so far is durable.
  [[nodiscard]] Result<void> sync();
  [[nodiscard]] Result<std::uint64_t> size_bytes() const;

 private:
  PositionedFile(FileDescriptor file, std::filesystem::path path) noexcept
      : file_{std::move(file)}, path_{std::move(path)} {}
  FileDescriptor file_;
  std::filesystem::path path_;
};

/// Keeps a second process (or a second holder in this process) away from a data directory. Released
/// on destruction and by the system when the process ends in any way.
class FileLock {
 public:
  /// @return BaseErrc::busy with the holder's process id in the detail.
  [[nodiscard]] static Result<FileLock> acquire(const std::filesystem::path& path);

 private:
  explicit FileLock(FileDescriptor file) noexcept : file_{std::move(file)} {}
  FileDescriptor file_;
};

}  // namespace guildsum
