#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/bytes.hpp"
#include "protocol/ids.hpp"

namespace guildsum::coordinator {

using protocol::BlobId;

/// Immutable bytes under their content address. Thread safe. Implementations: a directory
/// (default); objects and shared directories fit behind the same calls.
class Blobs {
 public:
  /// Streams one blob in; durable and visible after `commit`, gone without trace otherwise.
  class Writer {
   public:
    virtual ~Writer() = default;
    [[nodiscard]] virtual Result<> append(ByteView bytes) = 0;
    /// Fsyncs, renames to the content address and returns it. Committing present content is
    /// harmless.
    [[nodiscard]] virtual Result<BlobId> commit() = 0;
  };

  virtual ~Blobs() = default;
  [[nodiscard]] virtual Result<std::unique_ptr<Writer>> create() = 0;
  [[nodiscard]] virtual Result<BlobId> put(ByteView bytes) = 0;
  [[nodiscard]] virtual Result<bool> contains(const BlobId& id) const = 0;
  [[nodiscard]] virtual Result<std::uint64_t> size(const BlobId& id) const = 0;
  /// At most `length` bytes from `offset`; short only at the end. BaseErrc::not_found.
  [[nodiscard]] virtual Result<Bytes> read(const BlobId& id, std::uint64_t offset,
                                           std::size_t length) const = 0;
  /// The whole blob, its address re-computed: BaseErrc::corrupt when it does not match, too_large
  /// beyond `limit`.
  [[nodiscard]] virtual Result<Bytes> load(const BlobId& id, std::uint64_t limit) const = 0;
  [[nodiscard]] virtual Result<> remove(const BlobId& id) = 0;
};

}  // namespace guildsum::coordinator
