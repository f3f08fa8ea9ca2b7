#include "protocol/problem.hpp"

#include <algorithm>

#include <boost/json.hpp>

#include "base/errors.hpp"
#include "crypto/errors.hpp"
#include "protocol/errors.hpp"

namespace guildsum::protocol {
namespace {

constexpr std::size_t kDocumentBytesMax = 8192;
constexpr std::size_t kTitleBytesMax = 200;

unsigned status_of(ProtocolErrc errc) noexcept {
  switch (errc) {
    case ProtocolErrc::too_large:
      return 413;
    case ProtocolErrc::not_published:
      return 404;
    case ProtocolErrc::round_over:
      return 410;
    case ProtocolErrc::bad_join_token:
    case ProtocolErrc::join_token_expired:
    case ProtocolErrc::join_token_used:
    case ProtocolErrc::bad_proof:
      return 401;
    case ProtocolErrc::unknown_sender:
    case ProtocolErrc::not_a_member:
    case ProtocolErrc::wrong_federation:
    case ProtocolErrc::policy_refused:
      return 403;
    case ProtocolErrc::wrong_round:
    case ProtocolErrc::wrong_phase:
    case ProtocolErrc::conflicting_message:
    case ProtocolErrc::name_taken:
    case ProtocolErrc::repeated_step:
    case ProtocolErrc::journal_conflict:
    case ProtocolErrc::restored_backup:
      return 409;
    case ProtocolErrc::malformed:
    case ProtocolErrc::unknown_type:
    case ProtocolErrc::unsupported_version:
    case ProtocolErrc::trailing_bytes:
      return 400;
    default:
      return 422;
  }
}

Problem base_problem(int value) {
  switch (static_cast<BaseErrc>(value)) {
    case BaseErrc::malformed:
    case BaseErrc::invalid_argument:
      return {400, "malformed", "the request does not have the expected form"};
    case BaseErrc::too_large:
      return {413, "too-large", "the request exceeds its limit"};
    case BaseErrc::not_found:
      return {404, "not-found", "there is nothing under this name"};
    case BaseErrc::already_exists:
      return {409, "already-exists", "the name is taken"};
    case BaseErrc::unauthorised:
      return {401, "unauthorised", "the credentials are not accepted"};
    case BaseErrc::timed_out:
      return {503, "timed-out", "the operation took too long"};
    case BaseErrc::no_space:
      return {507, "no-space", "the server has no space left"};
    default:
      return {500, "internal", "the server could not answer"};
  }
}

/// Printable ASCII only, cut: a peer's words end up in a log and on a terminal.
std::string tame(std::string_view text) {
  std::string result{text.substr(0, kTitleBytesMax)};
  std::ranges::replace_if(result, [](char c) { return c < ' ' || c > '~'; }, '?');
  return result;
}

}  // namespace

Problem problem_of(const Error& error) {
  const auto& code = error.code();
  if (code.category() == protocol_category()) {
    const auto errc = static_cast<ProtocolErrc>(code.value());
    return {status_of(errc), std::string{code_of(errc)}, code.message()};
  }
  if (code.category() == base_category()) return base_problem(code.value());
  if (code.category() == crypto::crypto_category()) {
    return {422, "refused", "the cryptographic content was refused"};
  }
  return {500, "internal", "the server could not answer"};
}

std::string print_problem(const Problem& problem) {
  return boost::json::serialize(boost::json::object{
      {"type", "urn:guildsum:problem:" + problem.code},
      {"title", problem.title},
      {"status", problem.status},
      {"code", problem.code},
  });
}

Error error_of_problem(unsigned status, std::string_view document) {
  const std::string where = "HTTP status " + std::to_string(status);
  if (document.size() > kDocumentBytesMax) return {BaseErrc::malformed, where};
  boost::system::error_code parse_error;
  boost::json::parse_options options;
  options.max_depth = 4;
  const auto value = boost::json::parse(boost::json::string_view{document.data(), document.size()},
                                        parse_error, {}, options);
  if (parse_error || !value.is_object()) return {BaseErrc::malformed, where};
  const auto text_of = [&](const char* key) -> std::string {
    const auto* member = value.as_object().if_contains(key);
    if (member == nullptr || !member->is_string()) return {};
    const auto& text = member->as_string();
    return tame({text.data(), text.size()});
  };
  const std::string code = text_of("code");
  const std::string detail = where + ", " + code + ": " + text_of("title");
  if (const auto errc = errc_of(code)) return {*errc, detail};
  if (code == "not-found") return {BaseErrc::not_found, detail};
  if (code == "unauthorised") return {BaseErrc::unauthorised, detail};
  return {BaseErrc::malformed, detail};
}

}  // namespace guildsum::protocol
