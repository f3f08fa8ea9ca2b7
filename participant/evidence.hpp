#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.hpp"
#include "participant/remote/remote.hpp"

namespace guildsum::participant {

/// What the coordinator said where this shop refused it, as it came. The frames are signed, so that
/// others can check them (`evidence verify`); they hold no data of the shop.
///
/// First come, first kept: a coordinator that goes on cheating cannot flush out how it began.
/// Thread safe.
class EvidenceStore {
 public:
  static constexpr std::size_t kFilesMax = 512;
  static constexpr std::uint64_t kBytesMax = std::uint64_t{64} << 20;  // 64 MiB

  /// Creates the directory.
  [[nodiscard]] static Result<std::unique_ptr<EvidenceStore>> open(
      const std::filesystem::path& directory);

  /// Durable when it returns.
  /// @param what  "description", "message-3-too-few": part of the file's name.
  /// @return the file's name; nothing when these bytes are there already or the limits are reached.
  [[nodiscard]] Result<std::optional<std::string>> keep(const AttemptId& attempt,
                                                        std::string_view what, ByteView frame);

 private:
  EvidenceStore(std::filesystem::path directory, std::size_t files, std::uint64_t bytes);

  std::mutex mutex_;
  std::filesystem::path directory_;
  std::size_t files_ = 0;
  std::uint64_t bytes_ = 0;
};

}  // namespace guildsum::participant
