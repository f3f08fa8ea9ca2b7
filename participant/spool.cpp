#include "participant/spool.hpp"

#include <algorithm>
#include <array>
#include <string_view>

#include "base/errors.hpp"
#include "participant/errors.hpp"
#include "participant/sweep.hpp"
#include "protocol/blob_id.hpp"
#include "protocol/limits.hpp"
#include "protocol/wire.hpp"

namespace guildsum::participant {
namespace {

// <rd>.input: the chunks one after the other. <rd>.index: per chunk u32 size and 32 bytes digest.
constexpr std::string_view kInput = ".input";
constexpr std::string_view kPartial = ".partial";
constexpr std::string_view kIndex = ".index";
constexpr std::string_view kDescription = ".description";
constexpr std::size_t kIndexEntryBytes = 4 + 32;
constexpr std::size_t kIndexBytesMax = kIndexEntryBytes * protocol::kChunkCountMax;

std::filesystem::path with(std::filesystem::path base, std::string_view ending) {
  base += ending;
  return base;
}

Error lost(const std::filesystem::path& path, std::string_view why) {
  return {ParticipantErrc::spool_lost, path.string() + ": " + std::string{why}};
}

}  // namespace

Result<Bytes> SpooledChunks::read(std::uint32_t index) const {
  if (index >= digests_.size()) {
    return Error{BaseErrc::invalid_argument, "there is no chunk " + std::to_string(index)};
  }
  Bytes chunk(static_cast<std::size_t>(offsets_[index + 1] - offsets_[index]));
  const auto done = file_.read_at(offsets_[index], chunk);
  if (!done) return Error{ParticipantErrc::spool_lost, done.error().message()};
  if (protocol::chunk_digest(chunk) != digests_[index]) {
    return Error{ParticipantErrc::spool_lost, "chunk " + std::to_string(index) + " was changed"};
  }
  return chunk;
}

Result<Spool> Spool::open(const std::filesystem::path& directory) {
  GS_CHECK(make_private_directory(directory));
  return Spool{directory};
}

std::filesystem::path Spool::base_of(const protocol::RoundDigest& rd) const {
  return directory_ / rd.hex();
}

Spool::Writer::~Writer() {
  std::error_code ignored;
  if (open_ && !base_.empty()) std::filesystem::remove(with(base_, kPartial), ignored);
}

Result<> Spool::Writer::append(ByteView chunk) {
  GS_CHECK(file_.write_at(offsets_.back(), chunk));
  offsets_.push_back(offsets_.back() + chunk.size());
  return {};
}

Result<> Spool::Writer::commit(const std::vector<protocol::Digest>& chunk_digests) {
  if (chunk_digests.size() + 1 != offsets_.size()) {
    return Error{BaseErrc::invalid_argument, "as many digests as chunks are needed"};
  }
  GS_CHECK(file_.sync());
  Bytes index(kIndexEntryBytes * chunk_digests.size());
  for (std::size_t i = 0; i < chunk_digests.size(); ++i) {
    const auto entry = MutableByteView{index}.subspan(i * kIndexEntryBytes, kIndexEntryBytes);
    store_le(static_cast<std::uint32_t>(offsets_[i + 1] - offsets_[i]), entry.first(4));
    std::ranges::copy(chunk_digests[i].view(), entry.begin() + 4);
  }
  std::error_code error;
  std::filesystem::rename(with(base_, kPartial), with(base_, kInput), error);
  if (error) return os_error(error.value(), "renaming", with(base_, kPartial));
  open_ = false;
  // The index goes last: with it the input counts as complete. It also makes the rename durable.
  return write_file_atomically(with(base_, kIndex), index);
}

Result<Spool::Writer> Spool::write(const protocol::RoundDigest& rd) const {
  const auto base = base_of(rd);
  GS_CHECK(remove_file(with(base, kPartial)));
  GS_TRY(auto file, PositionedFile::open(with(base, kPartial)));
  return Writer{base, std::move(file)};
}

Result<SpooledChunks> Spool::read(const protocol::RoundDigest& rd) const {
  const auto base = base_of(rd);
  const auto index = read_file(with(base, kIndex), kIndexBytesMax);
  if (!index) return lost(base, index.error().message());
  if (index->size() % kIndexEntryBytes != 0) return lost(base, "the index is damaged");
  std::vector<protocol::Digest> digests;
  std::vector<std::uint64_t> offsets{0};
  for (std::size_t at = 0; at < index->size(); at += kIndexEntryBytes) {
    const auto entry = ByteView{*index}.subspan(at, kIndexEntryBytes);
    const auto size = load_le<std::uint32_t>(entry.first(4));
    if (size > protocol::kChunkBytesMax) return lost(base, "the index is damaged");
    offsets.push_back(offsets.back() + size);
    digests.emplace_back(entry.subspan<4, 32>());
  }
  auto file = PositionedFile::open_read_only(with(base, kInput));
  if (!file) return lost(base, file.error().message());
  return SpooledChunks{std::move(*file), std::move(digests), std::move(offsets)};
}

Result<> Spool::keep_description(const protocol::RoundDescription& description) const {
  const auto rd = protocol::round_digest(description.descriptor);
  return write_file_atomically(with(base_of(rd), kDescription), protocol::encode(description));
}

Result<protocol::RoundDescription> Spool::description(const protocol::RoundDigest& rd) const {
  GS_TRY(const Bytes frame, read_file(with(base_of(rd), kDescription),
                                      protocol::frame_limit_bytes<protocol::RoundDescription>()));
  return protocol::decode<protocol::RoundDescription>(frame);
}

Result<> Spool::sweep(std::span<const protocol::RoundDigest> keep) const {
  return sweep_directory(directory_, [keep](const std::string& name) {
    return std::ranges::any_of(
        keep, [&](const protocol::RoundDigest& rd) { return name.starts_with(rd.hex()); });
  });
}

}  // namespace guildsum::participant
