#pragma once

#include <memory>

#include "participant/config.hpp"
#include "participant/membership.hpp"
#include "participant/store/activity_store.hpp"
#include "participant/store/model_store.hpp"
#include "participant/store/purchase_store.hpp"

namespace guildsum::participant {

/// Everything an enrolled agent keeps in its directory, opened. The parts refer to one another,
/// hence it stays where it is.
struct AgentFiles {
  /// ParticipantErrc::not_enrolled if the agent never joined.
  [[nodiscard]] static Result<std::unique_ptr<AgentFiles>> open(const Config& config,
                                                                const Clock& clock, Random& random);

  AgentPaths paths;
  Membership membership;
  AgentKeys keys;
  models::Vocabulary vocabulary;
  std::unique_ptr<Store> store;
  std::unique_ptr<Pseudonymizer> pseudonyms;
  std::unique_ptr<PurchaseStore> purchases;
  std::unique_ptr<ActivityStore> activity;
  std::unique_ptr<ModelStore> models;
};

}  // namespace guildsum::participant
