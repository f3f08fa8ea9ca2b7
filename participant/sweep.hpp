#pragma once

#include <filesystem>
#include <functional>
#include <string>
#include <system_error>
#include <vector>

#include "base/file.hpp"

namespace guildsum::participant {

/// Removes the files of `directory` whose names are not `wanted`. A directory that cannot be listed
/// has nothing removed; the next sweep tries again.
[[nodiscard]] inline Result<> sweep_directory(
    const std::filesystem::path& directory,
    const std::function<bool(const std::string& name)>& wanted) {
  std::error_code error;
  std::vector<std::filesystem::path> old;
  std::filesystem::directory_iterator entries{directory, error};
  for (; !error && entries != std::filesystem::directory_iterator{}; entries.increment(error)) {
    if (!wanted(entries->path().filename().string())) old.push_back(entries->path());
  }
  for (const auto& path : old) GS_CHECK(remove_file(path));
  return {};
}

}  // namespace guildsum::participant
