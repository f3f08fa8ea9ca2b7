#include "base/errors.hpp"

#include <string>

namespace guildsum {
namespace {

const char* meaning(BaseErrc code) noexcept {
  switch (code) {
    case BaseErrc::malformed:
      return "malformed input";
    case BaseErrc::too_large:
      return "input exceeds its limit";
    case BaseErrc::not_found:
      return "not found";
    case BaseErrc::already_exists:
      return "exists already";
    case BaseErrc::io_failed:
      return "reading or writing failed";
    case BaseErrc::no_space:
      return "the disk is full";
    case BaseErrc::corrupt:
      return "stored data is damaged";
    case BaseErrc::version_mismatch:
      return "stored data is of a newer version";
    case BaseErrc::invalid_config:
      return "invalid configuration";
    case BaseErrc::invalid_argument:
      return "invalid argument";
    case BaseErrc::timed_out:
      return "the deadline passed";
    case BaseErrc::unreachable:
      return "the other side cannot be reached";
    case BaseErrc::unauthorised:
      return "the other side does not accept our credentials";
    case BaseErrc::interrupted:
      return "interrupted";
    case BaseErrc::busy:
      return "in use by another process";
    case BaseErrc::privacy_refused:
      return "refused to protect privacy";
  }
  return "unknown error";
}

class BaseCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "guildsum.base"; }
  std::string message(int code) const override { return meaning(static_cast<BaseErrc>(code)); }
};

}  // namespace

const boost::system::error_category& base_category() noexcept {
  static const BaseCategory category;
  return category;
}

}  // namespace guildsum
