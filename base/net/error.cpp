#include "base/net/error.hpp"

#include <string>

#include "base/errors.hpp"

namespace guildsum::net {
namespace {

class NetCategory final : public boost::system::error_category {
 public:
  const char* name() const noexcept override { return "guildsum.net"; }
  std::string message(int value) const override {
    switch (static_cast<NetErrc>(value)) {
      case NetErrc::unreachable:
        return "nobody answers at that address";
      case NetErrc::timed_out:
        return "the other side did not answer in time";
      case NetErrc::certificate_untrusted:
        return "the server's certificate does not come from the expected root";
      case NetErrc::certificate_expired:
        return "the server's certificate is not valid at this time";
      case NetErrc::certificate_name_mismatch:
        return "the server's certificate is for another name";
      case NetErrc::certificate_required:
        return "the server wants another client certificate";
      case NetErrc::protocol_error:
        return "the other side does not speak HTTP/1.1 over TLS 1.3";
      case NetErrc::too_large:
        return "the message exceeds its limit";
      case NetErrc::cancelled:
        return "the call was cancelled";
      case NetErrc::connection_lost:
        return "the connection closed before the answer was complete";
      case NetErrc::invalid_url:
        return "the address is not of the form http(s)://host[:port]";
      case NetErrc::invalid_credentials:
        return "a certificate, a key or a trust anchor cannot be used";
      case NetErrc::insecure_address:
        return "refusing to listen beyond this machine without TLS";
      case NetErrc::address_in_use:
        return "another program listens at that address";
    }
    return "unknown network error";
  }
  /// What programs exit with.
  boost::system::error_condition default_error_condition(int value) const noexcept override {
    switch (static_cast<NetErrc>(value)) {
      case NetErrc::unreachable:
      case NetErrc::connection_lost:
      case NetErrc::protocol_error:
        return make_base_condition(BaseErrc::unreachable);
      case NetErrc::timed_out:
        return make_base_condition(BaseErrc::timed_out);
      case NetErrc::certificate_untrusted:
      case NetErrc::certificate_expired:
      case NetErrc::certificate_name_mismatch:
      case NetErrc::certificate_required:
        return make_base_condition(BaseErrc::unauthorised);
      case NetErrc::cancelled:
        return make_base_condition(BaseErrc::interrupted);
      default:
        return {value, *this};
    }
  }
};

}  // namespace

const boost::system::error_category& net_category() noexcept {
  static const NetCategory category;
  return category;
}

}  // namespace guildsum::net
