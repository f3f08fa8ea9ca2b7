#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.hpp"

namespace guildsum::participant {

/// What a customer's purchases may be used for (GDPR, article 5(1)(b)). Each is decided apart.
enum class Purpose : std::uint8_t {
  training = 1,         ///< Counting them in the sums that shops train models with.
  recommendations = 2,  ///< Ranking items for this customer from them.
};
inline constexpr std::size_t kPurposes = 2;

/// What she decided, or what her request did. Only `given` permits anything.
enum class ConsentState : std::uint8_t {
  given = 1,
  refused = 2,     ///< Asked, and said no.
  withdrawn = 3,   ///< Said yes before (article 7(3)).
  objected = 4,    ///< Article 21, also a browser's Sec-GPC.
  restricted = 5,  ///< Article 18: kept, not used.
};
inline constexpr std::size_t kConsentStates = 5;

[[nodiscard]] constexpr bool permits(ConsentState state) noexcept {
  return state == ConsentState::given;
}

[[nodiscard]] std::string_view to_string(Purpose purpose) noexcept;
[[nodiscard]] std::string_view to_string(ConsentState state) noexcept;
/// This project's words, and what Google's consent mode calls the same: `personalization_storage`
/// is `recommendations`. None for anything else.
[[nodiscard]] std::optional<Purpose> parse_purpose(std::string_view word) noexcept;
/// This project's words, the consent mode's `granted` and `denied`, and the statuses of the Data
/// Privacy Vocabulary (`ConsentGiven`, `RenewedConsentGiven`, `ConsentRefused`,
/// `ConsentWithdrawn`). Statuses that decide nothing (`ConsentUnknown`, `ConsentRequested`) are
/// none, as is anything else.
[[nodiscard]] std::optional<ConsentState> parse_consent_state(std::string_view word) noexcept;

/// One decision of one customer for one purpose.
struct Decision {
  Purpose purpose = Purpose::training;
  ConsentState state = ConsentState::refused;
  Clock::Wall decided_at;
  std::string notice_version;  ///< Of the privacy notice that she saw; not empty for `given`.
  std::string method;          ///< How: "checkbox at checkout", "e-mail", ...; may be empty.
  friend bool operator==(const Decision&, const Decision&) = default;
};

/// Whether `decision` is in force where `other` is the same customer's for the same purpose: the
/// later time; of two at the same time a no.
[[nodiscard]] constexpr bool prevails(const Decision& decision, const Decision& other) noexcept {
  if (decision.decided_at != other.decided_at) return decision.decided_at > other.decided_at;
  return !permits(decision.state) || permits(other.state);
}

}  // namespace guildsum::participant
