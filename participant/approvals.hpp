#pragma once

#include <string>
#include <vector>

#include "base/log.hpp"
#include "participant/agent_paths.hpp"
#include "participant/journal/journal.hpp"

/// The owner's approval of a further training over data that was contributed before, of joining a
/// training that only sums changes, or of another past than the one that this shop saw: an empty
/// file named after the task kind, with `-join`, or `past`, in the agent's private directory, so
/// that only who may write there can approve, whether the agent runs or not
/// (docs/decisions/0009-lineages.md, 0014-followed-past.md, 0015-delta-grams.md).
namespace guildsum::participant {

inline constexpr std::string_view kPastApproval = "past";

/// The task kinds, "ease-join" (`approval_for`) and `kPastApproval`.
[[nodiscard]] std::vector<std::string> approval_words();

/// Leaves the approval for the agent; the same again changes nothing.
/// @param what  one of `approval_words`
[[nodiscard]] Result<> leave_approval(const AgentPaths& paths, const std::string& what);
/// Takes what was left into the journal, then removes it.
/// @return the journal's error; the agent must not go on then.
[[nodiscard]] Result<> take_approvals(const AgentPaths& paths, Journal& journal, Log& log);

}  // namespace guildsum::participant
