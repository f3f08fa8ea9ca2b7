#pragma once

#include <string_view>
#include <vector>

#include <boost/json/fwd.hpp>

#include "base/result.hpp"
#include "participant/consent/consent_ledger.hpp"

namespace guildsum::participant {

/// Most decisions in one request, and most bytes of a notice's version or a method.
inline constexpr std::size_t kDecisionsMax = 20;
inline constexpr std::size_t kConsentTextBytesMax = 200;

/// The body of `PUT /v1/users/{id}/consent`: {"decisions": [...]}, objects with `purpose`, `state`
/// and, where there are any, `decided_at` (else `now`), `notice_version` and `method`; the words
/// are those of `decision.hpp`.
/// @return BaseErrc::malformed or invalid_argument, naming the decision by its place.
[[nodiscard]] Result<std::vector<Decision>> parse_decisions(std::string_view body, Clock::Wall now);

/// {"training": bool, "recommendations": bool, "decisions": [...]}: what is in force, and all that
/// was ever decided, in the order of recording.
[[nodiscard]] Result<boost::json::object> consent_document(ConsentLedger& ledger,
                                                           std::string_view customer);

}  // namespace guildsum::participant
