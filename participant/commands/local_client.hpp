#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "base/result.hpp"
#include "participant/agent_paths.hpp"

namespace guildsum::participant {

/// Asks the running agent of this directory over its loopback API.
/// @return nothing when no agent runs; an error when one runs and refuses.
[[nodiscard]] Result<std::optional<boost::json::object>> ask_agent(const AgentPaths& paths,
                                                                   const std::string& target);

}  // namespace guildsum::participant
