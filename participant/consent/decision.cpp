#include "participant/consent/decision.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace guildsum::participant {
namespace {

template <class Value>
using Word = std::pair<std::string_view, Value>;

/// The first word of a value is the one that is written.
constexpr std::array kPurposeWords{
    Word<Purpose>{"training", Purpose::training},
    Word<Purpose>{"recommendations", Purpose::recommendations},
    Word<Purpose>{"personalization_storage", Purpose::recommendations},
};

constexpr std::array kStateWords{
    Word<ConsentState>{"given", ConsentState::given},
    Word<ConsentState>{"refused", ConsentState::refused},
    Word<ConsentState>{"withdrawn", ConsentState::withdrawn},
    Word<ConsentState>{"objected", ConsentState::objected},
    Word<ConsentState>{"restricted", ConsentState::restricted},
    Word<ConsentState>{"granted", ConsentState::given},
    Word<ConsentState>{"denied", ConsentState::refused},
    Word<ConsentState>{"ConsentGiven", ConsentState::given},
    Word<ConsentState>{"RenewedConsentGiven", ConsentState::given},
    Word<ConsentState>{"ConsentRefused", ConsentState::refused},
    Word<ConsentState>{"ConsentWithdrawn", ConsentState::withdrawn},
};

template <class Words, class Value>
std::string_view word_of(const Words& words, Value value) noexcept {
  return std::ranges::find(words, value, &Word<Value>::second)->first;
}

template <class Value, class Words>
std::optional<Value> value_of(const Words& words, std::string_view word) noexcept {
  const auto found = std::ranges::find(words, word, &Word<Value>::first);
  return found == words.end() ? std::nullopt : std::optional{found->second};
}

}  // namespace

std::string_view to_string(Purpose purpose) noexcept { return word_of(kPurposeWords, purpose); }
std::string_view to_string(ConsentState state) noexcept { return word_of(kStateWords, state); }
std::optional<Purpose> parse_purpose(std::string_view word) noexcept {
  return value_of<Purpose>(kPurposeWords, word);
}
std::optional<ConsentState> parse_consent_state(std::string_view word) noexcept {
  return value_of<ConsentState>(kStateWords, word);
}

}  // namespace guildsum::participant
