#pragma once

#include <memory>

#include "participant/config.hpp"
#include "participant/consent/consent_ledger.hpp"
#include "participant/membership.hpp"
#include "participant/store/activity_store.hpp"
#include "participant/store/model_store.hpp"
#include "participant/store/purchase_store.hpp"
#include "participant/vocabulary/vocabulary_keeper.hpp"

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
  std::unique_ptr<ConsentLedger> consents;
  std::unique_ptr<PurchaseStore> purchases;
  std::unique_ptr<ActivityStore> activity;
  std::unique_ptr<ModelStore> models;
  std::unique_ptr<VocabularyKeeper> keeper;  ///< None where the item list is published.
};

/// What the shop sells to whom, and the list that its indexes mean.
struct OwnData {
  models::Vocabulary items;  ///< The published list, or the shop's own items.
  std::shared_ptr<const ShopData> data;
};
/// Loads the purchases that the store has; with a private vocabulary also over the shared rows.
[[nodiscard]] Result<OwnData> load_own(AgentFiles& files, const Config& config);

}  // namespace guildsum::participant
