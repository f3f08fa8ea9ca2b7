#include "base/net/detail/target.hpp"

#include "base/errors.hpp"
#include "base/net/url.hpp"

namespace guildsum::net::detail {
namespace {

/// The text up to `separator`, which is taken from `rest` as well.
std::string_view take_until(std::string_view& rest, char separator) noexcept {
  const auto end = rest.find(separator);
  const auto taken = rest.substr(0, end);
  rest.remove_prefix(end == std::string_view::npos ? rest.size() : end + 1);
  return taken;
}

Result<std::string> parse_segment(std::string_view text) {
  GS_TRY(std::string segment, percent_decode(text));
  if (segment == "." || segment == ".." || segment.find('/') != std::string::npos) {
    return Error{BaseErrc::malformed, "the path is not in its normal form"};
  }
  return segment;
}

Result<void> parse_query(std::string_view text, Parameters& out) {
  while (!text.empty()) {
    auto value = take_until(text, '&');
    const auto name = take_until(value, '=');
    GS_TRY(std::string decoded_name, percent_decode(name));
    GS_TRY(std::string decoded_value, percent_decode(value));
    if (decoded_name.empty()) return Error{BaseErrc::malformed, "a query parameter has no name"};
    if (!out.emplace(std::move(decoded_name), std::move(decoded_value)).second) {
      return Error{BaseErrc::malformed, "a query parameter is given twice"};
    }
  }
  return {};
}

}  // namespace

Result<Target> parse_target(std::string_view text) {
  if (!text.starts_with('/') || text.find('#') != std::string_view::npos) {
    return Error{BaseErrc::malformed, "the target is not a path"};
  }
  Target target;
  auto path = take_until(text, '?');
  GS_CHECK(parse_query(text, target.query));
  path.remove_prefix(1);
  for (bool more = true; more;) {
    more = path.find('/') != std::string_view::npos;
    GS_TRY(std::string segment, parse_segment(take_until(path, '/')));
    target.path += "/" + segment;
    target.segments.push_back(std::move(segment));
  }
  return target;
}

}  // namespace guildsum::net::detail
