#pragma once

#include <string_view>

namespace guildsum::participant {

/// What the owner may do about a refusal with this code, in one sentence; empty where nothing is to
/// be done but to ask the operator.
[[nodiscard]] std::string_view remedy_of(std::string_view refusal_code) noexcept;

}  // namespace guildsum::participant
