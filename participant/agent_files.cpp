#include "participant/agent_files.hpp"

#include "base/file.hpp"
#include "participant/vocabulary/row_map.hpp"

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
  auto consents = std::make_unique<ConsentLedger>(*store, *pseudonyms);
  auto purchases = std::make_unique<PurchaseStore>(*store, *pseudonyms);
  auto activity = std::make_unique<ActivityStore>(*store);
  std::unique_ptr<VocabularyKeeper> keeper;
  if (membership.has_private_vocabulary()) {
    GS_TRY(keeper, VocabularyKeeper::open(paths));
  }
  return std::unique_ptr<AgentFiles>{new AgentFiles{
      std::move(paths), std::move(membership), std::move(keys), std::move(vocabulary),
      std::move(store), std::move(pseudonyms), std::move(consents), std::move(purchases),
      std::move(activity), std::move(models), std::move(keeper)}};
}

Result<OwnData> load_own(AgentFiles& files, const Config& config) {
  OwnData own;
  own.items = files.vocabulary;
  if (files.keeper) {
    GS_TRY(own.items, own_vocabulary(*files.purchases, config.serving.stock));
  }
  GS_TRY(auto data, files.purchases->load(own.items));
  if (files.keeper) {
    GS_TRY(data.shared, share_purchases(*files.keeper, own.items, data.bought));
  }
  own.data = std::make_shared<const ShopData>(std::move(data));
  return own;
}

}  // namespace guildsum::participant
