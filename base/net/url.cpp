#include "base/net/url.hpp"

#include <boost/asio/ip/address.hpp>
#include <boost/url/parse.hpp>
#include <boost/url/url_view.hpp>

#include "base/errors.hpp"
#include "base/net/error.hpp"

namespace guildsum::net {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_unreserved(char c) noexcept {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' ||
         c == '.' || c == '_' || c == '~';
}

bool is_control(char c) noexcept {
  const auto value = static_cast<unsigned char>(c);
  return value < 0x20 || value == 0x7f;
}

Error invalid(std::string_view text, std::string_view reason) {
  return {NetErrc::invalid_url, "'" + std::string{text} + "' " + std::string{reason}};
}

}  // namespace

Result<Url> Url::parse(std::string_view text) {
  const auto parsed = boost::urls::parse_uri({text.data(), text.size()});
  if (!parsed) return invalid(text, "is not a URL");
  const auto& view = *parsed;
  Url url;
  if (view.scheme_id() == boost::urls::scheme::https) {
    url.tls = true;
  } else if (view.scheme_id() == boost::urls::scheme::http) {
    url.tls = false;
  } else {
    return invalid(text, "does not begin with https:// or http://");
  }
  if (view.has_userinfo()) return invalid(text, "names a user");
  const auto path = view.encoded_path();
  if ((!path.empty() && path != "/") || view.has_query() || view.has_fragment()) {
    return invalid(text, "has a path or a query; only host and port belong here");
  }
  url.host = view.host_type() == boost::urls::host_type::ipv6 ? std::string{view.host_address()}
                                                              : std::string{view.host_name()};
  if (view.host_type() == boost::urls::host_type::ipv4) url.host = std::string{view.host_address()};
  if (url.host.empty()) return invalid(text, "names no host");
  url.port = url.tls ? 443 : 80;
  if (view.has_port() && !view.port().empty()) {
    if (view.port_number() == 0) return invalid(text, "has no port between 1 and 65535");
    url.port = view.port_number();
  }
  return url;
}

std::string Url::authority() const {
  const bool ipv6 = host.find(':') != std::string::npos;
  return (ipv6 ? "[" + host + "]" : host) + ":" + std::to_string(port);
}

std::string Url::text() const { return (tls ? "https://" : "http://") + authority(); }

std::string percent_encode(std::string_view text) {
  static constexpr std::string_view kDigits = "0123456789ABCDEF";
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c)) {
      out += c;
      continue;
    }
    const auto value = static_cast<unsigned char>(c);
    out += '%';
    out += kDigits[value >> 4];
    out += kDigits[value & 15];
  }
  return out;
}

Result<std::string> percent_decode(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
      const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
      if (high < 0 || low < 0) return Error{BaseErrc::malformed, "incomplete percent escape"};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    }
    if (is_control(c)) return Error{BaseErrc::malformed, "control character"};
    out += c;
  }
  return out;
}

bool is_loopback(std::string_view host) {
  if (host == "localhost") return true;
  boost::system::error_code error;
  const auto address = boost::asio::ip::make_address(std::string{host}, error);
  return !error && address.is_loopback();
}

}  // namespace guildsum::net
