#include "simulations/federation.hpp"

#include <algorithm>
#include <utility>

#include "models/errors.hpp"

namespace guildsum::simulations {

Result<std::vector<std::int64_t>> PlainSum::sum(
    const models::TaskPlan&, const models::SumRequest& request,
    std::span<const std::vector<std::int64_t>> contributions) {
  std::vector<std::int64_t> total(request.layout.total_length(), 0);
  for (const auto& values : contributions) {
    if (values.size() != total.size()) {
      return Error{models::ModelsErrc::wrong_shape, "a contribution of another length"};
    }
    for (std::size_t i = 0; i < total.size(); ++i) total[i] += values[i];
  }
  return total;
}

Result<FederatedModel> train_federated(const models::TaskPlan& plan, std::size_t shops,
                                       const ContributionSource& contribution_of,
                                       SecureSum& secure_sum,
                                       const std::function<void(models::TaskProgress)>& after_sum) {
  GS_TRY(const auto task, models::make_task(plan));
  FederatedModel model;
  models::SumContext context;
  std::vector<bool> before;
  while (!task->finished()) {
    GS_TRY(const auto request, task->next_request());
    std::vector<std::vector<std::int64_t>> contributions;
    for (std::size_t shop = 0; shop < shops; ++shop) {
      GS_TRY(auto contribution, contribution_of(shop, request));
      model.segments_clipped += contribution.segments_clipped;
      contributions.push_back(std::move(contribution.values));
    }
    GS_TRY(const auto sum, secure_sum.sum(plan, request, contributions));
    auto counted = secure_sum.counted();
    if (counted.empty()) counted.assign(shops, true);
    context.survivors = static_cast<std::uint32_t>(std::ranges::count(counted, true));
    context.same_survivors_as_previous = before.empty() || counted == before;
    before = std::move(counted);
    GS_CHECK(task->apply(sum, context));
    ++model.sums;
    if (after_sum) after_sum(task->progress());
  }
  model.checkpoint = task->checkpoint();
  GS_TRY(model.released, models::release(plan, model.checkpoint));
  return model;
}

Result<FederatedModel> train_federated(const models::TaskPlan& plan,
                                       std::span<const models::Interactions> shops,
                                       SecureSum& secure_sum, Random& random,
                                       const std::function<void(models::TaskProgress)>& after_sum) {
  const auto contribution_of = [&](std::size_t shop, const models::SumRequest& request) {
    return models::contribute(plan, request, shops[shop], random);
  };
  return train_federated(plan, shops.size(), contribution_of, secure_sum, after_sum);
}

}  // namespace guildsum::simulations
