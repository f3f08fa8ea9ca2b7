#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>
#include <boost/system/error_condition.hpp>

namespace guildsum {

/// Failures that have no domain: text, files, storage, configuration, time.
///
/// Categories of other folders map their codes to the nearest of these by
/// `default_error_condition`, so that programs derive exit codes from any error in one place
/// (`base/cli/exit_code.hpp`).
enum class BaseErrc {
  malformed = 1,     ///< The input does not have the form that was asked for.
  too_large,         ///< The input exceeds its stated limit.
  not_found,         ///< There is nothing under that name.
  already_exists,    ///< The name is taken by something else.
  io_failed,         ///< The operating system refused to read or write.
  no_space,          ///< The disk is full.
  corrupt,           ///< Stored data fails its checksum or its schema.
  version_mismatch,  ///< Stored data was written by a newer version.
  invalid_config,    ///< The configuration has an unknown key or a bad value.
  invalid_argument,  ///< A command line argument is missing or wrong.
  timed_out,         ///< The deadline passed.
  unreachable,       ///< The other side cannot be reached.
  unauthorised,      ///< The other side does not accept our credentials.
  interrupted,       ///< The operation was cancelled from outside.
  busy,              ///< Another process holds it.
  privacy_refused,   ///< Carrying on would reveal more than is allowed.
};

const boost::system::error_category& base_category() noexcept;
inline boost::system::error_code make_error_code(BaseErrc code) noexcept {
  return {static_cast<int>(code), base_category()};
}
/// For `default_error_condition` of other categories.
inline boost::system::error_condition make_base_condition(BaseErrc code) noexcept {
  return {static_cast<int>(code), base_category()};
}

}  // namespace guildsum

template <>
struct boost::system::is_error_code_enum<guildsum::BaseErrc> : std::true_type {};
