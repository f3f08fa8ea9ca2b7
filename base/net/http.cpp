#include "base/net/http.hpp"

#include <algorithm>
#include <charconv>

#include <boost/json.hpp>

#include "base/errors.hpp"

namespace guildsum::net {
namespace {

char lower(char c) noexcept { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

Result<std::uint64_t> parse_number(std::string_view name, std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  const bool leading_zero = text.size() > 1 && text.front() == '0';
  if (error != std::errc{} || end != text.data() + text.size() || leading_zero) {
    return Error{BaseErrc::malformed, std::string{name} + " is not a decimal number"};
  }
  return value;
}

constexpr std::size_t kProblemBytesMax = 64 * 1024;

/// A text member of a problem document; empty when the body is something else.
std::string problem_member(const Response& response, std::string_view name) {
  const auto type = response.headers.find("Content-Type");
  if (!type || !type->starts_with("application/problem+json")) return {};
  if (response.body.size() > kProblemBytesMax) return {};
  boost::system::error_code error;
  const auto text = as_text(response.body);
  const auto document = boost::json::parse({text.data(), text.size()}, error);
  if (error || !document.is_object()) return {};
  const auto* member = document.get_object().if_contains({name.data(), name.size()});
  if (member == nullptr || !member->is_string()) return {};
  return {member->get_string().begin(), member->get_string().end()};
}

}  // namespace

std::string_view to_string(Method method) noexcept {
  switch (method) {
    case Method::get:
      return "GET";
    case Method::head:
      return "HEAD";
    case Method::post:
      return "POST";
    case Method::put:
      return "PUT";
    case Method::patch:
      return "PATCH";
    case Method::del:
      return "DELETE";
    case Method::options:
      return "OPTIONS";
    case Method::other:
      break;
  }
  return "OTHER";
}

bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
  return std::ranges::equal(a, b, [](char x, char y) { return lower(x) == lower(y); });
}

std::optional<std::string_view> Headers::find(std::string_view name) const noexcept {
  for (const auto& [field, value] : fields_) {
    if (equal_ignoring_case(field, name)) return value;
  }
  return std::nullopt;
}

std::size_t Headers::count(std::string_view name) const noexcept {
  return static_cast<std::size_t>(std::ranges::count_if(
      fields_, [name](const Field& field) { return equal_ignoring_case(field.first, name); }));
}

void Headers::add(std::string name, std::string value) {
  fields_.emplace_back(std::move(name), std::move(value));
}

void Headers::set(std::string name, std::string value) {
  std::erase_if(fields_,
                [&name](const Field& field) { return equal_ignoring_case(field.first, name); });
  add(std::move(name), std::move(value));
}

Result<std::uint64_t> Request::path_number(std::string_view name) const {
  const auto found = parameters.find(name);
  return parse_number(name, found == parameters.end() ? std::string_view{} : found->second);
}

Result<std::uint64_t> Request::query_number(std::string_view name, std::uint64_t fallback) const {
  const auto found = query.find(name);
  if (found == query.end()) return fallback;
  return parse_number(name, found->second);
}

std::string_view Request::query_text(std::string_view name) const noexcept {
  const auto found = query.find(name);
  return found == query.end() ? std::string_view{} : std::string_view{found->second};
}

std::string Response::problem_code() const { return problem_member(*this, "code"); }

std::string Response::problem_detail() const {
  auto detail = problem_member(*this, "detail");
  return detail.empty() ? problem_member(*this, "title") : detail;
}

Response Response::bytes(Bytes body, std::string_view content_type) {
  Response response;
  response.body = std::move(body);
  response.headers.add("Content-Type", std::string{content_type});
  return response;
}

Response Response::text(std::string_view body, std::string_view content_type) {
  return bytes(to_bytes(body), content_type);
}

Response Response::json(std::string_view document, int status_code) {
  Response response = text(document, "application/json");
  response.status = status_code;
  return response;
}

Response Response::no_content() { return Response{204}; }
Response Response::accepted() { return Response{202}; }

Response Response::problem(int status_code, std::string_view code, std::string_view detail) {
  const auto json_text = [](std::string_view from) {
    return boost::json::string_view{from.data(), from.size()};
  };
  boost::json::object document;
  document["type"] = "about:blank";
  document["title"] = json_text(reason_phrase(status_code));
  document["status"] = status_code;
  document["code"] = json_text(code);
  if (!detail.empty()) document["detail"] = json_text(detail);
  Response response = text(boost::json::serialize(document), "application/problem+json");
  response.status = status_code;
  return response;
}

std::string_view reason_phrase(int status) noexcept {
  struct Phrase {
    int status;
    std::string_view text;
  };
  static constexpr Phrase kPhrases[] = {
      {100, "Continue"},
      {200, "OK"},
      {201, "Created"},
      {202, "Accepted"},
      {204, "No Content"},
      {206, "Partial Content"},
      {301, "Moved Permanently"},
      {302, "Found"},
      {303, "See Other"},
      {304, "Not Modified"},
      {307, "Temporary Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {406, "Not Acceptable"},
      {408, "Request Timeout"},
      {409, "Conflict"},
      {410, "Gone"},
      {411, "Length Required"},
      {412, "Precondition Failed"},
      {413, "Content Too Large"},
      {414, "URI Too Long"},
      {415, "Unsupported Media Type"},
      {416, "Range Not Satisfiable"},
      {417, "Expectation Failed"},
      {421, "Misdirected Request"},
      {422, "Unprocessable Content"},
      {425, "Too Early"},
      {426, "Upgrade Required"},
      {428, "Precondition Required"},
      {429, "Too Many Requests"},
      {431, "Request Header Fields Too Large"},
      {500, "Internal Server Error"},
      {501, "Not Implemented"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
      {505, "HTTP Version Not Supported"},
      {507, "Insufficient Storage"},
  };
  const auto* const found = std::ranges::find(kPhrases, status, &Phrase::status);
  return found == std::end(kPhrases) ? "Unknown" : found->text;
}

}  // namespace guildsum::net
