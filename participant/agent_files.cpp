#include "participant/agent_files.hpp"

#include "base/file.hpp"

namespace guildsum::participant {

Result<std::unique_ptr<AgentFiles>> AgentFiles::open(const Config& config, const Clock& clock,
                                                     Random& random) {
  AgentPaths paths{config.dir};
  GS_TRY(Membership membership, Membership::load(paths));
  GS_TRY(AgentKeys keys, AgentKeys::load(paths));
  GS_TRY(models::Vocabulary vocabulary, membership.vocabulary());
  GS_CHECK(make_private_directory(paths.dir));
  GS_TRY(auto store, Store::open(paths.store(), clock));
  GS_TRY(auto pseudonyms, Pseudonymizer::load(paths.customer_key(), random));
  GS_TRY(auto models, ModelStore::open(*store, paths.checkpoints()));
  auto purchases = std::make_unique<PurchaseStore>(*store, *pseudonyms);
  auto activity = std::make_unique<ActivityStore>(*store);
  return std::unique_ptr<AgentFiles>{
      new AgentFiles{std::move(paths), std::move(membership), std::move(keys),
                     std::move(vocabulary), std::move(store), std::move(pseudonyms),
                     std::move(purchases), std::move(activity), std::move(models)}};
}

}  // namespace guildsum::participant
