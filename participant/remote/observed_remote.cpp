#include "participant/remote/observed_remote.hpp"

#include "base/net/error.hpp"
#include "participant/remote/retry.hpp"

namespace guildsum::participant {

bool is_an_answer(const Error& error) noexcept {
  return !is_retryable(error) && error.code().category() != net::net_category();
}

}  // namespace guildsum::participant
