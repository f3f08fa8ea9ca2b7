#pragma once

#include <string>

/// Complete small rounds for other implementations: the production machines of six shops and the
/// coordinator with fixed keys, everything that is sent, and the secrets behind it.
namespace guildsum::vectors {

/// Five of six shops survive: one falls silent after sharing its keys. As JSON text.
[[nodiscard]] std::string record_dropout();
/// All six upload; then the coordinator ends the attempt, and the shops sign "abandoned".
[[nodiscard]] std::string record_abandoned();

}  // namespace guildsum::vectors
