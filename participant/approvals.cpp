#include "participant/approvals.hpp"

#include <algorithm>
#include <array>

#include "base/errors.hpp"
#include "base/file.hpp"

namespace guildsum::participant {

namespace {

constexpr std::array<std::string_view, 4> kTaskKinds{"popularity", "ease", "ials", "vocabulary"};

}  // namespace

Result<> leave_approval(const AgentPaths& paths, const std::string& task_kind) {
  if (std::ranges::find(kTaskKinds, task_kind) == kTaskKinds.end()) {
    return Error{BaseErrc::invalid_argument,
                 "\"" + task_kind + "\" is none of popularity, ease, ials, vocabulary"};
  }
  GS_CHECK(make_private_directory(paths.approvals()));
  return write_file_atomically(paths.approvals() / task_kind, {});
}

Result<> take_approvals(const AgentPaths& paths, Journal& journal, Log& log) {
  for (const std::string_view kind : kTaskKinds) {
    const auto file = paths.approvals() / kind;
    std::error_code error;
    if (!std::filesystem::exists(file, error)) continue;
    GS_CHECK(journal.append(LineageApproved{std::string{kind}}));
    GS_CHECK(remove_file(file));
    log.info("lineage.approved", {{"task", kind}});
  }
  return {};
}

}  // namespace guildsum::participant
