#include "participant/approvals.hpp"

#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/task_plan.hpp"

namespace guildsum::participant {

Result<> leave_approval(const AgentPaths& paths, const std::string& what) {
  if (what != kPastApproval && !models::parse_task_kind(what).has_value()) {
    return Error{BaseErrc::invalid_argument, "\"" + what + "\" is no task: use " +
                                                 models::task_kind_choice() + ", or " +
                                                 std::string{kPastApproval}};
  }
  GS_CHECK(make_private_directory(paths.approvals()));
  return write_file_atomically(paths.approvals() / what, {});
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
  const auto past = paths.approvals() / kPastApproval;
  std::error_code error;
  if (!std::filesystem::exists(past, error)) return {};
  GS_CHECK(journal.append(BoundAttempt{}));
  GS_CHECK(remove_file(past));
  log.warn("past.approved", {{"warning", "the next round may continue any past"}});
  return {};
}

}  // namespace guildsum::participant
