#include "base/cli/exit_code.hpp"

#include <boost/system/errc.hpp>

#include "base/errors.hpp"

namespace guildsum::cli {
namespace {

ExitCode of_base(BaseErrc code) noexcept {
  switch (code) {
    case BaseErrc::invalid_argument:
      return ExitCode::usage;
    case BaseErrc::unreachable:
      return ExitCode::unreachable;
    case BaseErrc::unauthorised:
      return ExitCode::not_authorised;
    case BaseErrc::invalid_config:
      return ExitCode::bad_config;
    case BaseErrc::malformed:
    case BaseErrc::too_large:
    case BaseErrc::corrupt:
      return ExitCode::bad_data;
    case BaseErrc::privacy_refused:
      return ExitCode::privacy_refused;
    case BaseErrc::timed_out:
      return ExitCode::timed_out;
    case BaseErrc::version_mismatch:
      return ExitCode::version_mismatch;
    case BaseErrc::interrupted:
      return ExitCode::interrupted;
    case BaseErrc::not_found:
    case BaseErrc::already_exists:
    case BaseErrc::io_failed:
    case BaseErrc::no_space:
    case BaseErrc::busy:
      break;
  }
  return ExitCode::failed;
}

ExitCode of_generic(int code) noexcept {
  switch (code) {
    case boost::system::errc::connection_refused:
    case boost::system::errc::connection_reset:
    case boost::system::errc::connection_aborted:
    case boost::system::errc::host_unreachable:
    case boost::system::errc::network_unreachable:
    case boost::system::errc::network_down:
      return ExitCode::unreachable;
    case boost::system::errc::timed_out:
      return ExitCode::timed_out;
    case boost::system::errc::operation_canceled:
      return ExitCode::interrupted;
    default:
      return ExitCode::failed;
  }
}

}  // namespace

ExitCode exit_code_of(const Error& error) noexcept {
  const auto condition = error.code().default_error_condition();
  if (condition.category() == base_category()) {
    return of_base(static_cast<BaseErrc>(condition.value()));
  }
  if (condition.category() == boost::system::generic_category()) {
    return of_generic(condition.value());
  }
  return ExitCode::failed;
}

}  // namespace guildsum::cli
