#include "coordinator/task_settings.hpp"

#include <charconv>
#include <functional>
#include <vector>

#include "models/errors.hpp"

namespace guildsum::coordinator {

using models::ModelsErrc;
using models::TaskKind;
using models::TaskPlan;

namespace {

/// One key and where its value goes.
struct Field {
  std::string_view key;
  std::function<bool(TaskPlan&, std::string_view)> assign;
};

template <class Number>
bool parse_whole(std::string_view text, Number& out) {
  const char* const end = text.data() + text.size();
  const auto [at, failure] = std::from_chars(text.data(), end, out);
  return failure == std::errc{} && at == end;
}

bool parse_whole(std::string_view text, models::ServerOptimiser& out) {
  const auto optimiser = models::parse_server_optimiser(text);
  if (optimiser.has_value()) out = *optimiser;
  return optimiser.has_value();
}

template <class Part, class Value>
Field field(std::string_view key, Part TaskPlan::*part, Value Part::*member) {
  return {key, [part, member](TaskPlan& plan, std::string_view text) {
            return parse_whole(text, (plan.*part).*member);
          }};
}

std::vector<Field> gradient_fields() {
  using Plan = models::GradientPlan;
  const auto gradient = [](std::string_view key, auto member) {
    return field(key, &TaskPlan::gradient, member);
  };
  return {gradient("factors", &Plan::factors),
          gradient("init_scale", &Plan::init_scale),
          gradient("rounds", &Plan::rounds),
          gradient("local_epochs", &Plan::local_epochs),
          gradient("local_rate", &Plan::local_rate),
          gradient("regularisation", &Plan::regularisation),
          gradient("negatives", &Plan::negatives),
          gradient("candidates", &Plan::candidates),
          gradient("proximal", &Plan::proximal),
          gradient("optimiser", &Plan::optimiser),
          gradient("server_rate", &Plan::server_rate),
          gradient("momentum", &Plan::momentum),
          gradient("second_moment", &Plan::second_moment),
          gradient("adaptivity", &Plan::adaptivity),
          gradient("seed", &Plan::seed),
          gradient("scale", &Plan::scale),
          gradient("clip_norm_l2", &Plan::clip_norm_l2)};
}

Field scoring_field(std::string_view key, auto member) {
  return {key, [member](TaskPlan& plan, std::string_view text) {
            return parse_whole(text, plan.transitions.scoring.*member);
          }};
}

std::vector<Field> transition_fields() {
  using models::TransitionOptions;
  using models::TransitionPlan;
  return {field("distance_max", &TaskPlan::transitions, &TransitionPlan::distance_max),
          field("pairs_max", &TaskPlan::transitions, &TransitionPlan::pairs_max),
          scoring_field("shrink", &TransitionOptions::shrink),
          scoring_field("decay", &TransitionOptions::decay),
          scoring_field("baskets", &TransitionOptions::baskets)};
}

std::vector<Field> fields_of(TaskKind kind) {
  using models::EasePlan;
  using models::IalsPlan;
  using models::PopularityPlan;
  switch (kind) {
    case TaskKind::popularity:
      return {field("customers_min", &TaskPlan::popularity, &PopularityPlan::customers_min)};
    case TaskKind::ease:
      return {field("ridge_shared", &TaskPlan::ease, &EasePlan::ridge_shared),
              field("ridge_alone", &TaskPlan::ease, &EasePlan::ridge_alone)};
    case TaskKind::ials:
      return {field("factors", &TaskPlan::ials, &IalsPlan::factors),
              field("unobserved_weight", &TaskPlan::ials, &IalsPlan::unobserved_weight),
              field("regularisation", &TaskPlan::ials, &IalsPlan::regularisation),
              field("exponent", &TaskPlan::ials, &IalsPlan::exponent),
              field("init_scale", &TaskPlan::ials, &IalsPlan::init_scale),
              field("epochs", &TaskPlan::ials, &IalsPlan::epochs),
              field("products", &TaskPlan::ials, &IalsPlan::products),
              field("seed", &TaskPlan::ials, &IalsPlan::seed),
              field("scale", &TaskPlan::ials, &IalsPlan::scale),
              field("clip_norm_l2", &TaskPlan::ials, &IalsPlan::clip_norm_l2)};
    case TaskKind::vocabulary:
      return {{"slots", [](TaskPlan& plan, std::string_view text) {
                 return parse_whole(text, plan.items);
               }}};
    case TaskKind::bpr:
    case TaskKind::softmax:
      return gradient_fields();
    case TaskKind::transitions:
      return transition_fields();
    case TaskKind::evaluation:
      break;  // Its settings name versions: make_evaluation_plan.
  }
  return {};
}

Error unknown_key(std::string_view key, const std::vector<Field>& fields) {
  std::string known;
  for (const Field& field : fields) known += (known.empty() ? "" : ", ") + std::string{field.key};
  return {ModelsErrc::bad_plan,
          "unknown setting \"" + std::string{key} + "\"; there are: " + known};
}

Error bad_value(const std::string& key, const std::string& value) {
  return {ModelsErrc::bad_plan, key + " = \"" + value + "\" is not a value it can have"};
}

/// The number of factors decides the other defaults, so it comes first.
Result<> start_from_factors(TaskPlan& plan, const TaskSettings& settings) {
  const auto found = settings.find("factors");
  if (plan.kind != TaskKind::ials || found == settings.end()) return {};
  std::uint32_t factors = 0;
  if (!parse_whole(found->second, factors)) return bad_value("factors", found->second);
  plan.ials = models::IalsPlan::for_factors(factors);
  return {};
}

}  // namespace

Result<TaskPlan> make_task_plan(std::string_view kind, std::uint32_t items,
                                std::uint32_t customers_max, const TaskSettings& settings) {
  TaskPlan plan;
  GS_TRY(plan.kind, models::parse_task_kind(kind));
  plan.items = items;
  plan.customers_max = customers_max;
  if (plan.kind == TaskKind::softmax) plan.gradient = models::GradientPlan::for_softmax();
  GS_CHECK(start_from_factors(plan, settings));
  const auto fields = fields_of(plan.kind);
  for (const auto& [key, value] : settings) {
    const auto found = std::find_if(fields.begin(), fields.end(),
                                    [&](const Field& field) { return field.key == key; });
    if (found == fields.end()) return unknown_key(key, fields);
    if (!found->assign(plan, value)) {
      return bad_value(key, value);
    }
  }
  GS_CHECK(plan.validate());
  return plan;
}

}  // namespace guildsum::coordinator
