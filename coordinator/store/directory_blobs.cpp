#include "coordinator/store/directory_blobs.hpp"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstdio>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/limits.hpp"

namespace guildsum::coordinator {
namespace {

namespace fs = std::filesystem;

/// One blob on its way in: a file in `incoming/` until it is complete.
class DirectoryWriter final : public Blobs::Writer {
 public:
  DirectoryWriter(fs::path root, fs::path temporary, PositionedFile file) noexcept
      : root_{std::move(root)}, temporary_{std::move(temporary)}, file_{std::move(file)} {}
  DirectoryWriter(const DirectoryWriter&) = delete;
  DirectoryWriter& operator=(const DirectoryWriter&) = delete;
  ~DirectoryWriter() override {
    std::error_code ignored;
    if (!committed_) fs::remove(temporary_, ignored);
  }

  Result<> append(ByteView bytes) override {
    if (bytes.size() > protocol::kBlobBytesMax - hasher_.size()) {
      return Error{BaseErrc::too_large, "blob"};
    }
    GS_CHECK(file_.write_at(hasher_.size(), bytes));
    hasher_.update(bytes);
    return {};
  }

  Result<BlobId> commit() override {
    GS_CHECK(file_.sync());
    const BlobId id = hasher_.finish();
    const std::string name = id.hex();
    const fs::path directory = root_ / name.substr(0, 2);
    std::error_code ignored;
    if (!fs::is_directory(directory, ignored)) {
      GS_CHECK(make_private_directory(directory));
      GS_CHECK(sync_directory(root_));
    }
    const fs::path target = directory / name;
    if (std::rename(temporary_.c_str(), target.c_str()) != 0) {
      return os_error(errno, "renaming", temporary_);
    }
    committed_ = true;
    GS_CHECK(sync_directory(directory));
    return id;
  }

 private:
  fs::path root_;
  fs::path temporary_;
  PositionedFile file_;
  protocol::BlobHasher hasher_;
  bool committed_ = false;
};

class DirectoryBlobs final : public Blobs {
 public:
  explicit DirectoryBlobs(fs::path root) : root_{std::move(root)} {}

  Result<std::unique_ptr<Writer>> create() override {
    const fs::path temporary = root_ / "incoming" / std::to_string(++created_);
    GS_TRY(auto file, PositionedFile::open(temporary));
    return std::unique_ptr<Writer>{
        std::make_unique<DirectoryWriter>(root_, temporary, std::move(file))};
  }

  Result<BlobId> put(ByteView bytes) override {
    GS_TRY(auto writer, create());
    GS_CHECK(writer->append(bytes));
    return writer->commit();
  }

  Result<bool> contains(const BlobId& id) const override {
    std::error_code failure;
    const bool found = fs::exists(path_of(id), failure);
    if (failure) return os_error(failure.value(), "looking up", path_of(id));
    return found;
  }

  Result<std::uint64_t> size(const BlobId& id) const override {
    GS_TRY(const auto file, PositionedFile::open_read_only(path_of(id)));
    return file.size_bytes();
  }

  Result<Bytes> read(const BlobId& id, std::uint64_t offset, std::size_t length) const override {
    GS_TRY(const auto file, PositionedFile::open_read_only(path_of(id)));
    GS_TRY(const std::uint64_t size, file.size_bytes());
    const std::uint64_t left = offset < size ? size - offset : 0;
    Bytes bytes(static_cast<std::size_t>(std::min<std::uint64_t>(length, left)));
    GS_CHECK(file.read_at(offset, bytes));
    return bytes;
  }

  Result<Bytes> load(const BlobId& id, std::uint64_t limit) const override {
    GS_TRY(const std::uint64_t length, size(id));
    if (length > limit) return Error{BaseErrc::too_large, "blob " + id.hex()};
    GS_TRY(Bytes bytes, read(id, 0, static_cast<std::size_t>(length)));
    if (protocol::blob_id(bytes) != id) {
      return Error{BaseErrc::corrupt, "blob " + id.hex() + " does not have its content address"};
    }
    return bytes;
  }

  Result<> remove(const BlobId& id) override { return remove_file(path_of(id)); }

 private:
  [[nodiscard]] fs::path path_of(const BlobId& id) const {
    const std::string name = id.hex();
    return root_ / name.substr(0, 2) / name;
  }

  fs::path root_;
  std::atomic<std::uint64_t> created_ = 0;
};

}  // namespace

Result<std::unique_ptr<Blobs>> open_directory_blobs(const fs::path& root) {
  GS_CHECK(make_private_directory(root));
  const fs::path incoming = root / "incoming";
  std::error_code failure;
  fs::remove_all(incoming, failure);
  if (failure) return os_error(failure.value(), "emptying", incoming);
  GS_CHECK(make_private_directory(incoming));
  GS_CHECK(sync_directory(root));
  return std::unique_ptr<Blobs>{std::make_unique<DirectoryBlobs>(root)};
}

}  // namespace guildsum::coordinator
