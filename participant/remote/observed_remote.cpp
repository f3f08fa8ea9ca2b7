#include "participant/remote/observed_remote.hpp"

#include "base/errors.hpp"
#include "base/net/error.hpp"
#include "participant/remote/retry.hpp"

namespace guildsum::participant {

bool is_an_answer(const Error& error) noexcept {
  return !is_retryable(error) && error.code().category() != net::net_category() &&
         error != BaseErrc::unauthorised;
}

std::string explain_contact(const Error& error) {
  if (error != BaseErrc::unauthorised) return error.message();
  return "this shop's certificate is not accepted: revoked, or renewed elsewhere; ask the operator "
         "for a token (shop invite NAME --renew), stop the agent and redeem it: "
         "guildsum-participant renew TOKEN";
}

}  // namespace guildsum::participant
