#include "participant/approvals.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/task_plan.hpp"

namespace guildsum::participant {

Result<> leave_approval(const AgentPaths& paths, const std::string& task_kind) {
  if (!models::parse_task_kind(task_kind).has_value()) {
    return Error{BaseErrc::invalid_argument,
                 "\"" + task_kind + "\" is no task: use " + models::task_kind_choice()};
  }
  GS_CHECK(make_private_directory(paths.approvals()));
  return write_file_atomically(paths.approvals() / task_kind, {});
}

Result<> take_approvals(const AgentPaths& paths, Journal& journal, Log& log) {
  for (const std::string& kind : models::task_kind_words()) {
    const auto file = paths.approvals() / kind;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) continue;
    GS_CHECK(journal.append(LineageApproved{kind}));
    GS_CHECK(remove_file(file));
    log.info("lineage.approved", {{"task", kind}});
  }
  return {};
}

}  // namespace guildsum::participant
