#include "participant/approvals.hpp"

#include <algorithm>

#include "base/errors.hpp"
#include "base/file.hpp"
#include "models/task_plan.hpp"

namespace guildsum::participant {

std::vector<std::string> approval_words() {
  std::vector<std::string> words = models::task_kind_words();
  words.emplace_back("ease-join");  // The one kind whose later sums are of changes.
  words.emplace_back(kPastApproval);
  return words;
}

Result<> leave_approval(const AgentPaths& paths, const std::string& what) {
  const auto words = approval_words();
  if (std::ranges::find(words, what) == words.end()) {
    return Error{BaseErrc::invalid_argument, "\"" + what + "\" cannot be approved: use " +
                                                 models::task_kind_choice() + ", ease-join or " +
                                                 std::string{kPastApproval}};
  }
  GS_CHECK(make_private_directory(paths.approvals()));
  return write_file_atomically(paths.approvals() / what, {});
}

Result<> take_approvals(const AgentPaths& paths, Journal& journal, Log& log) {
  for (const std::string& word : approval_words()) {
    const auto file = paths.approvals() / word;
    std::error_code error;
    if (word == kPastApproval || !std::filesystem::exists(file, error)) continue;
    GS_CHECK(journal.append(LineageApproved{word}));
    GS_CHECK(remove_file(file));
    log.info("lineage.approved", {{"task", word}});
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
