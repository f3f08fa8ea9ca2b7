#pragma once

#include <filesystem>

#include "base/result.hpp"
#include "base/secret.hpp"

namespace guildsum::crypto {

/// Writes secret text (a private key in PEM, a token) to a file that only its owner can read.
///
/// The file appears complete or not at all, with mode 0600 from its first byte, and is on disk when
/// the call returns. An existing file is replaced only when `replace` is set.
/// @return BaseErrc::already_exists, BaseErrc::no_space or BaseErrc::io_failed.
[[nodiscard]] Result<void> write_key_file(const std::filesystem::path& path, const SecretText& text,
                                          bool replace = false);

/// Reads such a file. Refuses one that others may read or write, a link and a device, so that a
/// careless copy is noticed before the key is used.
/// @return BaseErrc::not_found, CryptoErrc::file_permissions_too_open when group or others have any
///   right, BaseErrc::too_large beyond 64 KiB, BaseErrc::io_failed.
[[nodiscard]] Result<SecretText> read_key_file(const std::filesystem::path& path);

}  // namespace guildsum::crypto
