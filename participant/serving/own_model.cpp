#include "participant/serving/own_model.hpp"

#include "models/ease.hpp"
#include "models/gram.hpp"

namespace guildsum::participant {

Result<ServedModel> build_own_model(const ShopData& data, const ServingConfig& config,
                                    const models::Vocabulary& vocabulary) {
  models::EaseOptions options;
  options.ridge = models::EasePlan{}.ridge_alone;
  GS_TRY(options.stock, stock_of(config, vocabulary));
  GS_TRY(auto made, models::make_ease(models::gram_of(data.bought), options));
  ServedModel own;
  own.kind = kOwnModel;
  own.recommender = std::move(made.recommender);
  return own;
}

bool keeps_own(const ModelShelf& shelf, const ServingConfig& config) {
  if (config.model == kOwnModel) return true;
  if (config.model != "auto") return false;
  const auto own = shelf.quality(std::string{kOwnModel});
  const auto shared = shelf.best_shared_quality();
  return own && shared && *own > *shared;
}

}  // namespace guildsum::participant
