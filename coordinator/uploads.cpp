#include "coordinator/uploads.hpp"

#include <string>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/errors.hpp"
#include "protocol/intake.hpp"

namespace guildsum::coordinator {

namespace fs = std::filesystem;
using protocol::ProtocolErrc;

/// One shop's file. `received` and `complete` are guarded by `mutex`; the rest does not change.
struct Uploads::Upload {
  Upload(protocol::RoundId round_id, protocol::RoundDescriptor round_descriptor,
         std::vector<Digest> digests, PositionedFile spool)
      : round{round_id},
        descriptor{std::move(round_descriptor)},
        chunk_digests{std::move(digests)},
        file{std::move(spool)},
        received(chunk_digests.size(), false) {}

  const protocol::RoundId round;
  const protocol::RoundDescriptor descriptor;
  const std::vector<Digest> chunk_digests;
  PositionedFile file;
  mutable std::mutex mutex;
  std::vector<bool> received;
  bool complete = false;

  [[nodiscard]] std::uint32_t chunks() const noexcept {
    return static_cast<std::uint32_t>(chunk_digests.size());
  }
  [[nodiscard]] std::uint64_t offset(std::uint32_t index) const noexcept {
    return std::uint64_t{index} * protocol::chunk_bytes(descriptor, 0);
  }
  [[nodiscard]] Result<Bytes> read(std::uint32_t index) const {
    Bytes chunk(protocol::chunk_bytes(descriptor, index));
    GS_CHECK(file.read_at(offset(index), chunk));
    return chunk;
  }
  [[nodiscard]] Progress progress() const {
    const std::scoped_lock lock{mutex};
    Progress progress;
    progress.status.round = round;
    progress.status.complete = complete;
    for (std::uint32_t index = 0; index < chunks(); ++index) {
      if (!received[index]) progress.status.missing_chunks.push_back(index);
    }
    progress.all_received = progress.status.missing_chunks.empty();
    return progress;
  }
  /// Finds by hash which chunks a former run has written.
  void inspect() {
    for (std::uint32_t index = 0; index < chunks(); ++index) {
      const auto chunk = read(index);
      received[index] = chunk.has_value() && protocol::chunk_digest(*chunk) == chunk_digests[index];
    }
  }
};

namespace {

/// Takes one of the slots while it lives.
class Slot {
 public:
  explicit Slot(std::atomic<std::int64_t>& free) noexcept : free_{free}, taken_{--free >= 0} {}
  Slot(const Slot&) = delete;
  Slot& operator=(const Slot&) = delete;
  ~Slot() { ++free_; }
  [[nodiscard]] bool taken() const noexcept { return taken_; }

