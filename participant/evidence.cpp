#include "participant/evidence.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "protocol/limits.hpp"

namespace guildsum::participant {
namespace {

/// Different frames of one attempt that were refused for the same reason.
constexpr int kVersionsMax = 4;

bool holds(const std::filesystem::path& path, ByteView frame) {
  const auto present = read_file(path, protocol::kMessageBytesMax + protocol::kFrameHeaderBytes);
  return present.has_value() && std::ranges::equal(*present, frame);
}

}  // namespace

EvidenceStore::EvidenceStore(std::filesystem::path directory, std::size_t files,
                             std::uint64_t bytes)
    : directory_{std::move(directory)}, files_{files}, bytes_{bytes} {}

Result<std::unique_ptr<EvidenceStore>> EvidenceStore::open(const std::filesystem::path& directory) {
  GS_CHECK(make_private_directory(directory));
  std::error_code failure;
  std::size_t files = 0;
  std::uint64_t bytes = 0;
  for (const auto& entry : std::filesystem::directory_iterator{directory, failure}) {
    ++files;
    const auto size = entry.file_size(failure);
    if (!failure) bytes += size;
  }
  if (failure) return os_error(failure.value(), "listing", directory);
  return std::unique_ptr<EvidenceStore>{new EvidenceStore{directory, files, bytes}};
}

Result<std::optional<std::string>> EvidenceStore::keep(const AttemptId& attempt,
                                                       std::string_view what, ByteView frame) {
  const std::lock_guard lock{mutex_};
  if (files_ >= kFilesMax || frame.size() > kBytesMax - std::min(bytes_, kBytesMax)) {
    return std::optional<std::string>{};
  }
  const std::string stem = std::to_string(attempt.round.value()) + "." +
                           std::to_string(attempt.attempt.value()) + "-" + std::string{what};
  for (int version = 1; version <= kVersionsMax; ++version) {
    const std::string name =
        stem + (version == 1 ? std::string{} : "." + std::to_string(version)) + ".gsum";
    std::error_code ignored;
    if (std::filesystem::exists(directory_ / name, ignored)) {
      if (holds(directory_ / name, frame)) return std::optional<std::string>{};
      continue;
    }
    GS_CHECK(write_file_atomically(directory_ / name, frame));
    ++files_;
    bytes_ += frame.size();
    return std::optional{name};
  }
  return std::optional<std::string>{};
}

}  // namespace guildsum::participant
