#pragma once

#include <boost/system/error_category.hpp>
#include <boost/system/error_code.hpp>

namespace guildsum::net {

/// Why a call over the network failed. A caller acts differently on each of them.
enum class NetErrc {
  unreachable = 1,            ///< Nobody answers at that address.
  timed_out,                  ///< The other side did not answer in time.
  certificate_untrusted,      ///< The server's certificate does not come from the expected root.
  certificate_expired,        ///< The server's certificate is not valid at this time.
  certificate_name_mismatch,  ///< The server's certificate is for another name.
  certificate_required,       ///< The server wants a client certificate or refuses ours.
  protocol_error,             ///< The other side does not speak HTTP/1.1 over TLS 1.3.
  too_large,                  ///< The message exceeds its limit.
  cancelled,                  ///< The call was cancelled from outside.
  connection_lost,            ///< The connection closed before the answer was complete.
  invalid_url,                ///< The address is not http(s)://host[:port].
  invalid_credentials,        ///< A certificate, a key or a trust anchor cannot be used.
  insecure_address,           ///< Refused: an address beyond loopback without TLS.
  address_in_use,             ///< Another program listens at that address.
};

const boost::system::error_category& net_category() noexcept;
inline boost::system::error_code make_error_code(NetErrc code) noexcept {
  return {static_cast<int>(code), net_category()};
}

}  // namespace guildsum::net

template <>
struct boost::system::is_error_code_enum<guildsum::net::NetErrc> : std::true_type {};