 private:
  std::atomic<std::int64_t>& free_;
  bool taken_;
};

std::string attempt_name(const RoundKey& key) {
  return std::to_string(key.round.value()) + "." + std::to_string(key.attempt.value());
}

}  // namespace

Uploads::Uploads(fs::path root, std::uint32_t slots) : root_{std::move(root)}, free_slots_{slots} {}

Result<std::unique_ptr<Uploads>> Uploads::open(const fs::path& root, std::uint32_t slots) {
  GS_CHECK(make_private_directory(root));
  return std::unique_ptr<Uploads>{new Uploads{root, slots}};
}

fs::path Uploads::directory_of(const RoundKey& key) const { return root_ / attempt_name(key); }

Result<std::shared_ptr<Uploads::Upload>> Uploads::find(const RoundKey& key,
                                                       const ParticipantId& shop) const {
  const std::scoped_lock lock{mutex_};
  const auto round = uploads_.find(key);
  if (round != uploads_.end()) {
    const auto upload = round->second.find(shop);
    if (upload != round->second.end()) return upload->second;
  }
  return Error{ProtocolErrc::wrong_phase, "no upload was begun"};
}

Result<std::shared_ptr<Uploads::Upload>> Uploads::create(
    const RoundKey& key, const ParticipantId& shop, const protocol::RoundDescriptor& descriptor,
    std::vector<Digest> chunk_digests) const {
  const fs::path directory = directory_of(key);
  GS_CHECK(make_private_directory(directory));
  GS_CHECK(sync_directory(root_));
  GS_TRY(auto file, PositionedFile::open(directory / shop.hex()));
  const auto last = static_cast<std::uint32_t>(chunk_digests.size() - 1);
  const std::uint64_t length = std::uint64_t{last} * protocol::chunk_bytes(descriptor, 0) +
                               protocol::chunk_bytes(descriptor, last);
  GS_TRY(const std::uint64_t present, file.size_bytes());
  if (present < length) GS_CHECK(file.preallocate(length));
  GS_CHECK(sync_directory(directory));
  auto upload =
      std::make_shared<Upload>(key.round, descriptor, std::move(chunk_digests), std::move(file));
  if (present > 0) upload->inspect();
  return upload;
}

Result<Uploads::Progress> Uploads::begin(const RoundKey& key, const ParticipantId& shop,
                                         const protocol::RoundDescriptor& descriptor,
                                         std::vector<Digest> chunk_digests, bool complete) {
  if (chunk_digests.size() != protocol::chunk_count(descriptor) || chunk_digests.empty()) {
    return Error{ProtocolErrc::chunk_mismatch, "number of chunks"};
  }
  if (const auto known = find(key, shop); known.has_value()) return (*known)->progress();
  GS_TRY(auto upload, create(key, shop, descriptor, std::move(chunk_digests)));
  if (complete) {
    // Acknowledged: each chunk is verified again when the sum is opened.
    upload->received.assign(upload->received.size(), true);
    upload->complete = true;
  }
  const std::scoped_lock lock{mutex_};
  // Of two first requests at the same time one wins; both found the same file.
  return uploads_[key].try_emplace(shop, std::move(upload)).first->second->progress();
}

Result<Uploads::Progress> Uploads::put(const RoundKey& key, const ParticipantId& shop,
                                       std::uint32_t index, ByteView chunk) {
  const Slot slot{free_slots_};
  if (!slot.taken()) return Error{BaseErrc::busy, "all upload slots are taken"};
  GS_TRY(const auto upload, find(key, shop));
  const auto fits = protocol::check_chunk(index, chunk, upload->chunk_digests, upload->descriptor);
  bool present = false;
  if (index < upload->chunks()) {
    const std::scoped_lock lock{upload->mutex};
    present = upload->received[index];
  }
  if (fits.has_error()) {
    if (present) return Error{ProtocolErrc::conflicting_message, "chunk " + std::to_string(index)};
    return fits.error();
  }
  if (!present) {
    GS_CHECK(upload->file.write_at(upload->offset(index), chunk));
    const std::scoped_lock lock{upload->mutex};
    upload->received[index] = true;
  }
  return upload->progress();
}

Result<> Uploads::finish(const RoundKey& key, const ParticipantId& shop) {
  GS_TRY(const auto upload, find(key, shop));
  if (!upload->progress().all_received) {
    return Error{ProtocolErrc::chunk_mismatch, "chunks are missing"};
  }
  return upload->file.sync();
}

void Uploads::set_complete(const RoundKey& key, const ParticipantId& shop) {
  const auto upload = find(key, shop);
  if (upload.has_error()) return;  // the round ended in between
  const std::scoped_lock lock{(*upload)->mutex};
  (*upload)->complete = true;
}

Result<Uploads::Progress> Uploads::status(const RoundKey& key, const ParticipantId& shop) const {
  GS_TRY(const auto upload, find(key, shop));
  return upload->progress();
}

Result<Bytes> Uploads::read_chunk(const RoundKey& key, const ParticipantId& shop,
                                  std::uint32_t index) const {
  GS_TRY(const auto upload, find(key, shop));
  GS_TRY(Bytes chunk, upload->read(index));
  if (protocol::chunk_digest(chunk) != upload->chunk_digests.at(index)) {
    return Error{BaseErrc::corrupt, "chunk " + std::to_string(index) + " of the spooled input of " +
                                        shop.hex() + " changed on disk"};
  }
  return chunk;
}

Result<> Uploads::keep_only(const std::optional<RoundKey>& key) {
  const std::string kept = key ? attempt_name(*key) : std::string{};
  {
    const std::scoped_lock lock{mutex_};
    std::erase_if(uploads_, [&](const auto& entry) { return !key || entry.first != *key; });
  }
  std::error_code failure;
  fs::directory_iterator entries{root_, failure};
  for (; !failure && entries != fs::directory_iterator{}; entries.increment(failure)) {
    const fs::path path = entries->path();
    if (path.filename() == kept) continue;
    fs::remove_all(path, failure);
    if (failure) return os_error(failure.value(), "removing", path);
  }
  if (failure) return os_error(failure.value(), "listing", root_);
  return {};
}

}  // namespace guildsum::coordinator
