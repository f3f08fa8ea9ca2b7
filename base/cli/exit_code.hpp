#pragma once

#include "base/result.hpp"

namespace guildsum::cli {

/// What every program tells its caller; part of the documented interface.
enum class ExitCode : int {
  ok = 0,
  failed = 1,            ///< Something went wrong that has no code of its own.
  usage = 2,             ///< Unknown command, option or argument.
  unreachable = 3,       ///< The other side cannot be reached.
  not_authorised = 4,    ///< The other side, or we, do not accept the credentials or certificate.
  bad_config = 5,        ///< The configuration has an unknown key or a bad value.
  bad_data = 6,          ///< The input data cannot be used.
  privacy_refused = 7,   ///< Refused, because it would reveal more than is allowed.
  timed_out = 8,         ///< The deadline passed.
  version_mismatch = 9,  ///< The two sides, or program and store, are of different versions.
  interrupted = 130,     ///< Stopped by SIGINT or SIGTERM before the work was done.
};

/// The exit code for an error of any folder: base codes directly, other categories through their
/// `default_error_condition` (to a BaseErrc or a generic errno value); otherwise `failed`.
[[nodiscard]] ExitCode exit_code_of(const Error& error) noexcept;

}  // namespace guildsum::cli
