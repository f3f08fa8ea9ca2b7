#include "participant/serving/next_model.hpp"

#include <utility>
#include <variant>

#include "models/model_card.hpp"
#include "models/transitions.hpp"
#include "participant/errors.hpp"
#include "participant/vocabulary/over_own_items.hpp"

namespace guildsum::participant {

Result<NextModel> build_next_model(const ModelRecord& record, ModelStore& store,
                                   const ShopData& data) {
  GS_TRY(const auto plan, models::TaskPlan::parse(record.plan));
  if (data.shared && record.round < data.shared->since) {
    return Error{ParticipantErrc::catalogue_mismatch, "the model is about earlier rows"};
  }
  std::unique_ptr<models::HistoryRecommender> recommender;
  {
    GS_TRY(const Bytes checkpoint, store.checkpoint(record.root));
    GS_TRY(auto released, models::release(plan, checkpoint));
    auto* const counts = std::get_if<models::TransitionModel>(&released);
    if (counts == nullptr) {
      return Error{ParticipantErrc::request_mismatch, "the model counts no transitions"};
    }
    GS_TRY(recommender, models::make_transitions(std::move(*counts), plan.transitions.scoring));
  }
  if (data.shared) recommender = over_own_items(std::move(recommender), data.shared);
  return NextModel{record.kind, record.version, std::move(recommender),
                   models::main_parameters_text(plan)};
}

}  // namespace guildsum::participant
