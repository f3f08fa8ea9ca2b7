#include <string>

#include "models/detail/tasks.hpp"
#include "models/errors.hpp"

namespace guildsum::models::detail {

Result<> OneSumTask::expect_unfinished() const {
  if (!finished()) return {};
  return Error{ModelsErrc::wrong_step,
               "the " + std::string{to_string(plan_.kind)} + " task is finished"};
}

Result<SumRequest> OneSumTask::next_request() const {
  GS_CHECK(expect_unfinished());
  return SumRequest{std::string{step_kind()}, step_number(), own_layout(), {}};
}

Result<> OneSumTask::apply_lost() {
  GS_CHECK(expect_unfinished());
  return Error{ModelsErrc::nothing_opened, std::string{to_string(plan_.kind)}};
}

}  // namespace guildsum::models::detail
