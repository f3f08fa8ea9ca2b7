#include "participant/serving/own_model.hpp"

#include "models/ease.hpp"
#include "models/gram.hpp"
#include "models/model_card.hpp"

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
  models::TaskPlan plan;
  plan.kind = models::TaskKind::ease;
  own.main_parameters = "This shop uses a model of its own customers only, since it is the better "
                        "one for them, or since the shop chose so. " +
                        models::main_parameters_text(plan);
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
