#pragma once

#include "base/log.hpp"
#include "participant/agent_paths.hpp"
#include "participant/journal/journal.hpp"

/// The owner's approval of a further training over data that was contributed before, or of another
/// past than the one that this shop saw: an empty file named after the task kind, or `past`, in the
/// agent's private directory, so that only who may write there can approve, whether the agent runs
/// or not (docs/decisions/0009-lineages.md, 0014-followed-past.md).
namespace guildsum::participant {

inline constexpr std::string_view kPastApproval = "past";

/// Leaves the approval for the agent; the same again changes nothing.
/// @param what  a task kind, or `kPastApproval`
[[nodiscard]] Result<> leave_approval(const AgentPaths& paths, const std::string& what);
/// Takes what was left into the journal, then removes it.
/// @return the journal's error; the agent must not go on then.
[[nodiscard]] Result<> take_approvals(const AgentPaths& paths, Journal& journal, Log& log);

}  // namespace guildsum::participant
