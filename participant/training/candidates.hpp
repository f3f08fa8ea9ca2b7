#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <string>

#include "models/evaluation.hpp"
#include "participant/config.hpp"
#include "participant/store/model_store.hpp"
#include "participant/store/purchase_store.hpp"

/// The shop's side of a federated evaluation: it measures what it would serve, and only versions
/// that it verified itself.
namespace guildsum::participant {

/// What an evaluation needs; references must outlive the call.
struct EvaluationInputs {
  ModelStore& models;
  const ShopData& data;
  const ServingConfig& serving;
  const models::Vocabulary& vocabulary;  ///< The published items, or the shop's own.
  std::uint32_t shops_min = 0;           ///< policy.survivors_min
};

/// Every version of the plan must be one that this shop verified and keeps, with this very root,
/// and figures of fewer shops than the owner allows a sum of are not asked for.
/// @return ParticipantErrc::version_unknown naming the version, request_mismatch for a ridge of a
///   model that has none, ProtocolErrc::policy_refused, ModelsErrc::bad_plan for one that is nearly
///   the version's own.
[[nodiscard]] Result<> check_candidates(const models::EvaluationPlan& plan,
                                        const EvaluationInputs& inputs);

/// The shop's part of either sum of an evaluation: candidates are made and measured one after the
/// other as `serve` would make them, with the shop's stock and own weight. A shop without held-out
/// purchases contributes zeros.
/// @return as `check_candidates`, and the errors of making models and measuring.
[[nodiscard]] Result<models::Contribution> contribute_evaluation(const models::TaskPlan& plan,
                                                                 const models::SumRequest& request,
                                                                 const EvaluationInputs& inputs);

}  // namespace guildsum::participant
