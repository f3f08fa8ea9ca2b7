#pragma once

#include <memory>

#include "participant/enrol.hpp"
#include "participant/remote/coordinator_client.hpp"

namespace guildsum::test {

/// An enrolled shop and its connection, for tests of the coordinator.
struct Shop {
  participant::Membership membership;
  participant::AgentKeys keys;
  std::unique_ptr<participant::CoordinatorClient> client;
};

}  // namespace guildsum::test
