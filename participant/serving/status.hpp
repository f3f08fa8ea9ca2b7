#pragma once

#include <optional>
#include <string>

#include <boost/json/object.hpp>

#include "participant/agent_files.hpp"

namespace guildsum::participant {

/// What only the running agent knows.
struct LiveState {
  bool online = false;  ///< The coordinator answered the last call.
  std::int64_t last_contact_ms = 0;
  std::string last_error;     ///< Why it is not online.
  std::string phase;          ///< Of the round in progress; empty between rounds.
  bool evaluating = false;    ///< Models are being built or scored.
  std::string serving_model;  ///< Kind that recommendations come from; empty if there is none.
  std::uint64_t serving_version = 0;
};

/// The agent as `status --format json` and `GET /v1/status` show it (docs/status.md lists the
/// members). `live` is absent when the agent does not run: its state is then "stopped".
[[nodiscard]] Result<boost::json::object> status_json(const AgentFiles& files,
                                                      const Config& config, const ShopData& data,
                                                      const std::optional<LiveState>& live);

/// The same for people.
[[nodiscard]] std::string status_text(const boost::json::object& status);

}  // namespace guildsum::participant
