#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace guildsum::protocol {

/// What a peer learns of an error: the members of a problem document (RFC 9457).
///
/// `code` is stable, `title` is one of a fixed set of sentences. The error's detail never appears
/// here: it goes to the log under the request's id.
struct Problem {
  unsigned status = 500;  ///< HTTP status code
  std::string code;   ///< "bad-signature", "too-large", ..., "internal" for everything unforeseen
  std::string title;  ///< one sentence for people
};

inline constexpr std::string_view kProblemContentType = "application/problem+json";

/// The one place that decides what an error looks like from outside.
[[nodiscard]] Problem problem_of(const Error& error);

/// The document's text:
/// `{"type":"urn:guildsum:problem:<code>","title":...,"status":...,"code":...}`.
[[nodiscard]] std::string print_problem(const Problem& problem);

/// Reads a peer's problem document: its code as a ProtocolErrc where it is known, else
/// BaseErrc::malformed. The peer's title becomes the detail, cut to 200 printable characters.
[[nodiscard]] Error error_of_problem(unsigned status, std::string_view document);

}  // namespace guildsum::protocol
