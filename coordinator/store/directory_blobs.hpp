#pragma once

#include <filesystem>
#include <memory>

#include "coordinator/store/blobs.hpp"

namespace guildsum::coordinator {

/// Blobs as files `<root>/<first byte, hex>/<content address, hex>`, mode 0600.
///
/// Opening creates the directory and removes what a crash left half written. One process at a time.
[[nodiscard]] Result<std::unique_ptr<Blobs>> open_directory_blobs(
    const std::filesystem::path& root);

}  // namespace guildsum::coordinator
